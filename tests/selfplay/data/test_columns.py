"""The table of columns: the dataset, the window, the batch and the document derive from it."""

from dataclasses import fields, replace

import lance
import numpy as np
import pyarrow as pa
import pytest

from insei.engine.rules import Rules
from insei.selfplay.data.columns import (
    DERIVED,
    IN_BATCH,
    IN_WINDOW,
    STORED,
    WHOLE_GAME,
    Column,
    as_columns,
    markdown,
    shape_of,
)
from insei.selfplay.data.dataset import GameDataset, rows_of, schema_of, table_of
from insei.selfplay.data.game import SelfPlayGame
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.window import Window
from tests.helpers.games import some_games
from tests.helpers.paths import ROOT

BOTH = STORED + DERIVED


def test_every_stored_column_is_in_the_dataset_with_its_type(tmp_path):
    GameDataset(tmp_path / "games.lance", Rules(5, 5, 4.5)).append(SelfPlayGames.of(some_games(3)))
    table = lance.dataset(str(tmp_path / "games.lance")).to_table()
    assert table.schema.names == [*(column.name for column in STORED), WHOLE_GAME.name]
    rows = rows_of(table)
    for column in STORED:
        values = rows[column.name]
        assert values.dtype.kind == np.dtype(column.dtype).kind
        assert column.dtype is np.str_ or values.dtype == column.dtype
        size = int(np.prod(shape_of(column.shape, 5, 5)))
        assert values.shape == ((len(table), size) if column.shape else (len(table),))


def test_every_column_of_a_batch_has_the_shape_of_the_table():
    window = Window(5, 5)
    window.update(rows_of(table_of(SelfPlayGames.of(some_games(3)), schema_of(5, 5))), 10**6)
    batch = window.batch(np.arange(4), np.zeros(4, np.int64))
    batch.check()
    assert set(batch.columns) == {column.name for column in BOTH if column.in_batch is not None}
    for column in IN_BATCH:
        assert batch[column.name].shape == (4, *shape_of(column.in_batch, 5, 5))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: found | {"score": found["score"].astype(np.float64)}, "score: came float64"),
        (
            lambda found: found | {"policy": found["policy"][:, 1:]},
            r"policy: .* wanted .*\(4, 26\)",
        ),
        (lambda found: {name: found[name] for name in found if name != "reply"}, "wanted .*reply,"),
        (lambda found: found | {"planes": found["planes"][0]}, r"wanted \[B, C, H, W\]"),
    ],
)
def test_a_batch_unlike_the_table_is_refused(change, said):
    window = Window(5, 5)
    window.update(rows_of(table_of(SelfPlayGames.of(some_games(3)), schema_of(5, 5))), 10**6)
    batch = window.batch(np.arange(4), np.zeros(4, np.int64))
    with pytest.raises(ValueError, match=said):
        replace(batch, columns=change(batch.columns)).check()


def test_every_column_is_in_the_document():
    text = (ROOT / "docs" / "data.md").read_text()
    table = text.partition("<!-- columns -->\n")[2].partition("\n<!-- end of columns -->")[0]
    assert table == markdown(), "python -m insei.selfplay.data.columns prints the table to paste"
    assert all(f"| `{column.name}` |" in table for column in BOTH)


def test_a_column_is_of_the_game_or_of_its_rows():
    of_game = {column.name for column in STORED if column.is_per_game} - {"game"}
    assert of_game <= {field.name for field in fields(SelfPlayGame)}
    (game, *_) = some_games(1)
    assert set(game.rows) == {column.name for column in STORED} - of_game - {"game"}


def test_a_record_without_a_column_or_with_an_unknown_one_is_refused():
    (game, *_) = some_games(1)
    with pytest.raises(ValueError, match=r"wanted .*ownership"):
        as_columns({name: game.rows[name] for name in game.rows if name != "ownership"})
    with pytest.raises(ValueError, match=r"columns .*surprise"):
        as_columns(game.rows | {"surprise": game.rows["weight"]})


def test_a_new_column_needs_a_line_in_the_table_and_a_value_in_the_record(monkeypatch):
    played = some_games(3)
    new = Column("prior", np.float32, "A", "", "the net's own policy", in_batch="A")
    data = "insei.selfplay.data"
    for place in ("columns.STORED", "dataset.STORED"):
        monkeypatch.setattr(f"{data}.{place}", (*STORED, new))
    monkeypatch.setattr(f"{data}.window.IN_WINDOW", (*IN_WINDOW, new))
    for place in ("window.IN_BATCH", "batch.IN_BATCH"):
        monkeypatch.setattr(f"{data}.{place}", (*IN_BATCH, new))
    games = [
        replace(game, rows=as_columns(game.rows | {"prior": game.rows["policy"]}))
        for game in played
    ]
    found = rows_of(table_of(SelfPlayGames.of(games), schema_of(5, 5)))
    assert (found["prior"] == found["policy"]).all()
    window = Window(5, 5)
    window.update(found, 10**6)
    batch = window.sample(16, np.random.default_rng(1))  # turned by symmetries, as the policy is
    batch.check()
    assert (batch["prior"] == batch["policy"]).all()


def test_the_files_of_existing_runs_have_this_schema():
    wanted = pa.schema(
        [
            ("game", pa.string()),
            ("generation", pa.int32()),
            ("width", pa.uint8()),
            ("height", pa.uint8()),
            ("komi", pa.float32()),
            ("move", pa.uint16()),
            ("ply", pa.uint16()),
            ("outcome", pa.int8()),
            ("score", pa.float32()),
            ("prior_value", pa.float32()),
            ("searched_value", pa.float32()),
            ("weight", pa.float32()),
            ("planes", pa.binary(122)),
            ("global_planes", pa.binary(8)),
            ("policy", pa.binary(164)),
            ("ownership", pa.binary(81)),
            ("moves", pa.list_(pa.uint16())),  # which older runs lack
        ]
    )
    schema = schema_of(9, 9)
    assert schema.equals(wanted)
    assert [f.name for f in schema if f.metadata] == [c.name for c in STORED if c.shape]
