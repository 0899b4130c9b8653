"""What a search says of a position, for people and for programs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position


@dataclass(frozen=True)
class MoveAnalysis:
    """One candidate move, as the player to move sees it."""

    move: int
    visits: int
    win_rate: float  # 0 to 1
    score: float  # points ahead at the end
    prior: float  # the net's probability
    bound: float  # the win rate's lower bound, 0 to 1
    variation: tuple[int, ...]  # the move itself first, then what is expected to follow
    variation_visits: tuple[int, ...]  # how often the search went along each of its moves
    ownership: NDArray[np.float32] | None = None  # [H, W] as the analysis' own, of the positions
    # that were evaluated below this move; None where there were none


@dataclass(frozen=True)
class Analysis:
    """A position as a search sees it so far; the view of the player to move."""

    position: Position
    visits: int
    win_rate: float  # 0 to 1
    score: float
    moves: tuple[MoveAnalysis, ...]  # those visited, the one to play first, then by visits
    policy: NDArray[np.float32]  # [A] the net's probabilities
    ownership: NDArray[np.float32]  # [H, W] -1 to 1, 1 the mover's
    evaluations: int

    @property
    def best(self) -> MoveAnalysis:
        """The move to play."""
        return self.moves[0]


def win_rate_of(win: float) -> float:
    """Win minus loss, -1 to 1, as a win rate, 0 to 1."""
    return min(1.0, max(0.0, (win + 1) / 2))
