"""What the studio does to a dataset, without its screen."""

import numpy as np
import pytest

from insei.engine.vertex import vertex_of
from insei.selfplay.data import load
from insei.selfplay.history.graph import Proposer
from insei.selfplay.history.history import History
from insei.selfplay.history.table import EDITS
from insei.selfplay.mining.mined import MinedItem, MinedList, write_mined
from insei.studio.session import Session
from insei.system.errors import UserError
from insei.system.lock import FolderInUse, FolderLock
from tests.helpers.history.small import first_ply, small_run
from tests.helpers.tables import older_run_with, run_with
from tests.helpers.terminals.studio import FINGERPRINT, SEED, VISITS, legal_points, look_of


def mined(path, *items, name="mine"):
    write_mined(path, name, MinedList("swing", "main", "", (), 9, items))


def row_of(path, game, ply):
    rows = load(path).rows()
    return rows[np.flatnonzero((rows.game == game) & (rows.ply == ply))]


def newest(path):
    history = History(path)
    return history.graph.commits[history.graph.tip]


def test_without_a_list_the_widest_gaps_are_the_queue(session, made):
    _, games = made
    gaps = {g.id: np.abs(g.rows["searched_value"] - g.rows["outcome"]).max() for g in games}
    assert [item.game for item in session.queue.items] == sorted(gaps, key=lambda g: (-gaps[g], g))
    assert session.queue.name == "gaps"
    assert session.ply == session.item.ply


def test_the_queue_stays_while_its_items_are_dealt_with(session, made):
    items = session.queue.items
    session.mark()
    session.correct("all weight 2")
    assert Session(made[0]).queue.items == items


def test_a_mined_list_is_the_queue_without_games_of_others(made):
    path, games = made
    known = MinedItem(games[3].id, first_ply(games[3]), 1.0, "why")
    whole = MinedItem(games[2].id, None, 0.5, "all of it")
    strange = [MinedItem("0" * 16, None, 1.0, "x"), MinedItem(games[1].id, 999, 1.0, "x")]
    mined(path, known, *strange, whole)
    session = Session(path)
    assert session.queue.items == (known, whole)
    assert (session.queue.name, session.queue.by, session.queue.missing) == ("mine", "swing", 2)
    session.open(1)
    assert session.ply == int(games[2].rows["ply"][-1])
    mined(path, *strange, name="strange")
    with pytest.raises(UserError, match="names no position of this run"):
        Session(path, "strange")
    with pytest.raises(UserError, match="no mined list of this name; there are: mine, strange"):
        Session(path, "other")


def test_accepting_commits_the_search_s_answer_with_who_proposed_it(session, made):
    path, _ = made
    item, before = session.item, session.label
    look = look_of(session.position, search=12, value=0.25)
    said = session.accept(look)
    row = row_of(path, item.game, item.ply)
    assert np.allclose(row.policy[0], look.search.policy, atol=1e-3)
    assert row.searched_value[0] == 0.25
    assert row.outcome[0] == before.outcome
    commit = newest(path)
    assert said.startswith(commit.id[:9])
    assert commit.proposer == Proposer(FINGERPRINT, VISITS, SEED)
    assert commit.author == "Ada"
    assert "accept C3" in commit.message
    assert item.reason[:30] in commit.message
    assert session.index == 1


def test_nothing_is_accepted_before_the_search_has_ended_or_twice(session, made):
    for look in (None, look_of(session.position, search=None)):
        with pytest.raises(UserError, match="the search has not ended"):
            session.accept(look)
    session.accept(look_of(session.position))
    session.open(0)
    with pytest.raises(UserError, match="have these values already"):
        session.accept(look_of(session.position))
    assert len(History(made[0]).graph.commits) == 1
    assert len(session.progress.done) == 1


def test_weight_0_takes_the_row_out(session, made):
    item = session.item
    assert "weight 0" in session.mark()
    rows = load(made[0]).rows()
    out = rows.weight == 0
    assert list(zip(rows.game[out], rows.ply[out], strict=True)) == [(item.game, item.ply)]
    assert session.index == 1


def test_skipping_commits_nothing_and_is_kept(session, made):
    session.skip()
    assert (session.index, session.num_done) == (1, 1)
    assert History(made[0]).graph.commits == {}
    again = Session(made[0])
    assert (again.index, again.num_done) == (1, 1)
    assert again.is_done(0)


def test_going_on_wraps_around_to_what_is_left_and_then_stays(session):
    session.open(session.count - 1)
    session.skip()
    assert session.index == 0
    for _ in range(session.count - 1):
        session.skip()
    assert session.num_done == session.count
    last = session.index
    session.skip()
    assert session.index == last


def test_a_move_and_shares_correct_the_policy_of_the_shown_row(session, made):
    path, _ = made
    item = session.item
    move, name = legal_points(session)[0]
    session.correct(f" {name} ")
    assert row_of(path, item.game, item.ply).policy[0].argmax() == move
    session.correct(f"{name}=0.25,pass=0.75")
    assert row_of(path, item.game, item.ply).policy[0][25] == 0.75
    assert session.index == 0  # it stays, to be corrected further
    assert [done.action for done in session.actions_on(0)] == ["corrected"] * 2
    assert f"correct {name}=0.25,pass=0.75" in newest(path).message


def test_an_illegal_move_is_no_correction(session, made):
    path, _ = made
    whole = session.game.whole
    ply = next(ply for ply in session.game.plies if ply and whole.moves[ply - 1] < 25)
    session.show_ply(ply)
    occupied = vertex_of(whole.moves[ply - 1], whole.rules)
    for said in (occupied, f"policy {occupied}=0.5,pass=0.5"):
        with pytest.raises(UserError, match="wanted moves that are legal in this position"):
            session.correct(said)
    assert not History(path).graph.commits


@pytest.mark.parametrize(
    ("said", "outcome", "score"),
    [("B+", 1, None), ("w+", -1, None), ("B+3.5", 1, 3.5), ("W+0.5", -1, -0.5), ("0", 0, 0.0)],
)
def test_a_result_corrects_all_rows_of_the_game_in_one_commit(session, made, said, outcome, score):
    path, games = made
    game = next(game for game in games if game.id == session.item.game)
    black = np.where(game.rows["ply"] % 2 == 0, 1, -1)
    if said[0].upper() == ("B" if session.label.black_outcome > 0 else "W") and score is None:
        session.correct("0")  # so that there is something to change
    count = len(History(path).graph.commits)
    session.correct(said)
    rows = load(path).rows()
    own = rows[np.flatnonzero(rows.game == game.id)]
    assert (own.outcome * black).tolist() == [outcome] * len(game)
    if score is not None:
        assert (own.score * black).tolist() == pytest.approx([score] * len(game))
    assert len(History(path).graph.commits) == count + 1


def test_other_fields_are_corrected_as_insei_data_edits_them(session, made):
    path, _ = made
    item = session.item
    session.correct("weight 0.5")
    session.correct("ownership C3=B")
    row = row_of(path, item.game, item.ply)
    assert row.weight[0] == 0.5
    assert row.ownership[0][2, 2] == (1 if item.ply % 2 == 0 else -1)
    session.correct("all weight 3")
    rows = load(path).rows()
    assert set(rows.weight[rows.game == item.game]) == {3}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "nothing typed"),
        ("Z9", "Z9"),
        ("D4=2", "wanted"),
        ("weight", "wanted a number"),
        ("weight x", "wanted a number"),
        ("all C3", "wanted all FIELD VALUE"),
        ("moves C3", "moves C3"),
    ],
)
def test_what_can_t_be_understood_is_refused_and_changes_nothing(session, made, said, why):
    with pytest.raises(UserError, match=why) as refused:
        session.correct(said)
    assert "\n" not in str(refused.value)
    assert History(made[0]).graph.commits == {}
    assert session.progress.done == ()


def test_a_ply_without_a_row_can_be_seen_and_not_edited(session):
    moves = session.game.whole.moves
    session.show_ply(len(moves))
    assert session.label is None
    assert session.position.num_moves == len(moves)
    for act in (session.mark, lambda: session.correct("C3"), lambda: session.accept(None)):
        with pytest.raises(UserError, match="has no row"):
            act()
    session.show_ply(-5)
    assert session.ply == 0
    session.show_ply(10**6)
    assert session.ply == len(moves)


def test_undo_takes_back_one_action_after_another_and_looks_at_it_again(session, made):
    path, _ = made
    before = load(path).rows()
    session.mark()
    session.skip()
    session.accept(look_of(session.position))
    (_, one), (_, other), *_ = legal_points(session)
    session.correct(f"{one}=0.5,{other}=0.5")
    assert session.index == 3
    assert "undid" in session.undo()
    assert session.index == 3
    session.undo()
    assert session.index == 2
    assert session.undo() == "no longer skipped"
    assert session.index == 1
    session.undo()
    assert (session.index, session.num_done) == (0, 0)
    after = load(path).rows()
    for name in ("policy", "weight", "searched_value", "outcome"):
        assert np.array_equal(getattr(before, name), getattr(after, name))
    with pytest.raises(UserError, match="nothing to undo"):
        session.undo()


def test_undo_works_in_a_later_session_and_refuses_what_was_edited_since(session, made):
    path, _ = made
    item = session.item
    session.mark()
    again = Session(path)
    assert again.index == 1
    History(path).edit(item.game, item.ply, "weight", "5", "by hand")
    with pytest.raises(UserError, match="edited since"):
        again.undo()
    assert again.num_done == 1
    History(path).revert("HEAD")
    Session(path).undo()
    assert Session(path).num_done == 0


def test_undo_goes_on_where_a_commit_was_reverted_by_hand(session, made):
    path, _ = made
    session.skip()
    session.mark()
    marked = session.progress.done[-1].commit
    History(path).revert(marked)
    commits = len(History(path).graph.commits)
    assert session.undo() == f"{marked[:9]}, weight 0, is undone already"
    assert len(History(path).graph.commits) == commits
    assert session.undo() == "no longer skipped"
    assert session.num_done == 0


def test_undo_shows_the_ply_that_was_edited(session):
    plies = session.game.plies
    session.show_ply(plies[0])
    session.mark()
    session.undo()
    assert (session.index, session.ply) == (0, plies[0])


def test_each_branch_has_its_own_progress(session, made):
    path, _ = made
    session.mark()
    history = History(path)
    history.create_branch("other", "played")
    history.switch("other")
    other = Session(path)
    assert (other.branch, other.index, other.num_done) == ("other", 0, 0)
    other.skip()
    history.switch("main")
    assert Session(path).actions_on(0)[0].action == "weight 0"


def test_the_queue_and_its_progress_follow_commits_of_others(session, made):
    path, _ = made
    other = Session(path)
    session.mark()
    other.open(1)
    other.mark()  # after a commit that it has not seen
    assert (load(path).rows().weight == 0).sum() == 2


def test_what_others_commit_is_seen_and_stays(session, made):
    path, _ = made
    item = session.item
    History(path).edit(item.game, item.ply, "weight", "5", "by hand")
    session.show_ply(item.ply)
    assert session.label.weight == 5
    before = session.label.ownership[0, :2].tolist()
    said = ["none" if owner else "B" for owner in before]
    History(path).edit(item.game, item.ply, "ownership", f"A5={said[0]}", "by hand")
    session.correct(f"ownership B5={said[1]}")
    after = row_of(path, item.game, item.ply).ownership[0][0, :2]
    assert after.tolist() == [0 if owner else session.label.sign for owner in before]


def test_a_run_that_is_training_can_be_edited(session, made):
    assert session.training_note() == ""
    lock = FolderLock(made[0])
    try:
        assert "edits are learned from when it goes on" in session.training_note()
        session.mark()
    finally:
        lock.close()
    assert (load(made[0]).rows().weight == 0).sum() == 1


def test_edits_that_another_program_holds_are_refused_soon_and_can_be_tried_again(session, made):
    assert session.history.patience < 1  # the screen stands still meanwhile
    item = session.item
    lock = FolderLock(made[0] / EDITS)
    try:
        with pytest.raises(FolderInUse, match="in use by process"):
            session.mark()
    finally:
        lock.close()
    assert session.item == item
    assert session.num_done == 0
    session.mark()
    assert session.num_done == 1


def test_runs_without_games_or_moves_are_one_line(tmp_path):
    with pytest.raises(UserError, match="no games"):
        Session(run_with(tmp_path / "empty"))
    _, games = small_run(tmp_path / "run", 4)
    with pytest.raises(UserError, match="were not kept"):
        Session(older_run_with(tmp_path / "older", games))
    with pytest.raises(UserError):
        Session(tmp_path / "nothing")


def test_the_position_is_the_game_s(session, made):
    game = next(game for game in made[1] if game.id == session.item.game)
    assert session.position.moves == game.moves[: session.item.ply].tolist()
    assert session.label.move == game.moves[session.item.ply]
    assert vertex_of(session.label.move, session.game.whole.rules)
