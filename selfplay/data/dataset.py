"""The dataset of a run: every searched ply as a row of a Lance table.

A commit holds many games, each whole: its first row holds all its moves, also those that were not
searched. A game that is in the table is not added again, so that an append may be repeated after a
crash. Rows are only appended, never changed. `columns.py` lists the columns.

Tables of older runs lack the moves. They are read as they are; the first commit to such a table
adds the column, with nulls.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from insei.engine.planes.net_planes import PLANES_VERSION
from insei.engine.rules import Rules
from insei.selfplay.data.columns import STORED, WHOLE_GAME, Column, Rows, num_values
from insei.selfplay.data.game import SelfPlayGame
from insei.system.errors import UserError

COMMITS_BETWEEN_COMPACTIONS = 50
MOVES_FIELD = pa.field(WHOLE_GAME.name, pa.list_(pa.uint16()))
STORED_NAMES = [column.name for column in STORED]
UNSTATED = {"scoring": "area", "pass_stones": "false"}  # terms of tables that do not state them


def arrow_type(column: Column, height: int, width: int) -> pa.DataType:
    """A column's type on disk: an array's numbers are bytes of a fixed length, little-endian."""
    if column.dtype is np.str_:
        return pa.string()
    if not column.is_array:
        return pa.from_numpy_dtype(column.dtype)
    return pa.binary(num_values(column, height, width) * np.dtype(column.dtype).itemsize)


def schema_of(height: int, width: int) -> pa.Schema:
    """The table's columns for a frame; arrays are compressed."""
    zstd = {"lance-encoding:compression": "zstd"}
    fields = [
        pa.field(
            column.name,
            arrow_type(column, height, width),
            metadata=zstd if column.is_array else None,
        )
        for column in STORED
    ]
    return pa.schema([*fields, MOVES_FIELD])


def terms_of(rules: Rules) -> dict[str, str]:
    """What all games of a table have in common, as in its metadata; komi may differ."""
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
    """Raise ValueError unless a table has these terms and columns.

    Tables of the first version state no terms. Only their columns are compared. Older tables lack
    the moves of whole games.
    """
    if schema.names not in (wanted.names, STORED_NAMES):
        raise UserError(f"{path}: columns {schema.names}, wanted {wanted.names}")
    came = {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()}
    for key, value in terms.items():
        if (found := came.get(key, UNSTATED.get(key, value))) != value:
            raise UserError(
                f"{path}: games with {key} {found}; wanted {key} {value}, as in the run's rules"
            )
    for field in filter(lambda field: field.name in schema.names, wanted):
        if schema.field(field.name).type != field.type:
            raise UserError(
                f"{path}: {field.name} is {schema.field(field.name).type}; wanted {field.type}, "
                f"for a frame of {terms['frame']}"
            )


def table_of(games: Sequence[SelfPlayGame], schema: pa.Schema) -> pa.Table:
    """The rows of games, in the order of the games."""
    counts = [len(game) for game in games]
    arrays = []
    for column in STORED:
        kind = schema.field(column.name).type
        if column.is_per_game:
            field = "id" if column.name == "game" else column.name
            values = np.repeat([getattr(game, field) for game in games], counts)
            arrays.append(pa.array(values).cast(kind))
            continue
        values = np.concatenate([game.rows[column.name] for game in games])
        if column.is_array:
            buffer = pa.py_buffer(np.ascontiguousarray(values).tobytes())
            arrays.append(pa.FixedSizeBinaryArray.from_buffers(kind, len(values), [None, buffer]))
        else:
            arrays.append(pa.array(values, kind))
    arrays.append(moves_of(games))
    return pa.table(arrays, schema=schema)


def moves_of(games: Sequence[SelfPlayGame]) -> pa.Array:
    """The whole games as a column: each in its first row."""
    found: list[NDArray | None] = []
    for game in games:
        found += [game.moves, *[None] * (len(game) - 1)]
    return pa.array(found, MOVES_FIELD.type)


def open_table(path: Path, rules: Rules) -> lance.LanceDataset:
    """Open the table of a run with these rules.

    Raises:
        UserError: it can't be read, or has games of other rules or planes.
    """
    try:
        table = lance.dataset(str(path))
    except (ValueError, OSError) as error:
        raise UserError(f"{path}: no Lance dataset that can be read ({error})") from error
    check_terms(path, table.schema, schema_of(rules.height, rules.width), terms_of(rules))
    return table


def rows_of(table: pa.Table) -> Rows:
    """The columns of a table as numpy arrays, `[N]` or `[N, numbers]`."""
    return {
        column.name: numbers_of(table.column(column.name), column)
        for column in STORED
        if column.name in table.schema.names
    }


def numbers_of(values: pa.ChunkedArray, column: Column) -> NDArray:
    """A column's values as numpy holds them."""
    joined = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    if column.dtype is np.str_:
        return np.array(joined.to_pylist(), dtype="U16")
    if not column.is_array:
        return joined.to_numpy(zero_copy_only=False)
    dtype = np.dtype(column.dtype)
    width = values.type.byte_width
    flat = np.frombuffer(joined.buffers()[1], np.uint8)
    start = joined.offset * width
    flat = flat[start : start + len(joined) * width]
    return flat.view(dtype).reshape(len(joined), width // dtype.itemsize)


class GameDataset:
    """The table of a run.

    Args:
        path: of the table, made with the first commit.
        rules: of its games, on the largest board; komi may differ from game to game.

    Raises:
        UserError: `path` is not such a table, or has games of other rules or planes.
    """

    def __init__(self, path: Path, rules: Rules) -> None:
        self.path = path
        self.schema = schema_of(rules.height, rules.width).with_metadata(terms_of(rules))
        self.table: lance.LanceDataset | None = None
        self.games_by_generation: dict[int, int] = {}
        self.rows_by_generation: Counter[int] = Counter()
        self.ids: set[str] = set()
        self.num_rows = 0
        if path.exists():
            self.table = open_table(path, rules)
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
        """Add games in one commit; returns their rows.

        Games that are in the table already are left out.
        """
        new = {game.id: game for game in games if game.id not in self.ids}
        if not new:
            return rows_of(self.schema.empty_table())
        table = table_of(list(new.values()), self.schema)
        if self.table is None:
            self.table = lance.write_dataset(table, str(self.path), mode="create")
        else:
            if WHOLE_GAME.name not in self.table.schema.names:  # an older run's
                self.table.add_columns(MOVES_FIELD)
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
        return sum(
            count for number, count in self.rows_by_generation.items() if number >= generation
        )

    def newest(self, num_rows: int) -> Rows:
        """Read the newest rows, oldest first; the first game may lack plies."""
        if self.table is None:
            return rows_of(self.schema.empty_table())
        first = max(0, self.num_rows - num_rows)
        return rows_of(self.table.to_table(STORED_NAMES, offset=first, limit=num_rows))
