"""The data of a run as arrays: as they were recorded, unpacked, by column and by batch."""

import tracemalloc
from dataclasses import fields

import numpy as np
import pytest

from insei.engine.planes.net_planes import NUM_BINARY_PLANES, planes
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.selfplay.data import load
from insei.selfplay.data.columns import STORED
from insei.selfplay.data.dataset import rows_of, schema_of, table_of
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.loading import SelfPlayRows, unpacked
from insei.selfplay.run import DATASET
from insei.system.errors import UserError
from tests.helpers.games import some_games
from tests.helpers.tables import older_run_with, run_with


@pytest.fixture(scope="module")
def games():
    return some_games(12)


@pytest.fixture(scope="module")
def run(games, tmp_path_factory):
    return run_with(tmp_path_factory.mktemp("runs") / "run", games[:5], games[5:])


def same(one, other):
    return all((getattr(one, f.name) == getattr(other, f.name)).all() for f in fields(one))


def test_the_fields_are_the_columns_of_the_table():
    assert [field.name for field in fields(SelfPlayRows)] == [column.name for column in STORED]


def test_rows_are_the_recorded_ones_unpacked(run, games):
    rows = load(run).rows()
    packed = rows_of(table_of(SelfPlayGames.of(games), schema_of(5, 5)))
    assert len(rows) == len(packed["ply"])
    for name in ("game", "move", "score", "weight", "global_planes", "prior_value"):
        assert (getattr(rows, name) == packed[name]).all()
    assert (rows.policy == packed["policy"].astype(np.float32)).all()
    assert rows.ownership.shape == (len(rows), 5, 5)
    assert (rows.ownership.reshape(len(rows), -1) == packed["ownership"]).all()
    whole = {game.id: game for game in load(run).games()}
    for row in range(0, len(rows), 7):
        game = whole[rows.game[row]]
        position = Position(game.rules).play_all(game.moves[: rows.ply[row]])
        assert (rows.planes[row] == planes(position)[:NUM_BINARY_PLANES]).all()
        assert rows.is_black[row] == (position.to_play == 1)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_batches_are_the_rows_in_order(run, size):
    rows = load(run).rows()
    batches = list(load(run).batches(size))
    assert all(len(batch) <= size for batch in batches)
    joined = SelfPlayRows(
        **{
            field.name: np.concatenate([getattr(batch, field.name) for batch in batches])
            for field in fields(SelfPlayRows)
        }
    )
    assert same(joined, rows)


def test_some_rows_are_the_first_or_those_chosen(run):
    rows = load(run).rows()
    assert sum(map(len, load(run).batches(4, limit=10))) == 10
    assert same(rows[:10], next(load(run).batches(10)))
    assert len(rows[rows.outcome == 1]) == (rows.outcome == 1).sum()


def test_a_column_alone_is_read_alone(run):
    data = load(run)
    for field in fields(SelfPlayRows):
        assert (data.column(field.name) == getattr(data.rows(), field.name)).all()
    none = data.of_generations(7, 9)
    assert none.column("planes").shape == (0, 12, 5, 5)
    assert len(none.rows()) == none.num_rows == 0
    with pytest.raises(UserError, match="no column 'policies'; wanted one of game, "):
        data.column("policies")


def test_an_older_run_gives_the_same_rows(run, games, tmp_path):
    older = older_run_with(tmp_path / "run", games)
    assert same(load(older).rows(), load(run).rows())


def test_data_are_as_they_stood_when_they_were_opened(games, tmp_path):
    path = run_with(tmp_path / "run", games[:3])
    data = load(str(path))
    from insei.selfplay.data.dataset import GameDataset

    GameDataset(path / DATASET, Rules(5, 5, 4.5)).append(SelfPlayGames.of(games))
    assert data.num_games == 3
    assert load(path).num_games == 12


@pytest.mark.parametrize(
    ("name", "said"), [("nothing", "nothing is no run"), ("empty", "empty holds no games")]
)
def test_what_is_no_run_or_has_no_games_is_one_line(tmp_path, name, said):
    run_with(tmp_path / "empty")
    with pytest.raises(UserError, match=said):
        load(tmp_path / name)


def test_a_damaged_table_is_one_line(games, tmp_path):
    path = run_with(tmp_path / "run", games)
    for file in (path / DATASET / "data").iterdir():
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(UserError, match=r"games\.lance") as refused:
        load(path).rows()
    assert "\n" not in str(refused.value)


def test_memory_does_not_grow_with_the_rows(tmp_path):
    peaks = []
    for count in (1, 12):
        path = run_with(tmp_path / f"run{count}", *[some_games(30, seed) for seed in range(count)])
        tracemalloc.start()
        for _ in load(path).batches(64):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_lance_torch_reads_the_table(run):
    from lance.torch.data import LanceDataset

    rules = load(run).rules
    dataset = LanceDataset(
        str(run / DATASET),
        batch_size=32,
        columns=["planes", "policy", "outcome"],
        to_tensor_fn=lambda batch, **others: unpacked(batch, rules),
    )
    found = [batch["planes"] for batch in dataset]
    assert (np.concatenate(found) == load(run).column("planes")).all()
