"""Recorded games in memory: a column an array, the moves of all games in one."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from insei.engine.planes.replays import Replays

UNKNOWN_WINNER = 2


class Ending(IntEnum):
    """How a recorded game ended."""

    UNKNOWN = 0  # the file does not say
    COUNT = 1  # both passed, and the points were counted
    RESIGNATION = 2
    TIME = 3
    FORFEIT = 4  # left, disconnected, or against the rules
    VOID = 5  # no result


# How much the winner of a game teaches about its positions. A player who loses on time may have
# stood better, and one who left may have left for any reason.
WORTH_OF_WINNER = {
    Ending.UNKNOWN: 0.5,
    Ending.COUNT: 1.0,
    Ending.RESIGNATION: 1.0,
    Ending.TIME: 0.5,
    Ending.FORFEIT: 0.0,
    Ending.VOID: 0.0,
}


@dataclass(frozen=True)
class RecordedGames:
    """G games. Moves and stones are as in `Replays`.

    Raises:
        ValueError: columns of different lengths, or as `Replays`.
    """

    ids: NDArray[np.str_]  # [G] 16 hexadecimal digits
    sizes: NDArray[np.uint8]  # [G, 2] height, width
    komi: NDArray[np.float32]  # [G] points given to White, in half points
    territory: NDArray[np.bool_]  # [G] whether territory was counted, not area
    suicide: NDArray[np.bool_]  # [G] whether a chain of one's own may be taken off
    winner: NDArray[np.int8]  # [G] 1 Black, -1 White, 0 a draw, 2 unknown
    score: NDArray[np.float32]  # [G] Black's lead at the end, komi included; NaN: unknown
    ending: NDArray[np.uint8]  # [G] of `Ending`
    moves: NDArray[np.uint16]  # [N]
    starts: NDArray[np.int64]  # [G + 1]
    stones: NDArray[np.uint16]  # [S]
    stone_starts: NDArray[np.int64]  # [G + 1]
    ownership: dict[
        int, NDArray[np.int8]
    ]  # by game: [H, W], 1 Black's point, -1 White's, 0 nobody's

    def __post_init__(self) -> None:
        for name in ("sizes", "komi", "territory", "suicide", "winner", "score", "ending"):
            if len(getattr(self, name)) != len(self.ids):
                raise ValueError(f"{name} of {len(getattr(self, name))} games, wanted {len(self)}")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Moves of each game, `[G]`."""
        return np.diff(self.starts)

    @cached_property
    def replays(self) -> Replays:
        """The same games, to be replayed; made once, because they are checked."""
        return Replays(
            self.sizes, self.komi, self.suicide, self.moves, self.starts, self.stones,
            self.stone_starts,
        )  # fmt: skip
