"""The data of a run as numpy arrays, unpacked: whole, by column, or by batch; and its games.

    data = load("runs/go5")
    data.column("score")                    # one column of all rows
    for rows in data.batches(4096): ...     # SelfPlayRows, at constant memory
    for game in data.games(): ...           # every move of every game

docs/data.md explains the columns.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from insei.engine.errors import GameOver, IllegalMove
from insei.engine.planes.net_planes import NUM_BINARY_PLANES
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.selfplay.data.columns import STORED, WHOLE_GAME, Rows
from insei.selfplay.data.dataset import numbers_of, open_table, terms_of
from insei.selfplay.data.game import ID
from insei.selfplay.history.edited import NO_EDITS, Edits, edited
from insei.selfplay.history.graph import HEAD
from insei.selfplay.history.reading import edits_beside
from insei.selfplay.run import DATASET, config_of
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError

BATCH = 4096  # rows that are unpacked at a time
AHEAD = 2  # batches read ahead
KEYS = ["game", "ply"]  # of a row, by which its edits are found
OF_A_GAME = ["game", "generation", "width", "height", "komi", WHOLE_GAME.name]


@dataclass(frozen=True)
class SelfPlayRows:
    """N rows in a frame of H × W points, each a ply that was searched in full.

    The first dimension is N everywhere. Columns seen by the mover are positive, or own, for the
    player to move. A smaller board lies at the top left of the frame.
    """

    game: NDArray[np.str_]  # [N] id, 16 hexadecimal digits
    generation: NDArray[np.int32]  # [N] of the net that finished the game
    width: NDArray[np.uint8]  # [N] of the board
    height: NDArray[np.uint8]  # [N]
    komi: NDArray[np.float32]  # [N] points given to White
    move: NDArray[np.uint16]  # [N] that was played, on the board itself
    ply: NDArray[np.uint16]  # [N] moves before; Black moves at even plies
    outcome: NDArray[np.int8]  # [N] 1 won, 0 drawn, -1 lost; seen by the mover
    score: NDArray[np.float32]  # [N] final lead in points; seen by the mover
    prior_value: NDArray[np.float32]  # [N] before the search, -1 to 1; seen by the mover
    searched_value: NDArray[np.float32]  # [N] after the search, -1 to 1; seen by the mover
    weight: NDArray[np.float32]  # [N] how much the row counts, 1 on average
    planes: NDArray[np.uint8]  # [N, 12, H, W] binary planes, 0 or 1; seen by the mover
    global_planes: NDArray[np.float32]  # [N, 2] komi / 20 and last pass; seen by the mover
    policy: NDArray[np.float32]  # [N, H·W + 1] of the search, in the frame; the last is the pass
    ownership: NDArray[np.int8]  # [N, H, W] at the end: 1 own, -1 the opponent's, 0 neutral

    def __len__(self) -> int:
        return len(self.game)

    def __getitem__(self, chosen: "slice | NDArray") -> "SelfPlayRows":
        """Some of the rows."""
        return SelfPlayRows(**{one.name: getattr(self, one.name)[chosen] for one in fields(self)})

    @property
    def is_black(self) -> NDArray[np.bool_]:
        """`[N]`, whether Black is to move."""
        return self.ply % 2 == 0


@dataclass(frozen=True)
class WholeGame:
    """A game of self-play: every move, searched or not, from the empty board."""

    id: str
    generation: int  # of the net that finished it
    rules: Rules
    moves: list[int]  # row · width + column; width · height is a pass

    def __post_init__(self) -> None:
        check_id(self.id)  # which becomes the name of a file

    @property
    def position(self) -> Position:
        """The last position.

        Raises:
            UserError: the moves are illegal, as in a damaged table.
        """
        try:
            return Position(self.rules).play_all(self.moves)
        except (IllegalMove, GameOver) as error:
            raise UserError(f"game {self.id}: {error}") from error


@dataclass(frozen=True)
class RunData:
    """The table of a run as it stood when it was opened, or some generations of it."""

    path: Path  # of the table
    table: lance.LanceDataset
    rules: Rules  # of all games, on the frame; size and komi differ from game to game
    condition: str | None = None  # on rows, as Lance understands it
    edits: Edits = NO_EDITS  # of the labels; what is read is edited

    def of_generations(self, first: int, last: int) -> "RunData":
        """The games that the nets `first` to `last` finished."""
        return replace(self, condition=f"generation >= {first} AND generation <= {last}")

    @property
    def num_rows(self) -> int:
        """Rows."""
        with clear_errors(self.path):
            return int(self.table.count_rows(self.condition))

    @property
    def has_games(self) -> bool:
        """Whether the table knows whole games; those of older runs don't."""
        return WHOLE_GAME.name in self.table.schema.names

    @property
    def num_games(self) -> int:
        """Games that are kept whole."""
        with clear_errors(self.path):
            return int(self.table.count_rows(self._first_rows)) if self.has_games else 0

    @property
    def _first_rows(self) -> str:
        first = f"{WHOLE_GAME.name} IS NOT NULL"
        return f"{self.condition} AND {first}" if self.condition else first

    def column(self, name: str) -> NDArray:
        """One column of all rows, unpacked as in `SelfPlayRows`.

        Raises:
            UserError: there is no such column.
        """
        parts = [unpacked(batch, self.rules)[name] for batch in self.arrow_batches([name])]
        return np.concatenate(parts) if parts else unpacked(self._empty([name]), self.rules)[name]

    def rows(self) -> SelfPlayRows:
        """All rows. A large run needs much memory: 9x9 about 1.5 kB a row."""
        names = [column.name for column in STORED]
        return SelfPlayRows(**{name: self.column(name) for name in names})

    def batches(self, size: int = BATCH, limit: int | None = None) -> Iterator[SelfPlayRows]:
        """All rows in the order of the table, up to `size` at a time; at most `limit` in all."""
        names = [column.name for column in STORED]
        for batch in self.arrow_batches(names, size, limit):
            yield SelfPlayRows(**unpacked(batch, self.rules))

    def arrow_table(self, names: Sequence[str]) -> pa.Table:
        """Columns of all rows as they are edited, for pandas, polars or DuckDB; arrays are packed.

        Raises:
            UserError: there is no such column.
        """
        batches = list(self.arrow_batches(names))
        return pa.Table.from_batches(batches or [self._empty(names)])

    def games(self, limit: int | None = None) -> Iterator[WholeGame]:
        """The games in the order of the table; those of an older run, without moves, are left out.

        Args:
            limit: at most so many.
        """
        if not self.has_games:
            return
        for batch in self.arrow_batches(OF_A_GAME, BATCH // 8, limit, self._first_rows):
            for values in batch.to_pylist():
                own = {name: values[name] for name in ("width", "height", "komi")}
                try:
                    rules = replace(self.rules, **own)
                except UserError as error:
                    raise UserError(f"{self.path}: game {values['game']!r}: {error}") from error
                yield WholeGame(values["game"], values["generation"], rules, values["moves"])

    def arrow_batches(
        self,
        names: Sequence[str],
        size: int = BATCH,
        limit: int | None = None,
        condition: str | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Columns as they are edited, in the order of the table; arrays are packed.

        Raises:
            UserError: there is no such column, or the table is damaged.
        """
        if unknown := [name for name in names if name not in self.table.schema.names]:
            raise UserError(
                f"{self.path}: no column {unknown[0]!r}; "
                f"wanted one of {', '.join(self.table.schema.names)}"
            )
        keys = KEYS if any(name in self.edits.fields for name in names) else []
        with clear_errors(self.path):
            scanner = self.table.scanner(
                [*names, *(key for key in keys if key not in names)],
                filter=condition or self.condition,
                limit=limit,
                batch_size=size,
                batch_readahead=AHEAD,
                fragment_readahead=1,
                scan_in_order=True,
            )
            for batch in scanner.to_batches():
                yield edited_batch(batch, self.edits).select(list(names)) if keys else batch

    def _empty(self, names: Sequence[str]) -> pa.RecordBatch:
        schema = pa.schema([self.table.schema.field(name) for name in names])
        return pa.RecordBatch.from_pylist([], schema=schema)


def check_id(game: str) -> None:
    """Check that a game's id is 16 hexadecimal digits.

    Raises:
        UserError: it isn't, as in a table of somebody else's.
    """
    if not ID.fullmatch(game):
        raise UserError(f"game {game[:40]!r}: wanted an id of 16 hexadecimal digits")


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn Lance's errors on a damaged table into one line."""
    try:
        yield
    except (OSError, RuntimeError, pa.ArrowInvalid) as error:
        said = str(error).partition(", /")[0].splitlines()[0][:200]
        raise UserError(f"{path} can't be read: {said}") from error


def edited_batch(batch: pa.RecordBatch, edits: Edits) -> pa.RecordBatch:
    """A batch of the table as the edits leave it; its games and plies are among its columns."""
    rows = stored_rows(batch)
    changed = edited(rows, edits)
    for number, field in enumerate(batch.schema):
        values = changed.get(field.name)
        if values is None or values is rows[field.name]:
            continue
        if pa.types.is_fixed_size_binary(field.type):
            buffers = [None, pa.py_buffer(np.ascontiguousarray(values).tobytes())]
            column = pa.FixedSizeBinaryArray.from_buffers(field.type, len(values), buffers)
        else:
            column = pa.array(values, field.type)
        batch = batch.set_column(number, field, column)
    return batch


def stored_rows(batch: pa.RecordBatch) -> Rows:
    """The columns of a batch of the table as numpy arrays; those of arrays are flat."""
    columns = {column.name: column for column in STORED}
    return {
        name: numbers_of(pa.chunked_array([batch.column(name)]), columns[name])
        for name in batch.schema.names
        if name in columns
    }


def unpacked(batch: pa.RecordBatch, frame: Rules) -> dict[str, NDArray]:
    """The columns of a batch of the table as arrays, as `SelfPlayRows` has them.

    Args:
        frame: the run's rules, on its largest board.
    """
    height, width = frame.height, frame.width
    found = stored_rows(batch)
    count = batch.num_rows
    if "planes" in found:
        num_bits = NUM_BINARY_PLANES * height * width
        bits = np.unpackbits(found["planes"], axis=1, count=num_bits)
        found["planes"] = bits.reshape(count, NUM_BINARY_PLANES, height, width)
    if "policy" in found:
        found["policy"] = found["policy"].astype(np.float32)
    if "ownership" in found:
        found["ownership"] = found["ownership"].reshape(count, height, width)
    return found


def open_run_data(run: Path, at: str = HEAD) -> RunData:
    """Open the data of a run; see `load`."""
    config = config_of(run, TrainConfig)
    path = run / DATASET
    if not path.exists():
        raise UserError(f"{run} holds no games: wanted {DATASET} in it")
    table = open_table(path, config.rules)
    edits = edits_beside(path, config.rules, terms_of(config.rules), at)
    return RunData(path, table, config.rules, edits=edits)
