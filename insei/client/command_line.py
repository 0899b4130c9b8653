"""The line to type in. While it is empty, some of its keys act on the board."""

from textual.events import Key
from textual.widgets import Input


class CommandLine(Input):
    """While nothing is typed, some keys act on the board: arrows, space, and in a review more."""

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
        line = "" if self.value else self.app.line_for_key(event.key)  # type: ignore[attr-defined]
        if line:
            event.stop()
            event.prevent_default()
            self.app.run_line(line)  # type: ignore[attr-defined]
        elif event.key == "space" and not self.value:
            event.stop()
            event.prevent_default()
            self.app.action_toggle_dead()  # type: ignore[attr-defined]
        else:
            await super()._on_key(event)
