"""The columns of a self-play row: one table, from which everything else derives.

The Lance table's schema, the record of a game, the window and the batch read their names, types
and shapes here, and `docs/data.md` prints the table. A new column is a line here, and a value in
`recording.finished`, which produces it.

Letters of shapes:

    H W   height and width of the frame, the largest board of the run
    A     H·W + 1 moves: the frame's points row by row from the top left, then the pass
    C     planes that the net sees
    P     bytes of the packed binary planes
    G     numbers that fill the other planes
    O     outcomes: win, draw, loss
    M     moves of a whole game, another number in each

A smaller board lies at the frame's top left. Points off the board hold 0.

Packed planes are plane after plane, row after row from the top left, one bit a point. The first
point is the highest bit of the first byte (`numpy.packbits`, bit order "big"). The last byte is
filled up with zeros.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from insei.engine.planes.net_planes import NUM_BINARY_PLANES, NUM_GLOBAL_PLANES, NUM_PLANES
from insei.system.shown import say

Rows = dict[str, NDArray]  # columns by name, each [N, ...]; arrays of a row are flat

WIN, DRAW, LOSS = 0, 1, 2  # places in O


@dataclass(frozen=True)
class Column:
    """A column: what a row holds under one name.

    On disk and in memory, an array is flat: a shape of H W is stored as H·W numbers.
    """

    name: str
    dtype: DTypeLike  # of one number; np.str_ for text
    shape: str  # of a row, in letters; empty for a single value
    seen_by: Literal["mover", ""]  # mover: the sign or colours are those of the player to move
    meaning: str
    is_per_game: bool = False  # equal in all rows of a game: a field of SelfPlayGame
    in_window: bool = True  # whether the window keeps it in memory
    in_batch: str | None = None  # its shape in a batch, as float32; None: it is not in a batch

    @property
    def is_array(self) -> bool:
        """Whether a row holds several numbers, rather than a single value."""
        return bool(self.shape)


STORED = (
    Column("game", np.str_, "", "", "id of the game, 16 hexadecimal digits", is_per_game=True),
    Column(
        "generation", np.int32, "", "", "number of the net that finished the game",
        is_per_game=True, in_window=False,
    ),
    Column("width", np.uint8, "", "", "points of the board in a row", is_per_game=True),
    Column("height", np.uint8, "", "", "points of the board in a column", is_per_game=True),
    Column(
        "komi", np.float32, "", "", "points given to White", is_per_game=True, in_window=False
    ),
    Column(
        "move", np.uint16, "", "",
        "the move played: row · width + column on the board itself, width · height for a pass",
        in_window=False,
    ),
    Column(
        "ply", np.uint16, "", "", "moves played before; the first move is ply 0", in_window=False
    ),
    Column("outcome", np.int8, "", "mover", "1 the game was won, 0 drawn, -1 lost", in_batch=""),
    Column("score", np.float32, "", "mover", "final lead in points, komi included", in_batch=""),
    Column(
        "prior_value", np.float32, "", "mover",
        "the net's win minus loss before the search, -1 to 1", in_window=False,
    ),
    Column(
        "searched_value", np.float32, "", "mover",
        "utility of playing by `policy`, -1 to 1", in_window=False,
    ),
    Column("weight", np.float32, "", "", "how much the row counts, 1 on average", in_batch=""),
    Column("planes", np.uint8, "P", "mover", "the binary planes, packed", in_batch="C H W"),
    Column("global_planes", np.float32, "G", "mover", "the number that fills each other plane"),
    Column("policy", np.float16, "A", "", "the search's improved policy; sums to 1", in_batch="A"),
    Column(
        "ownership", np.int8, "H W", "mover",
        "at the end: 1 own point, -1 the opponent's, 0 neutral", in_batch="H W",
    ),
)  # fmt: skip

# The whole game, in its first row, so that a game and its rows come in one commit.
WHOLE_GAME = Column(
    "moves", np.uint16, "M", "",
    "all moves of the game from the empty board, searched or not, as `move` counts them; in the "
    "game's first row, null in its other rows",
    is_per_game=True, in_window=False,
)  # fmt: skip

# What is made of stored columns where rows are read.
DERIVED = (
    Column(
        "chances", np.float32, "O", "mover",
        "chances of win, draw and loss that the outcome head learns (outcomes.py)", in_batch="O",
    ),
    Column(
        "reply", np.float32, "A", "",
        "`policy` of the game's next ply, zeros if that is not recorded",
        in_window=False, in_batch="A",
    ),
    Column(
        "reply_weight", np.float32, "", "", "1 if there is a `reply`, else 0",
        in_window=False, in_batch="",
    ),
    Column(
        "outcome_weight", np.float32, "", "", "how well the winner is known; 1 in self-play",
        in_window=False, in_batch="",
    ),
    Column(
        "score_weight", np.float32, "", "", "1 if the score is known, else 0; 1 in self-play",
        in_window=False, in_batch="",
    ),
    Column(
        "ownership_weight", np.float32, "", "", "1 if `ownership` is known, else 0; 1 in self-play",
        in_window=False, in_batch="",
    ),
)  # fmt: skip

IN_WINDOW = tuple(column for column in STORED + DERIVED if column.in_window)
OF_THE_END = ("outcome", "score", "ownership")  # targets that a game's end gives
IN_BATCH = tuple(column for column in STORED + DERIVED if column.in_batch is not None)


def sizes_of_letters(height: int, width: int) -> dict[str, int]:
    """What the letters of shapes stand for in a frame."""
    area = height * width
    return {
        "H": height,
        "W": width,
        "A": area + 1,
        "C": NUM_PLANES,
        "P": (NUM_BINARY_PLANES * area + 7) // 8,
        "G": NUM_GLOBAL_PLANES,
        "O": 3,
    }


def shape_of(letters: str, height: int, width: int) -> tuple[int, ...]:
    """A shape in numbers."""
    sizes = sizes_of_letters(height, width)
    return tuple(sizes[letter] for letter in letters.split())


def num_values(column: Column, height: int, width: int) -> int:
    """How many numbers a row of the column holds."""
    return math.prod(shape_of(column.shape, height, width))


def as_columns(values: Rows) -> Rows:
    """The columns of a game that differ from ply to ply, in their types.

    Raises:
        ValueError: a column is missing, or there is one that is not in the table.
    """
    wanted = [column for column in STORED if not column.is_per_game]
    if values.keys() != {column.name for column in wanted}:
        raise ValueError(
            f"columns {', '.join(sorted(values))}; "
            f"wanted {', '.join(sorted(column.name for column in wanted))}"
        )
    return {column.name: values[column.name].astype(column.dtype, copy=False) for column in wanted}


def markdown() -> str:
    """The table of columns as docs/data.md shows it."""
    lines = [
        "| column | type | shape | seen by | in a batch | meaning |",
        "|---|---|---|---|---|---|",
    ]
    for column in (*STORED, WHOLE_GAME, *DERIVED):
        kind = "string" if column.dtype is np.str_ else np.dtype(column.dtype).name
        batch = ""
        if column.in_batch is not None:
            batch = f"float32 [{' '.join(['B', *column.in_batch.split()])}]"
        stored = f"[{column.shape}]" if column.shape else ""
        lines.append(
            f"| `{column.name}` | {kind} | {stored} | {column.seen_by} | {batch} "
            f"| {column.meaning} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    say(markdown())
