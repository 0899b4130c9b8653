"""The line to type a correction in. While it is empty, arrows move the cursor on the board."""

from textual.widgets import Input


class CorrectionLine(Input):
    """Its arrows act on the board while nothing is typed."""

    def action_cursor_left(self, select: bool = False) -> None:
        """Move left in the text, or on the board."""
        if self.value:
            super().action_cursor_left(select)
        else:
            self.app.move_cursor(0, -1)  # type: ignore[attr-defined]

    def action_cursor_right(self, select: bool = False) -> None:
        """Move right in the text, or on the board."""
        if self.value:
            super().action_cursor_right(select)
        else:
            self.app.move_cursor(0, 1)  # type: ignore[attr-defined]
