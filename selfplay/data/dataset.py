"""The dataset of a run: every searched ply as a row of a Lance table.

A commit holds many games. A game's id is in every row of it, and a game that is there already is
not added again, so that an append may be repeated after a crash. Arrays of a row are stored as
fixed-size binaries. The dataset grows by what is played; nothing is ever changed in it.

Boards of several sizes lie in one frame, the largest board's: arrays are the frame's, `width`,
`height` and `move` the board's own.
"""

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from insei.engine.planes.net_planes import (
    NUM_BINARY_PLANES,
    NUM_GLOBAL_PLANES,
    PLANES_VERSION,
)
from insei.engine.rules import Rules
from insei.selfplay.data.game import SelfPlayGame

COMMITS_BETWEEN_COMPACTIONS = 50
PARTS_OF_A_TABLE = {"data", "_transactions", "_versions"}  # folders that Lance makes first
BEFORE = {"scoring": "area", "pass_stones": "false"}  # of tables that tell nothing of these
Rows = dict[str, NDArray]  # columns by name, [N, ...]

ARRAYS: dict[str, type] = {
    "planes": np.uint8,
    "global_planes": np.float32,
    "policy": np.float16,
    "ownership": np.int8,
}
SCALARS: dict[str, pa.DataType] = {
    "ply": pa.uint16(),
    "outcome": pa.int8(),
    "score": pa.float32(),
    "prior_value": pa.float32(),
    "searched_value": pa.float32(),
    "weight": pa.float32(),
}
OF_GAME: dict[str, pa.DataType] = {
    "game": pa.string(),
    "generation": pa.int32(),
    "width": pa.uint8(),
    "height": pa.uint8(),
    "komi": pa.float32(),
    "move": pa.uint16(),  # the one that was played at this ply
}


def row_sizes(height: int, width: int) -> dict[str, int]:
    """How many numbers a row's arrays hold."""
    area = height * width
    return {
        "planes": (NUM_BINARY_PLANES * area + 7) // 8,
        "global_planes": NUM_GLOBAL_PLANES,
        "policy": area + 1,
        "ownership": area,
    }


def schema_of(height: int, width: int) -> pa.Schema:
    """The table's columns for a frame."""
    zstd = {"lance-encoding:compression": "zstd"}
    fields = [pa.field(name, kind) for name, kind in (OF_GAME | SCALARS).items()]
    for name, size in row_sizes(height, width).items():
        num_bytes = size * np.dtype(ARRAYS[name]).itemsize
        fields.append(pa.field(name, pa.binary(num_bytes), metadata=zstd))
    return pa.schema(fields)


def terms_of(rules: Rules) -> dict[str, str]:
    """What all games of a table have in common, as its metadata holds it; komi may differ."""
    return {
        "planes": str(PLANES_VERSION),
        "frame": rules.size_name,
        "ko": rules.ko,
        "suicide": str(rules.suicide).lower(),
        "captures_to_win": str(rules.captures_to_win),
        "scoring": rules.scoring,
        "pass_stones": str(rules.pass_stones).lower(),
    }


def check_terms(path: Path, schema: pa.Schema, wanted: pa.Schema, terms: dict[str, str]) -> None:
    """Raise ValueError unless a table holds rows of these terms.

    Tables of the first version tell no terms; their columns alone are looked at.
    """
    if schema.names != wanted.names:
        raise ValueError(f"{path}: columns {schema.names}, wanted {wanted.names}")
    came = {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()}
    for key, value in terms.items():
        if (found := came.get(key, BEFORE.get(key, value))) != value:
            raise ValueError(
                f"{path}: games with {key} {found}; wanted {key} {value}, as in the run's rules"
            )
    for field in wanted:
        if schema.field(field.name).type != field.type:
            raise ValueError(
                f"{path}: {field.name} is {schema.field(field.name).type}; wanted {field.type}, "
                f"for a frame of {terms['frame']}"
            )


def table_of(games: Sequence[SelfPlayGame], schema: pa.Schema) -> pa.Table:
    """Make rows of games, in their order."""
    counts = [len(game.ply) for game in games]
    columns: dict[str, pa.Array] = {
        "game": pa.array(np.repeat([game.id for game in games], counts)),
        "move": pa.array(np.concatenate([game.moves[game.ply] for game in games])),
    }
    for name in ("generation", "width", "height", "komi"):
        values = np.repeat([getattr(game, name) for game in games], counts)
        columns[name] = pa.array(values).cast(OF_GAME[name])
    for name, kind in SCALARS.items():
        columns[name] = pa.array(np.concatenate([getattr(game, name) for game in games])).cast(kind)
    for name, dtype in ARRAYS.items():
        joined: NDArray = np.concatenate([getattr(game, name) for game in games])
        stacked: NDArray = joined.astype(dtype, copy=False)
        buffer = pa.py_buffer(np.ascontiguousarray(stacked).tobytes())
        kind = schema.field(name).type
        columns[name] = pa.FixedSizeBinaryArray.from_buffers(kind, len(stacked), [None, buffer])
    return pa.table([columns[field.name] for field in schema], schema=schema)


def rows_of(table: pa.Table) -> Rows:
    """Turn columns into numpy arrays, `[N]` or `[N, numbers]`; strings stay out."""
    rows: Rows = {}
    for field in table.schema:
        column = table.column(field.name).combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = (
                pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], field.type)
            )
        if field.name in ARRAYS:
            dtype = np.dtype(ARRAYS[field.name])
            width = field.type.byte_width
            flat = np.frombuffer(column.buffers()[1], np.uint8)
            start = column.offset * width
            flat = flat[start : start + len(column) * width]
            rows[field.name] = flat.view(dtype).reshape(len(column), width // dtype.itemsize)
        elif field.name == "game":
            rows["game"] = np.array(column.to_pylist(), dtype="U16")
        else:
            rows[field.name] = column.to_numpy(zero_copy_only=False)
    return rows


def set_aside_unfinished(path: Path) -> None:
    """Move away what a first commit left that was cut short: files, and no version of a table.

    Nothing in it was ever committed, so that the next commit is the first one again.
    """
    if not path.is_dir() or list(path.glob("_versions/*.manifest")):
        return
    if {one.name for one in path.iterdir()} <= PARTS_OF_A_TABLE:
        aside = path.with_name(f"{path.name}.unfinished")
        shutil.rmtree(aside, ignore_errors=True)
        path.rename(aside)


class GameDataset:
    """The table of a run.

    Args:
        path: made with the first games.
        rules: of its games, on the largest board; komi may differ from game to game.

    Raises:
        ValueError: what lies at `path` is no such table, or holds games of other rules or planes.
    """

    def __init__(self, path: Path, rules: Rules) -> None:
        self.path = path
        terms = terms_of(rules)
        self.schema = schema_of(rules.height, rules.width).with_metadata(terms)
        self.table: lance.LanceDataset | None = None
        self.games_by_generation: dict[int, int] = {}
        self.rows_by_generation: Counter[int] = Counter()
        self.ids: set[str] = set()
        self.num_rows = 0
        if path.exists():
            try:
                self.table = lance.dataset(str(path))
            except (ValueError, OSError) as error:
                raise ValueError(f"{path}: no Lance dataset that can be read ({error})") from error
            check_terms(path, self.table.schema, self.schema, terms)
            self._count()

    def _count(self) -> None:
        assert self.table is not None
        found = self.table.to_table(columns=["game", "generation"])
        self.num_rows = len(found)
        self.rows_by_generation.update(found["generation"].to_pylist())
        games = dict(zip(found["game"].to_pylist(), found["generation"].to_pylist(), strict=True))
        self.ids = set(games)
        for generation in games.values():
            self.games_by_generation[generation] = self.games_by_generation.get(generation, 0) + 1

    @property
    def num_games(self) -> int:
        """Games in the table."""
        return len(self.ids)

    def append(self, games: Sequence[SelfPlayGame]) -> Rows:
        """Add games in one commit; those that are there already are left out.

        Returns:
            the rows that were added.
        """
        new = {game.id: game for game in games if game.id not in self.ids}
        if not new:
            return rows_of(self.schema.empty_table())
        table = table_of(list(new.values()), self.schema)
        if self.table is None:
            self.table = lance.write_dataset(table, str(self.path), mode="create")
        else:
            self.table.insert(table)
        if self.table.version % COMMITS_BETWEEN_COMPACTIONS == 0:
            self.table.optimize.compact_files()
            self.table.cleanup_old_versions(older_than=timedelta(minutes=10))
        self.ids |= set(new)
        self.num_rows += len(table)
        self.rows_by_generation.update(table["generation"].to_pylist())
        for game in new.values():
            count = self.games_by_generation.get(game.generation, 0)
            self.games_by_generation[game.generation] = count + 1
        return rows_of(table)

    def rows_since(self, generation: int) -> int:
        """Rows of this generation and of later ones."""
        return sum(n for one, n in self.rows_by_generation.items() if one >= generation)

    def newest(self, num_rows: int) -> Rows:
        """Read the newest rows, whole games or parts of them, oldest first."""
        if self.table is None:
            return rows_of(self.schema.empty_table())
        first = max(0, self.num_rows - num_rows)
        return rows_of(self.table.to_table(offset=first, limit=num_rows))
