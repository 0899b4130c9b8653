"""The board as text: every point two or three columns wide, in wooden colours or plain."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from engine.diagram import star_points
from engine.position import Position
from engine.rules import BLACK, EMPTY
from engine.vertex import COLUMNS

WOOD, LINE, INK, CHALK = "#d9a860", "#7a5a2a", "#101010", "#fafafa"
CURSOR, LAST = "#4f8f4f", "#c0392b"
MARGIN = 3  # columns of the row numbers on the left
LETTERS = "abcdefgh"
PLAIN = Style()  # not None: Textual's filters want a style


@dataclass
class BoardPicture:
    """What is to be drawn."""

    position: Position
    cursor: int | None = None
    dead: set[int] = field(default_factory=set)
    candidates: tuple[int, ...] = ()  # moves to mark a, b, c, ...
    heat: NDArray[np.float32] | None = None  # [A] 0 to 1, the net's policy
    ownership: NDArray[np.float32] | None = None  # [H, W] -1 to 1, 1 Black's
    is_plain: bool = False


def blend(one: str, other: str, share: float) -> str:
    """A colour between two, `share` of the other."""
    share = min(1.0, max(0.0, share))
    parts = [
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def rows_of(picture: BoardPicture, cell: int) -> list[list[Segment]]:
    """The lines of the board, letters above and below, each a list of segments.

    Args:
        cell: columns a point, 2 or 3.
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
            line.append(_point(picture, row, column, cell, (row, column) in stars, board))
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
) -> Segment:
    rules = picture.position.rules
    move = row * rules.width + column
    stone = int(board[row, column])
    is_last = picture.position.last_move == move
    is_cursor = picture.cursor == move
    symbol = _symbol(picture, move, stone, is_star)
    left, right = "─", "─"
    if column == 0:
        left = " "
    if column == rules.width - 1:
        right = " "
    if picture.is_plain or is_cursor:
        left, right = (" ", " ") if picture.is_plain else (left, right)
        if is_cursor:
            left, right = "[", "]"
        elif is_last:
            left, right = "(", ")"
    text = f"{left}{symbol}{right}" if cell == 3 else f"{symbol}{right}"
    return Segment(text, PLAIN if picture.is_plain else _style(picture, move, stone, is_last))


def _symbol(picture: BoardPicture, move: int, stone: int, is_star: bool) -> str:
    if stone != EMPTY:
        if move in picture.dead:
            return "x" if stone == BLACK else "o"
        if picture.is_plain:
            return "X" if stone == BLACK else "O"
        return "●"
    if move in picture.candidates:
        return LETTERS[picture.candidates.index(move)]
    if picture.is_plain:
        shade = _plain_shade(picture, move)
        return shade or ("+" if is_star else ".")
    return "╋" if is_star else "┼"


def _plain_shade(picture: BoardPicture, move: int) -> str:
    """A sign for heat or ownership where there is no colour."""
    if picture.heat is not None and picture.heat[move] >= 0.05:
        return str(min(9, int(10 * picture.heat[move])))
    if picture.ownership is not None:
        owned = float(picture.ownership.flat[move])
        return "b" if owned > 0.5 else "w" if owned < -0.5 else ""
    return ""


def _style(picture: BoardPicture, move: int, stone: int, is_last: bool) -> Style:
    ground, ink = WOOD, LINE
    if picture.ownership is not None:
        owned = float(picture.ownership.flat[move])
        ground = blend(WOOD, INK if owned > 0 else CHALK, 0.6 * abs(owned))
    if picture.heat is not None and stone == EMPTY:
        ground = blend(ground, "#d02020", float(picture.heat[move]) ** 0.5)
    if stone != EMPTY:
        ink = INK if stone == BLACK else CHALK
    elif move in picture.candidates:
        ink, ground = INK, "#8fd08f" if picture.candidates.index(move) else "#50c050"
    if is_last:
        ground = blend(ground, LAST, 0.55)
    if picture.cursor == move:
        ground = blend(ground, CURSOR, 0.7)
    return Style(color=ink, bgcolor=ground, bold=stone != EMPTY)


class BoardView(Widget):
    """The board on the screen."""

    DEFAULT_CSS = "BoardView { width: 1fr; height: 1fr; }"

    class Pointed(Message):
        """A point was clicked."""

        def __init__(self, move: int) -> None:
            self.move = move
            super().__init__()

    def __init__(self, picture: BoardPicture) -> None:
        super().__init__(id="board")
        self.picture = picture
        self.lines: list[list[Segment]] = []

    def show(self, picture: BoardPicture) -> None:
        """Draw this from now on."""
        self.picture = picture
        self.lines = []
        self.refresh()

    @property
    def cell(self) -> int:
        """Columns a point."""
        rules = self.picture.position.rules
        return 3 if self.size.width >= 2 * MARGIN + 3 * rules.width else 2

    def on_resize(self) -> None:
        """Another width may mean other cells."""
        self.lines = []

    def render_line(self, y: int) -> Strip:
        """One line, cut or filled to the widget's width."""
        if not self.lines:
            self.lines = rows_of(self.picture, self.cell)
        if y >= len(self.lines):
            return Strip.blank(self.size.width, PLAIN)
        return Strip(self.lines[y]).adjust_cell_length(self.size.width, PLAIN)

    def on_click(self, event: Click) -> None:
        """Tell which point was clicked."""
        rules = self.picture.position.rules
        row, column = event.y - 1, (event.x - MARGIN) // self.cell
        if event.x >= MARGIN and 0 <= row < rules.height and 0 <= column < rules.width:
            self.post_message(self.Pointed(row * rules.width + column))
