"""The line to type in; while it is empty, its keys are the board's."""

from textual.events import Key
from textual.widgets import Input


class CommandLine(Input):
    """Takes words; while nothing is typed, arrows move the board's cursor and space marks."""

    def action_cursor_left(self, select: bool = False) -> None:
        """Left in the text, or on the board."""
        if self.value:
            super().action_cursor_left(select)
        else:
            self.app.action_point(0, -1)  # type: ignore[attr-defined]

    def action_cursor_right(self, select: bool = False) -> None:
        """Right in the text, or on the board."""
        if self.value:
            super().action_cursor_right(select)
        else:
            self.app.action_point(0, 1)  # type: ignore[attr-defined]

    async def _on_key(self, event: Key) -> None:
        if event.key == "space" and not self.value:
            event.stop()
            event.prevent_default()
            self.app.action_mark()  # type: ignore[attr-defined]
        else:
            await super()._on_key(event)
