"""Games of records in a run's dataset, clones, and what a card says of the dataset."""

import numpy as np
import pytest

from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.selfplay.data import load
from insei.selfplay.data.columns import STORED
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.export import export_sgf
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.health import held_out
from insei.selfplay.history.adding import add_games, id_of_moves, orders
from insei.selfplay.history.card import dataset_of_run
from insei.selfplay.history.cloning import clone, fetch
from insei.selfplay.history.history import History
from insei.selfplay.run import RunFolder
from insei.system.errors import UserError
from insei.system.files import FolderExists
from insei.system.lock import FolderInUse
from tests.helpers.games import some_games
from tests.helpers.history.small import first_ply, small_run, weight
from tests.helpers.tables import run_with

FIVE = Rules(5, 5, 4.5)


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path / "run", 6)[0]


@pytest.fixture
def records(tmp_path):
    """SGF files of games of another run."""
    other = run_with(tmp_path / "other", some_games(5, seed=77))
    export_sgf(load(other), tmp_path / "sgf")
    return tmp_path / "sgf"


def test_added_games_are_learned_from_on_their_branch_alone(run, records):
    history = History(run)
    history.create_branch("with")
    history.switch("with")
    before = load(run).num_rows
    added = add_games(run, [records])
    assert (added.games, added.left_out) == (5, {})
    assert added.commit.message == "add 5 games of sgf"
    data = load(run)
    assert data.num_rows == before + added.rows
    weights = data.column("weight")
    assert (weights[before:] == 1).all()
    assert (load(run, "main").column("weight")[before:] == 0).all()


def test_added_rows_are_those_of_their_games(run, records):
    before = load(run).num_rows
    add_games(run, [records])
    rows = load(run).rows()[slice(before, None)]
    games = {game.id: game for game in load(run).games()}
    recorded = {tuple(game.moves): game for game in load(records.parent / "other").games()}
    for number, (name, ply) in enumerate(zip(rows.game, rows.ply, strict=True)):
        game = games[name]
        assert tuple(game.moves) in recorded
        position = Position(game.rules).play_all(game.moves[:ply])
        assert rows.move[number] == game.moves[ply]
        assert rows.policy[number].argmax() == game.moves[ply]
        assert (rows.planes[number, 1] == (position.board == position.to_play)).all()
    others = load(records.parent / "other").rows()
    ends = {tuple(games[name].moves): rows.score[rows.game == name][-1] for name in set(rows.game)}
    for game in load(records.parent / "other").games():
        assert ends[tuple(game.moves)] * (1 if len(game.moves) % 2 else -1) == pytest.approx(
            final_score(others, game)
        )
    checked = GameDataset(run / "games.lance", FIVE)
    assert checked.num_rows == before + len(rows)


def final_score(rows, game):
    """A game's score as Black sees it."""
    own = rows.game == game.id
    return float((rows.score * np.where(rows.is_black, 1, -1))[own][0])


def test_games_are_added_once_and_held_out_games_never_again(run, records, tmp_path):
    export_sgf(load(run), tmp_path / "own")
    added = add_games(run, [tmp_path / "own"])
    assert added.commit is None
    assert added.left_out == {"the run, or another file, holds the game already": 6}
    add_games(run, [records])
    added = add_games(run, [records])
    assert (added.commit, added.games) == (None, 0)
    assert added.left_out == {"the branch holds the game already": 5}
    ids = load(run).column("game")
    assert len(set(ids.tolist())) == 11
    assert held_out(ids, 0.5).any()


def test_games_added_again_keep_their_weights_and_are_not_written_twice(
    run, records, tmp_path, monkeypatch
):
    monkeypatch.setattr("insei.selfplay.data.dataset.MOST_IDS", 1)  # the table's newest games
    first = add_games(run, [records])
    played = len(load(run).column("game"))
    history = History(run)
    games = list(dict.fromkeys(edit.game for edit in history.graph.edits[first.commit.id]))
    history.edit(games[0], None, "weight", "0", "a strange game")
    history.edit(games[1], None, "weight", "3", "a good game")
    other = run_with(tmp_path / "more", some_games(3, seed=78))
    export_sgf(load(other), records / "more")
    again = add_games(run, [records])
    assert (again.games, again.left_out) == (3, {"the branch holds the game already": 5})
    rows = load(run).rows()
    assert set(rows.weight[rows.game == games[0]]) == {0}
    assert set(rows.weight[rows.game == games[1]]) == {3}
    assert len(rows) == played + again.rows
    history = History(run)
    history.create_branch("without", "played")
    history.switch("without")
    assert add_games(run, [records]).games == 8, "no game has a weight here"
    assert len(load(run).column("game")) == len(rows), "their rows are there"
    history.revert("HEAD")
    assert add_games(run, [records]).games == 8, "nor when that was undone"


def test_a_turned_game_is_the_same_game():
    moves = np.array([0, 7, 13, 25, 25], np.uint16)
    ids = {id_of_moves(order[moves], 5, 5) for order in orders(5, 5)}
    assert len(orders(5, 5)) == 8
    assert ids == {id_of_moves(moves, 5, 5)}
    assert id_of_moves(moves, 5, 6) not in ids
    assert id_of_moves(np.array([0, 7, 14, 25, 25], np.uint16), 5, 5) not in ids


def sgf_of(moves, rules=FIVE, result=""):
    return write_sgf(GameRecord(Position(rules).play_all(moves), result=result))


#   A B C D E
# 5 . . . . .
# 4 . . . . .
# 3 X X X X X
# 2 . . . . .
# 1 . . O . .   dead: B+17.5 by territory; B+9.5 as it stands
DEAD_STONE = [10, 22, 11, 25, 12, 25, 13, 25, 14, 25, 25]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (sgf_of([40, 49, 49], Rules(7, 7, 4.5)), "on 7x7; the run plays on 5x5"),
        (sgf_of([12, 0]), "it is not played to its end"),
        (sgf_of([12, 25, 25], result="W+R"), "its result is not the board's score"),
        (sgf_of([12, 25, 25], result="B+19.5"), "its result is not the board's score"),
        (sgf_of([12, 25, 25], result="B+20.5"), ""),
        (sgf_of([12, 25, 25], result="B+"), ""),
        (sgf_of(DEAD_STONE, result="B+17.5"), "its result is not the board's score"),
        (sgf_of(DEAD_STONE, result="B+9.5"), ""),
        ("(;SZ[5]AB[aa]KM[4.5];W[cc];B[];W[])", "does not begin on the empty board"),
        ("(;SZ[5]KM[4.5];B[tt];W[tt])", ""),
    ],
)
def test_a_game_that_can_not_be_learned_from_is_left_out_with_the_reason(run, tmp_path, text, why):
    (tmp_path / "game.sgf").write_text(text)
    before = load(run).num_rows
    added = add_games(run, [tmp_path / "game.sgf"])
    if not why:
        assert added.games == 1
        return
    assert (added.commit, added.games) == (None, 0)
    [reason] = added.left_out
    assert why in reason
    assert load(run).num_rows == before


def test_files_that_are_no_records_and_runs_in_training_are_told(run, records, tmp_path):
    (tmp_path / "bad.sgf").write_text("no game")
    added = add_games(run, [tmp_path / "bad.sgf"])
    assert [each.source for each in added.unreadable] == ["bad.sgf"]
    with pytest.raises(UserError, match="no file"):
        add_games(run, [tmp_path / "none.sgf"])
    trained = RunFolder(run)
    with pytest.raises(FolderInUse):
        add_games(run, [records])
    trained.close()
    assert load(run).num_games == 6


def test_added_games_have_the_types_of_the_table(run, records):
    add_games(run, [records])
    rows = GameDataset(run / "games.lance", FIVE).newest(50)
    for column in STORED:
        if column.dtype is not np.str_:
            assert rows[column.name].dtype == column.dtype


def test_a_clone_has_games_and_history_and_gives_its_commits_back(tmp_path):
    run, games = small_run(tmp_path / "run", 6)
    history = History(run)
    first = history.commit([weight(games[0], first_ply(games[0]), 0)], "one", "Ada")
    copy = tmp_path / "copy"
    clone(run, copy)
    with pytest.raises(FolderExists):
        clone(run, copy)
    other = History(copy)
    assert other.graph == history.graph
    assert (load(copy).rows().policy == load(run).rows().policy).all()
    assert dataset_of_run(copy) == dataset_of_run(run)
    second = other.commit([weight(games[1], first_ply(games[1]), 0)], "two", "Ben")
    third = history.commit([weight(games[2], first_ply(games[2]), 0)], "three")
    assert fetch(run, copy) == fetch(run, copy) == ["copy/main"]
    history = History(run)
    merged = history.merge("copy/main")
    assert merged.parents == (third.id, second.id)
    assert history.graph.commits[second.id].author == "Ben"
    assert (load(run).column("weight") == 0).sum() == 3
    clone_again = History(copy)
    assert clone_again.graph.tip == second.id
    assert first.id in clone_again.graph.commits


def test_a_clone_may_have_a_branch_or_a_tag_with_its_folder_s_name(tmp_path):
    run, games = small_run(tmp_path / "run", 3)
    for kind, name in (("branch", "one"), ("tag", "two")):
        clone(run, tmp_path / name)
        other = History(tmp_path / name)
        (other.create_branch if kind == "branch" else other.create_tag)(name)
        other.commit([weight(games[0], first_ply(games[0]), 0)], "one")
        assert f"{name}/main" in fetch(run, tmp_path / name)
    history = History(run)
    history.delete_branch("one/main")
    history.create_tag("one/main")
    with pytest.raises(UserError, match="tag 'one/main' has the name of a branch"):
        fetch(run, tmp_path / "one")


def test_commits_of_another_board_or_of_games_that_are_not_here_are_refused(tmp_path):
    run, _ = small_run(tmp_path / "run", 4)
    seven = run_with(tmp_path / "seven", some_games(2, size=7), rules=Rules(7, 7, 4.5))
    with pytest.raises(UserError, match="games with frame 7x7; wanted frame 5x5"):
        fetch(run, seven)
    other, games = small_run(tmp_path / "other", 3, seed=9)
    History(other).commit([weight(games[0], first_ply(games[0]), 0)], "one")
    with pytest.raises(UserError, match="no such game"):
        fetch(run, other)
    assert not History(run).graph.commits


def test_a_card_names_the_dataset(tmp_path):
    run, games = small_run(tmp_path / "run", 4)
    played = dataset_of_run(run)
    assert (played.branch, played.commit, played.rows) == ("main", "", sum(map(len, games)))
    history = History(run)
    commit = history.commit([weight(games[0], first_ply(games[0]), 0)], "one")
    history.create_tag("v1")
    edited = dataset_of_run(run)
    assert (edited.commit, edited.tags) == (commit.id, ("v1",))
    assert edited.card["tags"] == ["v1"]
    assert edited.sha256 != played.sha256
    dataset = GameDataset(run / "games.lance", FIVE)
    dataset.table.optimize.compact_files()
    assert dataset_of_run(run) == edited
    dataset.append(SelfPlayGames.of(some_games(2, seed=50)))
    assert dataset_of_run(run).sha256 != edited.sha256


def test_a_clone_can_be_trained(tmp_path):
    from tests.helpers.runs import CONFIG

    run, _ = small_run(tmp_path / "run", 6)
    clone(run, tmp_path / "copy")
    folder = RunFolder(tmp_path / "copy")
    assert folder.newest() is None
    assert CONFIG.name in folder.config_text
    folder.close()
