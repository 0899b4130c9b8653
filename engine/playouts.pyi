"""Random games at full speed, and counts of legal boards; see playouts.pyx."""

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position
from insei.engine.rules import Rules

def build() -> str:
    """Return how this module was compiled, and what this processor has: `portable, AVX2`."""

def random_game(rules: Rules, seed: int, max_plies: int = 0) -> Position:
    """Play uniformly over legal moves that fill no own eye until two passes or `max_plies`."""

def random_reply(position: Position, seed: int) -> int:
    """Return a legal move that fills no own eye, drawn uniformly; the pass where there is none.

    Raises:
        ValueError: the game is over.
    """

def play_random_games(rules: Rules, num_plies: int, seed: int, with_mask: bool) -> tuple[int, int]:
    """Play whole random games for about `num_plies` moves; returns moves made and games."""

def count_legal_boards(width: int, height: int) -> int:
    """Count the boards whose every chain has a liberty; at most 17 points."""

def read_outside(numbers: NDArray[np.uint8], index: int) -> int:
    """Read a number without looking where; for the test of the checked build."""
