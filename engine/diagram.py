"""Diagrams: a position drawn in characters, and read back.

  A B C        X black, O white, . empty, + star point
3 . X O 3      the last move in brackets: (X)
2 . X O 2
1 . . . 1
  A B C
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from insei.engine.errors import BadDiagram
from insei.engine.rules import COLOUR_NAMES
from insei.engine.vertex import COLUMNS, vertex_of

if TYPE_CHECKING:
    from insei.engine.position import Position

SYMBOLS = ".XO"
BESIDE = re.compile(r"\s*|\s*A( [B-HJ-T])*\s*|.*; black took \d+, white took \d+")
READ = {".": 0, "+": 0, "X": 1, "x": 1, "#": 1, "O": 2, "o": 2}


def star_line(side: int) -> int:
    """Lines between the edge and the stars, 0 to 3, by the length of the side."""
    return 3 if side >= 13 else 2 if side >= 7 else 1 if side >= 3 else 0


def star_points(width: int, height: int) -> set[tuple[int, int]]:
    """The (row, column) points that a drawn board marks; none on sides under 7."""

    def lines(side: int) -> list[int]:
        if side < 7:
            return []
        edge = star_line(side)
        middle = [side // 2] if side % 2 else []
        return [edge, *middle, side - 1 - edge]

    def ends(lines: list[int]) -> list[int]:
        return lines[:1] + lines[-1:]

    rows, columns = lines(height), lines(width)
    points = {(row, column) for row in rows for column in columns}
    if height <= 11 or width <= 11:
        middle = (height // 2, width // 2)
        corners = {(row, column) for row in ends(rows) for column in ends(columns)}
        points &= corners | ({middle} if height % 2 and width % 2 else set())
    return points


def diagram(position: Position) -> str:
    """Draw the board with coordinates, then a line with the player to move and the prisoners."""
    rules = position.rules
    letters = "   " + " ".join(COLUMNS[: rules.width])
    stars = star_points(rules.width, rules.height)
    last = position.last_move
    lines = [letters]
    for row, stones in enumerate(position.board):
        drawn = f"{rules.height - row:2}"
        closing = False
        for column, stone in enumerate(stones):
            is_last = last == row * rules.width + column
            drawn += "(" if is_last else ")" if closing else " "
            drawn += "+" if not stone and (row, column) in stars else SYMBOLS[stone]
            closing = is_last
        lines.append(f"{drawn}{')' if closing else ' '}{rules.height - row}")
    lines.append(letters)
    black, white = position.prisoners
    lines.append(f"{_status(position)}; black took {black}, white took {white}")
    return "\n".join(lines)


def _status(position: Position) -> str:
    if position.is_over:
        return f"game over, {result_of(position)}"
    said = f"{COLOUR_NAMES[position.to_play]} to play, move {position.num_moves + 1}"
    if position.last_move is not None:
        said += f", last {vertex_of(position.last_move, position.rules)}"
    return said


def result_of(position: Position, dead: Iterable[int] | None = None) -> str:
    """The score as SGF writes results: "B+3.5", "W+1", "0" for a tie; `dead` as for `score`."""
    score = position.score(dead)
    if score == 0:
        return "0"
    return f"{'B' if score > 0 else 'W'}+{abs(score):g}"


def board_from(text: str) -> NDArray[np.uint8]:
    """Read rows of . X O, with or without spaces, top row first, as `[H, W]` of 0, 1, 2.

    Coordinates, brackets and the line below, as `diagram` draws them, are ignored.

    Raises:
        BadDiagram: another character, rows of different lengths, or no row.
    """
    lines = [line for line in text.splitlines() if not BESIDE.fullmatch(line)]
    rows = [re.sub(r"^\s*\d+|\d+\s*$|[\s()]", "", line) for line in lines]
    if not any(rows):
        raise BadDiagram("an empty diagram: wanted rows of . X O")
    for number, row in enumerate(rows, 1):
        if strange := set(row) - set(READ):
            raise BadDiagram(f"row {number} holds {min(strange)!r}: wanted . X O")
        if len(row) != len(rows[0]):
            raise BadDiagram(f"row {number} has {len(row)} points: wanted {len(rows[0])}")
    return np.array([[READ[symbol] for symbol in row] for row in rows], np.uint8)
