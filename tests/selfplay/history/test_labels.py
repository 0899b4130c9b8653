"""Labels of single positions: as they were played, as edits leave them, and on smaller boards."""

import numpy as np
import pytest

from insei.engine.rules import Rules
from insei.selfplay.history.history import History
from insei.selfplay.history.labels import Labels, policy_in_frame, policy_on_board
from insei.system.errors import UserError
from tests.helpers.history.small import first_ply, small_run
from tests.helpers.tables import older_run_with, run_with


@pytest.fixture
def made(tmp_path):
    return small_run(tmp_path / "run", 4)


def test_a_label_is_the_row_as_it_was_played(made):
    path, games = made
    labels = Labels(History(path))
    for game in games:
        found = labels.game(game.id)
        assert found.whole.moves == game.moves.tolist()
        assert list(found.plies) == game.rows["ply"].tolist()
        assert found.whole.rules.komi == game.komi
        for place, ply in enumerate(found.plies):
            label = labels.label(game.id, ply)
            assert label.move == found.whole.moves[ply]
            assert np.array_equal(label.policy, game.rows["policy"][place].astype(np.float32))
            assert np.array_equal(label.ownership.ravel(), game.rows["ownership"][place])
            for name in ("outcome", "score", "searched_value", "prior_value", "weight"):
                assert getattr(label, name) == pytest.approx(float(game.rows[name][place])), name
            assert label.edits == {}
            assert label.black_outcome == (1 if ply % 2 == 0 else -1) * label.outcome


def test_edits_show_with_their_commits_and_an_earlier_state_stays(made):
    path, games = made
    history = History(path)
    labels, game, ply = Labels(history), games[0].id, first_ply(games[0])
    before = labels.label(game, ply)
    commit = history.edit(game, ply, "policy", "C3=0.75,pass=0.25", "why")
    after = labels.label(game, ply)
    assert after.edits == {"policy": commit}
    assert after.policy[12] == 0.75
    assert after.policy[25] == 0.25
    assert after.outcome == before.outcome
    assert np.array_equal(Labels(history, "played").label(game, ply).policy, before.policy)
    history.revert("HEAD")
    assert np.array_equal(labels.label(game, ply).policy, before.policy)


def test_a_smaller_board_lies_at_the_top_left_of_the_frame():
    frame, own = Rules(7, 7, 4.5), Rules(5, 5, 4.5)
    policy = np.arange(26, dtype=np.float32)
    wide = policy_in_frame(policy, own, frame)
    assert wide.shape == (50,)
    assert wide[7] == policy[5]
    assert wide[-1] == policy[-1]
    assert wide.sum() == policy.sum()
    assert np.array_equal(policy_on_board(wide, own, frame), policy)


def test_what_is_not_there_is_refused_in_one_line(made, tmp_path):
    path, games = made
    labels = Labels(History(path))
    with pytest.raises(UserError, match="no such game"):
        labels.game("0" * 16)
    with pytest.raises(UserError, match="no row of ply 999"):
        labels.label(games[0].id, 999)
    older = older_run_with(tmp_path / "older", games)
    with pytest.raises(UserError, match="moves were not kept"):
        Labels(History(older)).game(games[0].id)
    empty = run_with(tmp_path / "empty")
    with pytest.raises(UserError, match="no games yet"):
        Labels(History(empty)).game(games[0].id)
