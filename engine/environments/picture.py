"""Pictures of a position, for environments that are watched."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE

CELL = 24  # pixels from line to line
WOOD, LINE = (222, 184, 119), (70, 52, 30)
STONES = {BLACK: (24, 24, 24), WHITE: (245, 245, 240)}
MARK = (214, 64, 48)  # the last move


def picture(position: Position) -> NDArray[np.uint8]:
    """Draw the board, `[24·H, 24·W, 3]` of red, green and blue, the last move marked."""
    rules = position.rules
    pixels = np.tile(_lines(), (rules.height, rules.width, 1))
    for edge, size in ((0, CELL // 2), (-1, CELL // 2 - 1)):
        rows = slice(0, size) if edge == 0 else slice(-size, None)
        pixels[rows, :] = WOOD
        pixels[:, rows] = WOOD
    for move, colour in enumerate(position.board.flat):
        if colour:
            _square(pixels, move, rules.width)[_disc(0.46)] = STONES[int(colour)]
    if position.last_move is not None and position.last_move < rules.num_points:
        _square(pixels, position.last_move, rules.width)[_disc(0.16)] = MARK
    return pixels


def _square(pixels: NDArray[np.uint8], move: int, width: int) -> NDArray[np.uint8]:
    row, column = divmod(move, width)
    return pixels[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL]


@lru_cache
def _lines() -> NDArray[np.uint8]:
    """One point of an empty board: two lines that cross."""
    square = np.full((CELL, CELL, 3), WOOD, np.uint8)
    square[CELL // 2, :] = LINE
    square[:, CELL // 2] = LINE
    return square


@lru_cache
def _disc(radius: float) -> NDArray[np.bool_]:
    """The pixels of a point within `radius` cells of its centre."""
    from_centre = (np.arange(CELL) - CELL // 2) ** 2
    found: NDArray[np.bool_] = from_centre[:, None] + from_centre <= (radius * CELL) ** 2
    return found
