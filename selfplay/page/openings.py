"""How games begin: their first moves, where mirrored and rotated beginnings are one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from insei.engine.symmetries import num_symmetries, transform_move

PLIES = 3  # of an opening
MOST_SHOWN = 8  # openings of a board


@dataclass(frozen=True)
class Opening:
    """A beginning, and how the games that began so ended."""

    moves: tuple[int, ...]
    games: int
    black_points: float  # a win 1, a draw one half

    @property
    def black_share(self) -> float:
        """Black's share of the points."""
        return self.black_points / self.games


@cache
def images(height: int, width: int) -> NDArray[np.int64]:
    """Where each symmetry takes each move, `[symmetries, A]`."""
    return np.array(
        [
            [transform_move(move, symmetry, height, width) for move in range(height * width + 1)]
            for symmetry in range(num_symmetries(height, width))
        ]
    )


def folded(moves: Sequence[int], height: int, width: int) -> tuple[int, ...]:
    """The least of a beginning's images: equal for beginnings that mirror each other."""
    found = images(height, width)[:, list(moves)]
    return min(map(tuple, found.tolist()))


class OpeningCounts:
    """Counts the beginnings of a board's games."""

    def __init__(self, height: int, width: int) -> None:
        self.height = height
        self.width = width
        self.found: dict[tuple[int, ...], list[float]] = {}  # games, Black's points

    def add(self, moves: Sequence[int], black_points: float) -> None:
        """Count a game, under its first move and under its opening."""
        for plies in {min(1, len(moves)), min(PLIES, len(moves))} - {0}:
            counts = self.found.setdefault(folded(moves[:plies], self.height, self.width), [0, 0])
            counts[0] += 1
            counts[1] += black_points

    def most(self, plies: int, limit: int | None = None) -> list[Opening]:
        """The beginnings of so many moves, the most frequent first."""
        found = [
            Opening(moves, int(games), points)
            for moves, (games, points) in self.found.items()
            if len(moves) == plies
        ]
        found.sort(key=lambda opening: (-opening.games, opening.moves))
        return found[:limit]
