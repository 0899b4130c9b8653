"""The board as text. A point is one to three columns wide, in wooden colours or plain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style

from insei.client.marks import Mark, Role
from insei.engine.diagram import star_points
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, Rules
from insei.engine.vertex import COLUMNS

WOOD, LINE, INK, CHALK = "#d9a860", "#7a5a2a", "#101010", "#fafafa"
CURSOR, LAST = "#4f8f4f", "#c0392b"
ROLES: dict[Role, str] = {"best": "#50c050", "candidate": "#8fd08f", "mistake": "#e06050"}
MARGIN = 3  # columns of the row numbers
PLAIN = Style()  # not None, because Textual's filters need a style
REVERSE = Style(reverse=True)


@dataclass
class BoardPicture:
    """What to draw: a position and its overlays."""

    position: Position
    cursor: int | None = None
    dead: set[int] = field(default_factory=set)
    marks: Mapping[int, Mark] = field(default_factory=dict)  # by move
    heat: NDArray[np.float32] | None = None  # [A] the net's policy, 0 to 1
    ownership: NDArray[np.float32] | None = None  # [H, W] 1 for Black, -1 for White
    is_plain: bool = False


@lru_cache(4096)
def blend(first: str, second: str, share: float) -> str:
    """A mixture of two colours.

    Args:
        share: of the second colour, 0 to 1.
    """
    share = min(1.0, max(0.0, share))
    parts = [
        round(int(first[at : at + 2], 16) * (1 - share) + int(second[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


@lru_cache(4096)
def paint(ink: str, ground: str, is_bold: bool) -> Style:
    """A style. Cached, because a board has few styles and is drawn at each key."""
    return Style(color=ink, bgcolor=ground, bold=is_bold)


def rows_of(picture: BoardPicture, cell: int) -> list[list[Segment]]:
    """The lines of the board, with letters above and below.

    Args:
        cell: columns of a point, 1 to 3.
    """
    rules = picture.position.rules
    stars = star_points(rules.width, rules.height)
    board = picture.position.board
    letters = "".join(COLUMNS[column].center(cell) for column in range(rules.width))
    margin = [Segment(" " * MARGIN + letters, PLAIN)]
    lines = [margin]
    for row in range(rules.height):
        number = f"{rules.height - row:>2} "
        line = [Segment(number, PLAIN)]
        for column in range(rules.width):
            line += _point(picture, row, column, cell, (row, column) in stars, board)
        line.append(Segment(" " + number.strip(), PLAIN))
        lines.append(line)
    return [*lines, margin]


def _point(
    picture: BoardPicture,
    row: int,
    column: int,
    cell: int,
    is_star: bool,
    board: NDArray[np.uint8],
) -> list[Segment]:
    rules = picture.position.rules
    move = row * rules.width + column
    mark = picture.marks.get(move)
    stone = int(board[row, column]) or (mark.stone if mark else EMPTY)
    is_last = picture.position.last_move == move
    is_cursor = picture.cursor == move
    symbol = _symbol(picture, move, stone, "+" if is_star else ".")
    if symbol == "+" or symbol == ".":
        symbol = symbol if picture.is_plain else "╋" if is_star else _crossing(rules, row, column)
    line = " " if picture.is_plain else "─"
    left, right = " " if column == 0 else line, " " if column == rules.width - 1 else line
    if is_cursor:
        left, right = "[", "]"
    elif is_last and picture.is_plain:
        left, right = "(", ")"
    if mark is not None:
        shown = mark.text if stone == EMPTY or not picture.is_plain else symbol + mark.text
        text = shown[-cell:] if cell < 3 else f"{shown:^3}"[:3]
        parts: tuple[str, ...] = (text,) if len(text) == cell else (text, right)
    else:
        parts = {1: (symbol,), 2: (symbol, right), 3: (left, symbol, right)}[cell]
    if picture.is_plain:
        return [Segment("".join(parts), REVERSE if is_cursor else PLAIN)]
    style = _style(picture, move, stone, is_last)
    if mark is not None and stone != EMPTY:
        style = paint(CHALK if stone == BLACK else INK, INK if stone == BLACK else CHALK, True)
    elif mark is not None:
        style = paint(INK, ROLES.get(mark.role, WOOD), True)
    line_style = paint(LINE, style.bgcolor.name, False) if style.bgcolor else style
    return [Segment(part, line_style if part == line else style) for part in parts]


def _crossing(rules: Rules, row: int, column: int) -> str:
    """The crossing lines of an empty point, fewer at the edges."""
    across = 0 if column == 0 else 2 if column == rules.width - 1 else 1
    return ("┌┬┐", "├┼┤", "└┴┘")[0 if row == 0 else 2 if row == rules.height - 1 else 1][across]


def _symbol(picture: BoardPicture, move: int, stone: int, empty: str) -> str:
    if stone != EMPTY:
        if move in picture.dead:
            return "x" if stone == BLACK else "o"
        if picture.is_plain:
            return "X" if stone == BLACK else "O"
        return "●"
    return (_plain_shade(picture, move) or empty) if picture.is_plain else empty


def _plain_shade(picture: BoardPicture, move: int) -> str:
    """A character for heat or ownership, where there are no colours."""
    if picture.heat is not None and picture.heat[move] >= 0.05:
        return str(min(9, int(10 * picture.heat[move])))
    if picture.ownership is not None:
        owner = float(picture.ownership.flat[move])
        return "b" if owner > 0.5 else "w" if owner < -0.5 else ""
    return ""


def _style(picture: BoardPicture, move: int, stone: int, is_last: bool) -> Style:
    ground, ink = WOOD, LINE
    if picture.ownership is not None:
        owner = float(picture.ownership.flat[move])
        ground = blend(WOOD, INK if owner > 0 else CHALK, 0.6 * abs(owner))
    if picture.heat is not None and stone == EMPTY:
        ground = blend(ground, "#d02020", float(picture.heat[move]) ** 0.5)
    if stone != EMPTY:
        ink = INK if stone == BLACK else CHALK
    if is_last:
        ground = blend(ground, LAST, 0.55)
    if picture.cursor == move:
        ground = blend(ground, CURSOR, 0.7)
    return paint(ink, ground, stone != EMPTY)
