"""A self-play game as it is recorded: every searched ply with its targets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules
from insei.selfplay.data.columns import STORED, Rows, num_values

ID = re.compile(r"[0-9a-f]{16}")
NEAR_ONE = 0.02  # how far the sum of a policy, kept in half precision, may be from 1


@dataclass(frozen=True)
class SelfPlayGame:
    """One game, and a row for each of its N searched plies.

    `rows` are in the run's frame; `moves` count on the board itself, width × height.
    """

    id: str  # column `game`
    generation: int  # of the net that finished it
    width: int
    height: int
    komi: float
    moves: NDArray[np.uint16]  # every move of the game, openings included
    rows: Rows  # the columns that differ from ply to ply (columns.py), each [N, ...]

    def __len__(self) -> int:
        """N, the plies that were recorded."""
        return len(self.rows["ply"])

    def fault(self, frame: Rules) -> str:
        """What can't be true of this game, in a line; empty if nothing is wrong.

        A worker on a faulty machine, or of another version, may send anything.

        Args:
            frame: the run's rules, on its largest board.
        """
        try:
            return next(self._faults(frame), "")
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            return f"a game that can't be read ({type(error).__name__}: {error})"

    def _faults(self, frame: Rules) -> Iterator[str]:
        rows, count = self.rows, len(self)
        if not ID.fullmatch(self.id):
            yield f"a game called {self.id[:40]!r}"
        if not (1 <= self.width <= frame.width and 1 <= self.height <= frame.height):
            yield f"a game on {self.width}x{self.height}, in a frame of {frame.size_name}"
        if not count:
            yield "a game without rows"
        area = self.width * self.height
        if (self.moves > area).any():
            yield f"move {self.moves.max()} of {area + 1}"
        for column in STORED:
            if column.is_per_game:
                continue
            values = rows[column.name].reshape(count, -1)
            if values.shape[1] != num_values(column, frame.height, frame.width):
                yield f"{column.name} of {values.shape[1]} numbers a row"
            if values.dtype != np.dtype(column.dtype):
                yield f"{column.name} of {values.dtype}"
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                yield f"{column.name} with NaN or infinity"
        policy = rows["policy"].astype(np.float32)  # numpy is slow with half precision
        most = 2 * area + abs(self.komi)  # prisoners may count too
        for name, least, largest in (
            ("outcome", -1, 1),
            ("score", -most, most),
            ("prior_value", -1.001, 1.001),
            ("searched_value", -1.001, 1.001),
            ("weight", 0, np.inf),
            ("policy", 0, 1.001),
            ("ownership", -1, 1),
            ("ply", 0, len(self.moves) - 1),
        ):
            values = policy if name == "policy" else rows[name]
            low, high = values.min(), values.max()
            if low < least or high > largest:
                value = low if low < least else high
                yield f"{name} {value:g}, wanted {least:g} to {largest:g}"
        if (np.abs(policy.sum(1) - 1) > NEAR_ONE).any():
            yield "a policy that does not sum to 1"
        if (rows["move"] != self.moves[rows["ply"]]).any():
            yield "a move that is not the game's"
