"""Points as SGF files write them, and boards as they come to be by setup and by illegal moves."""

import re

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import EMPTY, Rules, opponent

LETTERS = "abcdefghijklmnopqrstuvwxyz"
COLUMNS = "ABCDEFGHJKLMNOPQRST"  # of vertices
VERTEX = re.compile(r"([A-HJ-Ta-hj-t])([1-9][0-9]?)")
PASS = 19  # the letter t: on boards to 19x19 "tt" is a pass
FROM_THE_FILE, CAPITALS, A_VERTEX, NO_POINT = range(4)
NOTES = {
    CAPITALS: "point in capitals",
    A_VERTEX: "move as a vertex, not as two letters",
    NO_POINT: "[{}] is not a point of the board: taken for a pass",
}  # how a move may be written other than by two small letters


def move_read(raw: str, rules: Rules) -> tuple[int, int]:
    """The move that a value of B or W stands for, and how it is written, as a key of NOTES.

    What is not a point of the board is a pass.
    """
    said = raw.strip()
    if not said or said == "tt":
        return rules.pass_move, FROM_THE_FILE
    if len(said) == 2 and said.isascii() and said.isalpha():
        column, row = LETTERS.index(said[0].lower()), LETTERS.index(said[1].lower())
        if column < rules.width and row < rules.height:
            written = FROM_THE_FILE if said.islower() else CAPITALS
            return row * rules.width + column, written
        if column == row == PASS:
            return rules.pass_move, CAPITALS
    elif said.lower() == "pass":
        return rules.pass_move, A_VERTEX
    elif found := VERTEX.fullmatch(said):
        column, row = COLUMNS.index(found[1].upper()), rules.height - int(found[2])
        if column < rules.width and row >= 0:
            return row * rules.width + column, A_VERTEX
    return rules.pass_move, NO_POINT


def points_read(raw: str, rules: Rules) -> list[int] | None:
    """The points that a value of AB, AW or AE stands for: one, or a rectangle.

    Points off the board are left out; None if any is left out, or if it is not a point.
    """
    first, _, last = raw.partition(":")
    corners = [move_read(corner, rules) for corner in ((first, last) if last else (first,))]
    points = [move for move, _ in corners if move != rules.pass_move]
    if len(points) < len(corners):
        return None
    rows = [point // rules.width for point in points]
    columns = [point % rules.width for point in points]
    return [
        row * rules.width + column
        for row in range(min(rows), max(rows) + 1)
        for column in range(min(columns), max(columns) + 1)
    ]


def written_move(move: int, rules: Rules) -> str:
    """A move as SGF writes it: two letters, or nothing for a pass."""
    if move == rules.pass_move:
        return ""
    row, column = divmod(move, rules.width)
    return LETTERS[column] + LETTERS[row]


def board_after(board: NDArray[np.uint8], move: int, colour: int) -> NDArray[np.uint8]:
    """The board `[H, W]` after a move that need not be legal, as SGF has viewers execute it.

    A stone is put there whatever was there. Then enemy chains without liberties are taken off, and
    then its own chain, if it has none.
    """
    after = board.copy()
    after.flat[move] = colour
    row, column = divmod(move, board.shape[1])
    for neighbour in _neighbours(row, column, board.shape):
        if after[neighbour] == opponent(colour):
            _take_if_dead(after, neighbour)
    _take_if_dead(after, (row, column))
    return after


def take_dead(board: NDArray[np.uint8], to_play: int) -> list[int]:
    """Take chains without liberties off a board in place, those of the opponent first.

    Returns:
        the points that were taken off.
    """
    taken: list[int] = []
    for colour in (opponent(to_play), to_play):
        for point in np.flatnonzero(board == colour):
            place = divmod(int(point), board.shape[1])
            if board[place] == colour:
                chain = _take_if_dead(board, place)
                taken += [row * board.shape[1] + column for row, column in chain]
    return taken


def _neighbours(row: int, column: int, shape: tuple[int, ...]) -> list[tuple[int, int]]:
    around = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
    return [(y, x) for y, x in around if 0 <= y < shape[0] and 0 <= x < shape[1]]


def _take_if_dead(board: NDArray[np.uint8], start: tuple[int, int]) -> list[tuple[int, int]]:
    """Take the chain at `start` off if it has no liberty; what was taken off."""
    colour, chain, waiting = board[start], {start}, [start]
    while waiting:
        for neighbour in _neighbours(*waiting.pop(), board.shape):
            if board[neighbour] == EMPTY:
                return []
            if board[neighbour] == colour and neighbour not in chain:
                chain.add(neighbour)
                waiting.append(neighbour)
    for point in chain:
        board[point] = EMPTY
    return sorted(chain)
