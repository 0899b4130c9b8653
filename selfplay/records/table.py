"""The table of recorded games: one Lance row a game, whole, as a file told it.

A game that is in the table is not added again: its id is a hash of its board, setup and moves.
Learning, filters and exports read it; `COLUMNS` documents it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from insei.selfplay.records.recorded_games import UNKNOWN_WINNER, Ending, RecordedGames
from insei.system.errors import UserError
from insei.system.shown import say

RECORDS = "records.lance"  # in the folder of a dataset
MOVES = pa.list_(pa.uint16())
ZSTD = {"lance-encoding:compression": "zstd"}


@dataclass(frozen=True)
class Column:
    """A column of the table."""

    name: str
    kind: pa.DataType
    meaning: str
    is_nullable: bool = False


COLUMNS = (
    Column("game", pa.string(), "16 hexadecimal digits: a hash of board, setup and moves"),
    Column("source", pa.string(), "file, member of an archive, and number of the game in it"),
    Column("width", pa.uint8(), "points of the board in a row"),
    Column("height", pa.uint8(), "points of the board in a column"),
    Column("komi", pa.float32(), "points given to White, in half points"),
    Column("rules", pa.string(), "as the file calls them"),
    Column("territory", pa.bool_(), "whether territory is counted, not area"),
    Column("suicide", pa.bool_(), "whether a chain of one's own was taken off"),
    Column("handicap", pa.uint8(), "stones that Black was given"),
    Column("winner", pa.int8(), "1 Black, -1 White, 0 a draw; null: unknown", True),
    Column("score", pa.float32(), "Black's lead at the end, komi included; null: unknown", True),
    Column("ending", pa.string(), "count, resignation, time, forfeit, void or unknown"),
    Column("black_rank", pa.string(), "as in the file"),
    Column("white_rank", pa.string(), "as in the file"),
    Column("date", pa.string(), "as in the file, years first"),
    Column("stones", MOVES, "set up before the first move; as `moves`"),
    Column("moves", MOVES, "row · width + column, width · height a pass; plus 32768 if White's"),
    Column("ownership", pa.list_(pa.int8()), "of each point at the end; null: unknown", True),
)
SCHEMA = pa.schema(
    pa.field(
        column.name,
        column.kind,
        column.is_nullable,
        ZSTD if pa.types.is_list(column.kind) else None,
    )
    for column in COLUMNS
)


MADE = ("game", "ending", "stones", "moves", "ownership")  # columns that are not copied as they are


@dataclass(frozen=True)
class RecordedGame:
    """One game, as a row of the table."""

    width: int
    height: int
    moves: NDArray[np.uint16]
    stones: NDArray[np.uint16] = field(default_factory=lambda: np.zeros(0, np.uint16))
    komi: float = 0.0
    rules: str = ""
    territory: bool = False
    suicide: bool = False
    handicap: int = 0
    winner: int | None = None
    score: float | None = None
    ending: Ending = Ending.UNKNOWN
    black_rank: str = ""
    white_rank: str = ""
    date: str = ""
    source: str = ""
    ownership: NDArray[np.int8] | None = None

    @property
    def id(self) -> str:
        """The hash of board, setup and moves."""
        found = hashlib.blake2b(bytes([self.width, self.height]), digest_size=8)
        found.update(np.sort(self.stones).tobytes() + b"|" + self.moves.tobytes())
        return found.hexdigest()


def table_of(games: Sequence[RecordedGame]) -> pa.Table:
    """Games as rows."""
    columns = {
        name: [getattr(game, name) for game in games] for name in SCHEMA.names if name not in MADE
    }
    columns["game"] = [game.id for game in games]
    columns["ending"] = [game.ending.name.lower() for game in games]
    arrays = {name: pa.array(values, SCHEMA.field(name).type) for name, values in columns.items()}
    for name in ("stones", "moves"):
        arrays[name] = ragged([getattr(game, name) for game in games])
    arrays["ownership"] = pa.array(
        [None if game.ownership is None else game.ownership.ravel() for game in games],
        SCHEMA.field("ownership").type,
    )
    return pa.table([arrays[name] for name in SCHEMA.names], schema=SCHEMA)


PLAIN = [
    name for name in SCHEMA.names if name not in ("game", "ending", "stones", "moves", "ownership")
]


def ragged(runs: Sequence[NDArray[np.uint16]]) -> pa.ListArray:
    """Arrays of moves as one list array."""
    ends = np.cumsum([0, *map(len, runs)]).astype(np.int32)
    values = np.concatenate(runs) if runs else np.zeros(0, np.uint16)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values, pa.uint16()))


class RecordTable:
    """The table in a folder.

    Args:
        folder: of the dataset; made with the first commit.

    Raises:
        UserError: what is there is not such a table.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / RECORDS
        self.table: lance.LanceDataset | None = None
        self.ids: set[str] = set()
        if folder.exists() and not folder.is_dir():
            raise UserError(f"{folder}: a file; wanted a folder of records")
        if self.path.exists():
            try:
                self.table = lance.dataset(str(self.path))
            except (ValueError, OSError) as error:
                raise UserError(f"{self.path}: no Lance dataset that can be read") from error
            if self.table.schema.names != SCHEMA.names:
                names = ", ".join(self.table.schema.names)
                raise UserError(f"{self.path}: columns {names}; wanted {', '.join(SCHEMA.names)}")
            self.ids = set(self.table.to_table(columns=["game"])["game"].to_pylist())

    def __len__(self) -> int:
        return len(self.ids)

    def append(self, games: Iterable[RecordedGame]) -> int:
        """Add games in one commit; returns how many were new."""
        new = {game.id: game for game in games}
        new = {key: game for key, game in new.items() if key not in self.ids}
        if new:
            rows = table_of(list(new.values()))
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.table is None:
                self.table = lance.write_dataset(rows, str(self.path), mode="create")
            else:
                self.table.insert(rows)
            self.ids |= new.keys()
        return len(new)


def read_games(folder: Path) -> RecordedGames:
    """The games of a dataset that have a move.

    Raises:
        UserError: there is no dataset, or it holds no game.
    """
    if not (folder / RECORDS).exists():
        raise UserError(f"{folder}: no {RECORDS} in it; wanted a folder that `insei import` filled")
    table = RecordTable(folder).table
    assert table is not None
    rows = table.to_table().combine_chunks()
    rows = rows.filter(pa.compute.greater(pa.compute.list_value_length(rows["moves"]), 0))
    if not len(rows):
        raise UserError(f"{folder}: no game in it; wanted records to learn from")
    moves, starts = runs_of(rows["moves"])
    stones, stone_starts = runs_of(rows["stones"])
    owned = rows["ownership"]
    heights, widths = (rows[name].to_numpy() for name in ("height", "width"))
    return RecordedGames(
        ids=np.array(rows["game"].to_pylist(), "U16"),
        sizes=np.stack([heights, widths], 1),
        komi=rows["komi"].to_numpy(),
        territory=rows["territory"].to_numpy(),
        suicide=rows["suicide"].to_numpy(),
        winner=rows["winner"].fill_null(UNKNOWN_WINNER).to_numpy(),
        score=rows["score"].fill_null(np.nan).to_numpy(),
        ending=np.array([Ending[name.upper()] for name in rows["ending"].to_pylist()], np.uint8),
        moves=moves,
        starts=starts,
        stones=stones,
        stone_starts=stone_starts,
        ownership={
            game: np.array(owned[game].as_py(), np.int8).reshape(heights[game], widths[game])
            for game in np.flatnonzero(owned.is_valid().to_numpy()).tolist()
        },
    )


def runs_of(column: pa.ChunkedArray) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """A column of lists as one array and where each list begins."""
    joined = pa.concat_arrays(column.chunks)
    values = joined.flatten().to_numpy()
    return values, np.append(0, np.cumsum(pa.compute.list_value_length(joined).to_numpy()))


def markdown() -> str:
    """The table of columns as docs/records.md shows it."""
    lines = ["| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{column.name}` | {column.kind} | {column.meaning} |" for column in COLUMNS]
    return "\n".join(lines)


if __name__ == "__main__":
    say(markdown())
