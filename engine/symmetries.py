"""The eight symmetries of a square board, the four of a rectangle, on moves and arrays.

A symmetry is a number. Bit 0 reverses the rows, bit 1 reverses the columns, bit 2 then transposes.
Only square boards can be transposed.
"""

import numpy as np
from numpy.typing import NDArray


def num_symmetries(height: int, width: int) -> int:
    """8 for a square, 4 for another rectangle."""
    return 8 if height == width else 4


def check_symmetry(symmetry: int, height: int, width: int) -> None:
    """Raise ValueError where a board of this shape lacks the symmetry."""
    if not 0 <= symmetry < num_symmetries(height, width):
        raise ValueError(
            f"symmetry {symmetry} of {width}x{height}: wanted 0 to "
            f"{num_symmetries(height, width) - 1}"
        )


def transform(points: NDArray, symmetry: int) -> NDArray:
    """Apply a symmetry to the last two axes, `[..., H, W]`; returns a view.

    Raises:
        ValueError: the board lacks the symmetry: it is not square, and bit 2 is set.
    """
    check_symmetry(symmetry, *points.shape[-2:])
    if symmetry & 1:
        points = points[..., ::-1, :]
    if symmetry & 2:
        points = points[..., ::-1]
    if symmetry & 4:
        points = points.swapaxes(-1, -2)
    return points


def transform_moves(policy: NDArray, symmetry: int, height: int, width: int) -> NDArray:
    """Apply a symmetry to policies `[..., A]`; the pass stays last."""
    points = policy[..., :-1].reshape(*policy.shape[:-1], height, width)
    moved = transform(points, symmetry).reshape(*policy.shape[:-1], -1)
    return np.concatenate([moved, policy[..., -1:]], -1)


def transform_move(move: int, symmetry: int, height: int, width: int) -> int:
    """Apply a symmetry to one move."""
    check_symmetry(symmetry, height, width)
    if move == height * width:
        return move
    row, column = divmod(move, width)
    if symmetry & 1:
        row = height - 1 - row
    if symmetry & 2:
        column = width - 1 - column
    return column * width + row if symmetry & 4 else row * width + column


def inverse(symmetry: int) -> int:
    """The symmetry that undoes this one."""
    if symmetry & 4:
        return 4 | (symmetry & 1) << 1 | (symmetry & 2) >> 1
    return symmetry


def compose(first: int, second: int) -> int:
    """The symmetry that does `first`, then `second`."""
    if first & 4:
        second = (second & 4) | (second & 1) << 1 | (second & 2) >> 1
    return first ^ second
