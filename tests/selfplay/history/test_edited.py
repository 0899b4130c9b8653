"""Rows as the edits leave them, wherever rows are read."""

from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from insei.engine.rules import Rules
from insei.selfplay.data import load
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.export import export_npz, export_parquet
from insei.selfplay.data.games import numbers_of_ids
from insei.selfplay.data.window import Window, windows_of
from insei.selfplay.health import held_out
from insei.selfplay.history.cloning import clone
from insei.selfplay.history.edited import NO_EDITS, Edits, edited
from insei.selfplay.history.fields import FIELDS, bytes_of, hash_of
from insei.selfplay.history.graph import Commit, Edit, Graph
from insei.selfplay.history.history import History, Proposal
from insei.selfplay.learner.learner import Learner
from insei.selfplay.studies.retraining import read_rows
from insei.selfplay.train_config import TrainConfig
from tests.helpers.history.small import first_ply, small_run, weight
from tests.helpers.nets import TINY
from tests.helpers.runs import CONFIG, LEARNING, some_rows

FRAME = Rules(5, 5, 4.5)


def graph_with(state):
    """A graph of one commit, `c`."""
    graph = Graph()
    graph.add(Commit("c", ("",), "main", 0.0, "a", "m"), list(state.values()), "main")
    return graph


def random_value(field, rng):
    """Some numbers of a column's type."""
    shape = {"policy": 26, "ownership": 25}.get(field, ())
    return rng.integers(-1, 2, shape).astype(FIELDS[field].dtype)


def test_edits_equal_a_loop_over_rows():
    rows = some_rows(30)
    rng = np.random.default_rng(1)
    count = len(rows["ply"])
    wanted = {name: column.copy() for name, column in rows.items()}
    state = {}
    for field in FIELDS:
        for row in rng.choice(count, 40, replace=False).tolist():
            cell = (str(rows["game"][row]), int(rows["ply"][row]), field)
            value = random_value(field, rng)
            state[cell] = Edit(*cell, "", "", bytes_of(value, field))
            wanted[field][row] = value
        absent = ("f" * 16, 3, field)  # of a row that isn't here
        state[absent] = Edit(*absent, "", "", bytes_of(random_value(field, rng), field))
    edits = Edits.of(graph_with(state), "c", FRAME)
    before = {name: column.copy() for name, column in rows.items()}
    for first, last in ((0, count), (7, count), (0, 1), (5, 5), (count // 2, count - 3)):
        part = {name: column[first:last] for name, column in rows.items()}
        found = edited(part, edits)
        for name in rows:
            assert (found[name] == wanted[name][first:last]).all(), name
            assert (part[name] == before[name][first:last]).all(), "what was given is unchanged"


def test_rows_without_edits_are_the_same_arrays():
    rows = some_rows(4)
    assert edited(rows, NO_EDITS) is rows
    other = ("f" * 16, 0, "weight")
    state = {other: Edit(*other, "", "", bytes_of(0, "weight"))}
    edits = Edits.of(graph_with(state), "c", FRAME)
    assert edited(rows, edits) is rows


@pytest.fixture
def run(tmp_path):
    """A run with an edit of each field, and the game that was edited."""
    path, games = small_run(tmp_path / "run", 12)
    history, game = History(path), games[4]
    history.edit(game.id, None, "outcome", "B+", "Black won")
    ply = first_ply(game)
    for field, said in (
        ("score", "7.5"),
        ("searched_value", "0.25"),
        ("weight", "0"),
        ("policy", "C3=0.75,pass=0.25"),
        ("ownership", "A5=none"),
    ):
        history.edit(game.id, ply, field, said, field)
    return path, game


def check(rows, game, row):
    """The rows hold what was edited; `row` is the place of the game's first row."""
    own = np.flatnonzero(rows["game"] == game.id)
    assert (rows["outcome"][own] == np.where(rows["ply"][own] % 2, -1, 1)).all()
    assert rows["score"][row] == 7.5
    assert rows["searched_value"][row] == 0.25
    assert rows["weight"][row] == 0
    policy = np.asarray(rows["policy"][row], np.float32)
    assert policy[[12, 25]].tolist() == [0.75, 0.25]
    assert np.asarray(rows["ownership"][row]).ravel()[0] == 0


def place(rows, game):
    return int(np.flatnonzero(rows["game"] == game.id)[0])


def test_training_reads_the_edited_rows(run):
    path, game = run
    rows = GameDataset(path / "games.lance", FRAME).newest(10**6)
    check(rows, game, place(rows, game))
    part = GameDataset(path / "games.lance", FRAME).newest(len(rows["ply"]) - 5)
    check(part, game, place(part, game))


def test_the_window_and_a_retraining_see_the_edited_rows(run):
    path, game = run
    config = replace(CONFIG, rules=FRAME, window=replace(CONFIG.window, smallest=600, held_out=0.0))
    rows = GameDataset(path / "games.lance", FRAME).newest(10**6)
    plies = rows["ply"][rows["game"] == game.id]
    played, _ = windows_of(config)
    for part in GameDataset(path / "games.lance", FRAME).batches(0, 10**6):
        played.update(part, 10**6)
    for window in (played, read_rows(path, config, 10**6).learned):
        own = window.rows["game"] == numbers_of_ids(np.array([game.id]))[0]
        assert own.any()
        assert (window.rows["weight"][own] == 0).sum() == 1
        wins = window.rows["chances"][own][:, 0]
        assert (wins == (plies % 2 == 0)).all()


def test_load_and_exports_see_the_edited_rows_and_earlier_states(run, tmp_path):
    path, game = run
    data = load(path)
    rows = data.rows()
    columns = {name: getattr(rows, name) for name in ("game", "ply", *FIELDS)}
    check(columns, game, place(columns, game))
    export_parquet(data, tmp_path / "rows.parquet")
    table = pq.read_table(tmp_path / "rows.parquet")
    parquet = {name: np.array(table[name].to_pylist()) for name in columns}
    check(parquet, game, place(parquet, game))
    export_npz(data, tmp_path / "rows.npz")
    with np.load(tmp_path / "rows.npz") as arrays:
        targets = arrays["globalTargetsNC"][place(columns, game)]
        assert targets[25] == 0
        assert targets[20] == 7.5
    for name in FIELDS:  # one column alone, without the others
        assert (data.column(name) == columns[name]).all()
    played = load(path, "played").rows()
    own = played.game == game.id
    assert (played.outcome[own] == game.rows["outcome"]).all()
    assert (load(path, "HEAD~5").rows().weight == played.weight).all()


def test_an_edit_is_read_by_key_whatever_the_order_and_the_compactions(run):
    path, game = run
    dataset = GameDataset(path / "games.lance", FRAME)
    dataset.table.optimize.compact_files()
    rows = GameDataset(path / "games.lance", FRAME).newest(10**6)
    check(rows, game, place(rows, game))


def test_held_out_games_stay_held_out(tmp_path):
    """No edit makes a game held out one to learn from: its id can't be edited."""
    path, games = small_run(tmp_path / "run", 12)
    share = TrainConfig().window.held_out or 0.2
    history = History(path)
    before = load(path).column("game")
    held = before[held_out(before, 0.5)]
    assert len(held)
    game = next(game for game in games if game.id == held[0])
    for field in ("game", "generation", "ply", "planes", "moves", "move", "komi"):
        with pytest.raises(ValueError, match="field"):
            history.commit([Proposal(game.id, first_ply(game), field, b"")], "m")
    history.commit([weight(game, first_ply(game), 3)], "m")
    after = load(path).column("game")
    assert (held_out(after, share) == held_out(before, share)).all()


def test_hashes_are_of_the_bytes_on_disk(tmp_path):
    path, games = small_run(tmp_path / "run", 2)
    history, game = History(path), games[0]
    history.commit([weight(game, first_ply(game), 3)], "m")
    [edit] = history.graph.edits[history.graph.tip]
    assert edit.old == hash_of(game.rows["weight"][0].tobytes())
    assert edit.new == hash_of(np.float32(3).tobytes())


def learned_weights(run):
    """The weights of a few steps on a run's edited rows."""
    window = Window(5, 5)
    window.update(GameDataset(run / "games.lance", FRAME).newest(10**6), 10**6)
    learner, rng = Learner(TINY, LEARNING, 1), np.random.default_rng(1)
    for _ in range(4):
        learner.step(window.sample(32, rng), 0.0)
    return learner.playing_weights()


def test_the_same_tag_and_the_same_seed_give_the_same_weights(run, tmp_path):
    path, game = run
    history = History(path)
    history.create_tag("v1")
    clone(path, tmp_path / "copy")
    tagged = learned_weights(path)
    history.edit(game.id, None, "weight", "5", "later")
    later = learned_weights(path)
    history.create_branch("again", "v1")
    history.switch("again")
    for weights in (learned_weights(path), learned_weights(tmp_path / "copy")):
        assert all((weights[name] == tagged[name]).all() for name in tagged)
    assert any((later[name] != tagged[name]).any() for name in tagged)
