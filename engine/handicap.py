"""Handicap stones: the points that GTP places them on, and positions that begin with them."""

from collections.abc import Iterable

import numpy as np

from insei.engine.diagram import star_line
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, MAX_SIDE, WHITE, Rules
from insei.system.errors import UserError

MOST = 9


def fixed_handicap(rules: Rules, stones: int) -> list[int]:
    """Return the points of a fixed handicap, 2 to 9 stones on the star points.

    Raises:
        UserError: the board is not a square of side 7 or more, or has too few star points.

    Source: GTP 2 draft 2, section 4.1.1.
    """
    side, most = rules.width, most_fixed(rules)
    if not most:
        raise UserError(f"handicap on {rules.size_name}: wanted a square of side 7 or more")
    if not 2 <= stones <= most:
        raise UserError(f"handicap {stones} on {rules.size_name}: wanted 2 to {most}")
    near, middle = star_line(side), side // 2
    far = side - 1 - near
    left_right = [(middle, near), (middle, far)]
    bottom_top = [(far, middle), (near, middle)]
    found = corner_stars(rules)[:stones]
    if stones >= 6:
        found += left_right
    if stones >= 8:
        found += bottom_top
    if stones in (5, 7, 9):
        found.append((middle, middle))
    return [row * side + column for row, column in found]


def free_handicap(rules: Rules, stones: int) -> list[int]:
    """Return the points of a handicap on any board: fixed points first, then the most open ones.

    On a board without fixed points, the stars near its corners come first.

    Raises:
        UserError: there are fewer than two stones, or they would fill the board.

    Source: GTP 2 draft 2, section 4.1.2.
    """
    most = rules.num_points - 1
    if not 2 <= stones <= most:
        wanted = f"2 to {most}" if most >= 2 else "a board of three points or more"
        raise UserError(f"handicap {stones} on {rules.size_name}: wanted {wanted}")
    if fixed := most_fixed(rules):
        chosen = fixed_handicap(rules, min(stones, fixed))
    else:
        stars = [row * rules.width + column for row, column in corner_stars(rules)]
        chosen = list(dict.fromkeys(stars))[:stones]  # on small boards these coincide
    return chosen + most_open(rules, chosen, stones - len(chosen))


def most_open(rules: Rules, chosen: Iterable[int], number: int) -> list[int]:
    """Return `number` points, each as far as possible from the stones so far and from the edge.

    Points on the first line come last. Ties go to the point further from the edge, then to the
    point further from all stones together, then to the lowest point.
    """
    rows, columns = np.divmod(np.arange(rules.num_points), rules.width)
    to_edge = np.minimum.reduce([rows, columns, rules.height - 1 - rows, rules.width - 1 - columns])
    nearest = np.full(rules.num_points, 2 * MAX_SIDE**2)  # squared distance to the nearest stone
    spread = np.zeros(rules.num_points, np.int64)  # the sum of the squared distances to all stones
    stones = list(chosen)
    for place in range(len(stones) + number):
        if place == len(stones):
            worth = np.minimum(nearest, 2 * to_edge**2)
            order = np.lexsort((-np.arange(rules.num_points), spread, to_edge, worth, nearest > 0))
            stones.append(int(order[-1]))
        distance = (rows - rows[stones[place]]) ** 2 + (columns - columns[stones[place]]) ** 2
        np.minimum(nearest, distance, out=nearest)
        spread += distance
    return stones[len(stones) - number :]


def most_fixed(rules: Rules) -> int:
    """The largest fixed handicap on this board; 0 if it has none."""
    if rules.width != rules.height or rules.width < 7:
        return 0
    return MOST if rules.width % 2 and rules.width > 7 else 4


def corner_stars(rules: Rules) -> list[tuple[int, int]]:
    """Row and column of the stars near the corners: bottom left first, then top right."""
    top, left = star_line(rules.height), star_line(rules.width)
    bottom, right = rules.height - 1 - top, rules.width - 1 - left
    return [(bottom, left), (top, right), (top, left), (bottom, right)]


def handicap_position(rules: Rules, points: Iterable[int]) -> Position:
    """Return the position with Black's stones on `points`, White to play.

    Raises:
        UserError: a point is off the board or named twice, or the stones fill the board.
    """
    board = np.full(rules.num_points, EMPTY, np.uint8)
    for point in points:
        if not 0 <= point < rules.num_points:
            raise UserError(f"handicap at {point}: wanted 0 to {rules.num_points - 1}")
        if board[point]:
            raise UserError(f"handicap at {point}: named twice")
        board[point] = BLACK
    return Position(rules, board.reshape(rules.height, rules.width), WHITE)


def num_handicap_stones(start: Position, moves: Iterable[tuple[int, int]]) -> int:
    """Black's stones before White's first: those set up, and those played one after another.

    Args:
        start: the game's first position.
        moves: the colour and the move of each ply.

    Returns:
        0 where there is one such stone, or White has stones at the start.

    Source: KataGo, which counts alike.
    """
    if (start.board == WHITE).any():
        return 0
    count = int((start.board == BLACK).sum())
    for colour, move in moves:
        if move != start.rules.pass_move:
            if colour == WHITE:
                break
            count += 1
    return count if count > 1 else 0
