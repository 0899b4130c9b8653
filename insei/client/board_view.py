"""The board as a widget: as large as the terminal allows, and clickable."""

from rich.segment import Segment
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from insei.client.board_picture import MARGIN, PLAIN, BoardPicture, rows_of
from insei.engine.rules import Rules

MIN_PANEL = 28  # columns of the panel, in a terminal that has one
ROOMY_PANEL = 32  # columns of the panel beside points of three columns


def board_columns(rules: Rules, cell: int) -> int:
    """Columns of a board with its coordinates."""
    return 2 * MARGIN + cell * rules.width


def has_panel(rules: Rules, columns: int) -> bool:
    """Whether a terminal of so many columns has a panel beside the board."""
    return columns >= board_columns(rules, 2) + MIN_PANEL


def cell_for(rules: Rules, columns: int) -> int:
    """Columns of a point, 1 to 3, in a terminal of so many columns."""
    room = columns - ROOMY_PANEL if has_panel(rules, columns) else columns
    if room >= board_columns(rules, 3):
        return 3
    return 2 if columns >= board_columns(rules, 2) - MARGIN else 1


class BoardView(Widget):
    """Draws a picture. If it is higher than the screen, it scrolls with the cursor."""

    DEFAULT_CSS = "BoardView { width: auto; height: 1fr; }"

    class PointClicked(Message):
        """A point was clicked."""

        def __init__(self, move: int) -> None:
            self.move = move
            super().__init__()

    def __init__(self, picture: BoardPicture) -> None:
        super().__init__(id="board")
        self.picture = picture
        self.lines: list[list[Segment]] = []
        self.offset_rows = 0  # rows hidden above the screen

    def show(self, picture: BoardPicture) -> None:
        """Draw a new picture. Only lines that changed are sent to the terminal."""
        is_resized = picture.position.rules.size_name != self.picture.position.rules.size_name
        self.picture = picture
        if is_resized:
            self.refresh(layout=True)
        self._redraw()

    @property
    def cell(self) -> int:
        """Columns of a point."""
        return cell_for(self.picture.position.rules, self.app.size.width)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The width of the board."""
        return board_columns(self.picture.position.rules, self.cell)

    def on_resize(self) -> None:
        """Draw again, because the width of a point may change."""
        self._redraw()

    def _redraw(self) -> None:
        before, offset = self.lines, self.offset_rows
        self.lines = rows_of(self.picture, self.cell)
        self.offset_rows = self._offset()
        if len(before) != len(self.lines) or offset != self.offset_rows:
            self.refresh()
            return
        changed = [row for row, line in enumerate(self.lines) if line != before[row]]
        width = self.size.width
        if changed:
            self.refresh(*(Region(0, row - offset, width, 1) for row in changed))

    def _offset(self) -> int:
        """Rows to hide above, so that the cursor or the last move is visible."""
        hidden = len(self.lines) - self.size.height
        picture = self.picture
        point = picture.cursor if picture.cursor is not None else picture.position.last_move
        rules = picture.position.rules
        if hidden <= 0 or point is None or point == rules.pass_move:
            return min(max(0, hidden), self.offset_rows)
        middle = point // rules.width + 1 - self.size.height // 2
        return min(hidden, max(0, middle))

    def render_line(self, y: int) -> Strip:
        """One line, cut or padded to the widget's width."""
        row = y + self.offset_rows
        if row >= len(self.lines):
            return Strip.blank(self.size.width, PLAIN)
        return Strip(self.lines[row]).adjust_cell_length(self.size.width, PLAIN)

    def on_click(self, event: Click) -> None:
        """Post the point that was clicked."""
        rules = self.picture.position.rules
        row, column = event.y + self.offset_rows - 1, (event.x - MARGIN) // self.cell
        if event.x >= MARGIN and 0 <= row < rules.height and 0 <= column < rules.width:
            self.post_message(self.PointClicked(row * rules.width + column))
