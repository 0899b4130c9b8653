"""The board as a widget: drawn as its layout says, and clickable."""

from rich.segment import Segment
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from insei.client.board_picture import BoardPicture, rows_of
from insei.client.drawing.discs import Cell
from insei.client.drawing.layout import MARGIN, Layout, board_columns
from insei.client.drawing.look import PLAIN


class BoardView(Widget):
    """Draws a picture. If it is higher than the screen, it scrolls with the cursor."""

    DEFAULT_CSS = "BoardView { width: auto; height: 1fr; }"

    class PointClicked(Message):
        """A point was clicked."""

        def __init__(self, move: int) -> None:
            self.move = move
            super().__init__()

    def __init__(self, picture: BoardPicture, layout: Layout) -> None:
        super().__init__(id="board")
        self.picture = picture
        self.arrangement = layout
        self.lines: list[list[Segment]] = []
        self.offset_rows = 0  # rows hidden above the screen

    def show(self, picture: BoardPicture) -> None:
        """Draw a new picture. Only lines that changed are sent to the terminal."""
        is_resized = picture.position.rules.size_name != self.picture.position.rules.size_name
        self.picture = picture
        if is_resized:
            self.refresh(layout=True)
        self._redraw()

    def take_layout(self, layout: Layout) -> None:
        """Take another layout."""
        if layout != self.arrangement:
            self.arrangement = layout
            self.refresh(layout=True)
            self._redraw()

    @property
    def cell(self) -> Cell:
        """The size of a point."""
        return self.arrangement.cell

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The width of the board."""
        return board_columns(self.picture.position.rules, self.cell)

    def on_resize(self) -> None:
        """Draw again, because other rows may be hidden."""
        self._redraw()

    def _redraw(self) -> None:
        before, offset = self.lines, self.offset_rows
        self.lines = rows_of(self.picture, self.cell, self.arrangement.letter_rows)
        self.offset_rows = self._offset()
        if len(before) != len(self.lines) or offset != self.offset_rows:
            self.refresh()
            return
        changed = [row for row, line in enumerate(self.lines) if line != before[row]]
        width = self.size.width
        if changed:
            self.refresh(*(Region(0, row - offset, width, 1) for row in changed))

    @property
    def _rows_above(self) -> int:
        """Rows above the board's first line."""
        return int(self.arrangement.letter_rows == 2)

    def _offset(self) -> int:
        """Rows to hide above, so that the cursor or the last move is visible."""
        hidden = len(self.lines) - self.size.height
        picture = self.picture
        point = picture.cursor if picture.cursor is not None else picture.position.last_move
        rules = picture.position.rules
        if hidden <= 0 or point is None or point == rules.pass_move:
            return min(max(0, hidden), self.offset_rows)
        line = self._rows_above + self.cell.centre_row(point // rules.width)
        return min(hidden, max(0, line - self.size.height // 2))

    def render_line(self, y: int) -> Strip:
        """One line, cut or padded to the widget's width."""
        row = y + self.offset_rows
        around = self.rich_style
        if row >= len(self.lines):
            return Strip.blank(self.size.width, around)
        line = Strip(self.lines[row]).adjust_cell_length(self.size.width, PLAIN)
        return line.apply_style(around)

    def on_click(self, event: Click) -> None:
        """Post the point that was clicked."""
        if (move := self.point_at(event.x, event.y)) is not None:
            self.post_message(self.PointClicked(move))

    def point_at(self, x: int, y: int) -> int | None:
        """The point at a place of the widget; None outside the board."""
        rules, cell = self.picture.position.rules, self.cell
        line = y + self.offset_rows - self._rows_above
        row, column = line // cell.rows, (x - MARGIN) // cell.columns
        if line == cell.height(rules.height) - 1:  # perhaps half a line below the last row
            row = rules.height - 1
        is_inside = x >= MARGIN and 0 <= row < rules.height and 0 <= column < rules.width
        return row * rules.width + column if is_inside else None
