"""The line to type in. While it is empty, some of its keys act on the board."""

from textual.events import Key
from textual.widgets import Input


class CommandLine(Input):
    """While nothing is typed, arrows move the board's cursor, and space marks dead stones."""

    def action_cursor_left(self, select: bool = False) -> None:
        """Move left in the text, or on the board."""
        if self.value:
            super().action_cursor_left(select)
        else:
            self.app.action_move_cursor(0, -1)  # type: ignore[attr-defined]

    def action_cursor_right(self, select: bool = False) -> None:
        """Move right in the text, or on the board."""
        if self.value:
            super().action_cursor_right(select)
        else:
            self.app.action_move_cursor(0, 1)  # type: ignore[attr-defined]

    async def _on_key(self, event: Key) -> None:
        if event.key == "space" and not self.value:
            event.stop()
            event.prevent_default()
            self.app.action_toggle_dead()  # type: ignore[attr-defined]
        else:
            await super()._on_key(event)
