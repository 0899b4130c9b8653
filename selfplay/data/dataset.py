"""The dataset of a run: every searched ply as a row of a Lance table.

A commit holds many games, each whole: its first row holds all its moves, also those that were not
searched. A game that is among the newest of the table is not added again, so that an append may be
repeated after a crash. Rows are only appended, never changed. `columns.py` lists the columns.

Tables of older runs lack the moves. They are read as they are; the first commit to such a table
adds the column, with nulls.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pyarrow.compute  # makes `pa.compute`
from numpy.typing import NDArray

from insei.engine.planes.net_planes import PLANES_VERSION
from insei.engine.rules import Rules
from insei.selfplay.data.columns import STORED, WHOLE_GAME, Column, Rows, num_values
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.history.card import DatasetName, RowsDigest
from insei.selfplay.history.edited import NO_EDITS, edited
from insei.selfplay.history.reading import edits_beside
from insei.system.errors import UserError
from insei.system.files import files_in, flush_files
from insei.system.termination import held_back

COMMITS_BETWEEN_COMPACTIONS = 50
ROWS_OF_A_FILE = 16_384  # files with fewer are put together
ROWS_AT_A_TIME = 16_384  # that are read
MOST_IDS = 50_000  # games that an append knows; a game that comes twice comes soon again
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


def table_of(games: SelfPlayGames, schema: pa.Schema) -> pa.Table:
    """The rows of games, in the order of the games."""
    arrays = [column_of(games, column, schema.field(column.name).type) for column in STORED]
    return pa.table([*arrays, moves_of(games)], schema=schema)


def column_of(games: SelfPlayGames, column: Column, kind: pa.DataType) -> pa.Array:
    """A stored column of games as Arrow has it."""
    values = games.per_ply(column.name) if column.is_per_game else games.rows[column.name]
    if column.dtype is np.str_:
        width = values.dtype.itemsize
        ends = pa.py_buffer(np.arange(0, width * len(values) + 1, width, dtype=np.int32))
        return pa.StringArray.from_buffers(len(values), ends, pa.py_buffer(values))
    if column.is_array:
        buffer = pa.py_buffer(np.ascontiguousarray(values))
        return pa.FixedSizeBinaryArray.from_buffers(kind, len(values), [None, buffer])
    return pa.array(values, kind)


def moves_of(games: SelfPlayGames) -> pa.Array:
    """The whole games as a column: each in its first row, null in its others."""
    first = np.cumsum(games.num_plies) - games.num_plies
    lengths = np.zeros(games.num_rows, np.int32)
    lengths[first] = games.num_moves
    is_null = np.ones(games.num_rows, np.bool_)
    is_null[first] = False
    ends = np.append(np.int32(0), np.cumsum(lengths, dtype=np.int32))
    return pa.ListArray.from_arrays(
        pa.array(ends), pa.array(games.moves), type=MOVES_FIELD.type, mask=pa.array(is_null)
    )


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
        self.num_rows = 0
        self.num_games = 0
        self.num_commits = 0  # since it was opened
        self.games_by_generation: Counter[int] = Counter()
        self.rows_by_generation: Counter[int] = Counter()
        self.newest_ids: dict[str, None] = {}  # in the order in which they came
        self.flushed: set[str] = set()  # files that survive a power cut
        self.digest = RowsDigest()
        self.edits = NO_EDITS  # what is committed later is seen when the run goes on
        if path.exists():
            self.table = open_table(path, rules)
            self.edits = edits_beside(path, rules, terms_of(rules))
            self._count()

    def _count(self) -> None:
        """Count rows and games, a batch at a time; the newest ids are kept."""
        assert self.table is not None
        last = ""
        for batch in self.table.scanner(
            ["game", "ply", "generation"], batch_size=ROWS_AT_A_TIME, scan_in_order=True
        ).to_batches():
            self.digest.add(batch)
            games, generations = batch.column("game"), batch.column("generation").to_numpy()
            begins = np.append(
                games[0].as_py() != last,
                pa.compute.not_equal(games[1:], games[:-1]).to_numpy(zero_copy_only=False),
            )
            last = games[-1].as_py()
            self._note(games.filter(pa.array(begins)).to_pylist(), generations, generations[begins])

    def _note(self, ids: list[str], by_row: NDArray[np.int32], by_game: NDArray[np.int32]) -> None:
        """Count in what was committed."""
        self.num_rows += len(by_row)
        self.num_games += len(ids)
        for counter, numbers in (
            (self.rows_by_generation, by_row),
            (self.games_by_generation, by_game),
        ):
            found, counts = np.unique(numbers, return_counts=True)
            counter.update(dict(zip(found.tolist(), counts.tolist(), strict=True)))
        self.newest_ids.update(dict.fromkeys(ids))
        surplus = len(self.newest_ids) - MOST_IDS
        for game in list(islice(self.newest_ids, max(0, surplus))):
            del self.newest_ids[game]

    @property
    def name(self) -> DatasetName:
        """What a card calls the dataset as it stands."""
        return self.digest.named(self.edits)

    def append(self, games: SelfPlayGames) -> SelfPlayGames:
        """Add games in one commit, but for those that are among the newest of the table already.

        Ctrl-C and SIGTERM wait until the games are on disk and counted. Otherwise a commit that was
        written would be taken for one that was not, and written again.

        Returns:
            the games that were added.
        """
        new = games.without(self.newest_ids)
        if len(new):
            with held_back():
                self._commit(new)
        return new

    def _commit(self, new: SelfPlayGames) -> None:
        """Write games, and count them in."""
        table = table_of(new, self.schema)
        if self.table is None:
            self.table = lance.write_dataset(table, str(self.path), mode="create")
        else:
            if WHOLE_GAME.name not in self.table.schema.names:  # an older run's
                self.table.add_columns(MOVES_FIELD)
            self.table.insert(table)
        self.num_commits += 1
        for batch in table.select(["game", "ply"]).to_batches():
            self.digest.add(batch)
        self._note(new.ids, new.per_ply("generation"), new.generation)
        if self.num_commits % COMMITS_BETWEEN_COMPACTIONS == 0:
            self.table.optimize.compact_files(target_rows_per_fragment=ROWS_OF_A_FILE)
            self.table.cleanup_old_versions(older_than=timedelta(minutes=10))

    def flush(self) -> None:
        """Make all that was committed survive a power cut."""
        if self.table is None:
            return
        there = files_in(self.path)
        flush_files(there - self.flushed)
        self.flushed = there

    def games_before(self, generation: int) -> int:
        """Games of earlier generations."""
        return sum(
            count for number, count in self.games_by_generation.items() if number < generation
        )

    def rows_before(self, generation: int) -> int:
        """Rows of earlier generations."""
        return sum(
            count for number, count in self.rows_by_generation.items() if number < generation
        )

    def newest(self, num_rows: int) -> Rows:
        """Read the newest rows as they are edited, oldest first; the first game may lack plies."""
        parts = list(self.batches(max(0, self.num_rows - num_rows), self.num_rows))
        if not parts:
            return rows_of(self.schema.empty_table())
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def batches(self, first: int, stop: int) -> Iterator[Rows]:
        """Read rows from `first` up to `stop` as they are edited, some thousands at a time.

        The oldest come first.

        A game is not divided, but the first one may lack plies.
        """
        if self.table is None or stop <= first:
            return
        held: pa.Table | None = None  # rows of a game that may go on in the next batch
        for batch in self.table.scanner(
            STORED_NAMES,
            offset=first,
            limit=stop - first,
            batch_size=ROWS_AT_A_TIME,
            batch_readahead=2,
            fragment_readahead=1,
            scan_in_order=True,
        ).to_batches():
            table = pa.Table.from_batches([batch])
            table = pa.concat_tables([held, table]) if held is not None else table
            games = table.column("game").combine_chunks()
            starts = pa.compute.not_equal(games[1:], games[:-1]).to_numpy(zero_copy_only=False)
            end = int(np.flatnonzero(starts)[-1]) + 1 if starts.any() else 0
            held = table.slice(end)
            if end:
                yield edited(rows_of(table.slice(0, end)), self.edits)
        if held is not None:
            yield edited(rows_of(held), self.edits)
