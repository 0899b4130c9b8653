"""Handicap stones: where GTP places them, and positions that begin with them."""

from collections.abc import Iterable

import numpy as np

from engine.position import Position
from engine.rules import BLACK, EMPTY, WHITE, Rules

MOST = 9


def fixed_handicap(rules: Rules, stones: int) -> list[int]:
    """Return the points of a fixed handicap, 2 to 9 stones on the star points.

    Raises:
        ValueError: the board isn't a square of side 7 or more, or has no room for so many.

    Source: GTP 2 draft 2, section 4.1.1.
    """
    side = rules.width
    if rules.width != rules.height or side < 7:
        raise ValueError(f"handicap on {rules.size_name}: wanted a square of side 7 or more")
    most = MOST if side % 2 and side > 7 else 4
    if not 2 <= stones <= most:
        raise ValueError(f"handicap {stones} on {rules.size_name}: wanted 2 to {most}")
    edge = 2 if side < 13 else 3
    near, far, middle = edge, side - 1 - edge, side // 2
    corners = [(far, near), (near, far), (near, near), (far, far)]  # bottom left comes first
    left_right = [(middle, near), (middle, far)]
    bottom_top = [(far, middle), (near, middle)]
    found = corners[:stones]
    if stones >= 6:
        found += left_right
    if stones >= 8:
        found += bottom_top
    if stones in (5, 7, 9):
        found.append((middle, middle))
    return [row * side + column for row, column in found]


def handicap_position(rules: Rules, points: Iterable[int]) -> Position:
    """Return the position with Black's stones on `points`, White to play.

    Raises:
        ValueError: a point is off the board, named twice, or no point is left empty.
    """
    board = np.full(rules.num_points, EMPTY, np.uint8)
    for point in points:
        if not 0 <= point < rules.num_points:
            raise ValueError(f"handicap at {point}: wanted 0 to {rules.num_points - 1}")
        if board[point]:
            raise ValueError(f"handicap at {point}: named twice")
        board[point] = BLACK
    return Position(rules, board.reshape(rules.height, rules.width), WHITE)
