"""The panel beside the board, as a widget."""

from insei.client.panel import PanelSize
from insei.client.text_view import TextView

MAX_COLUMNS = 60  # longer lines are hard to read


class PanelView(TextView):
    """Shows lines beside the board."""

    DEFAULT_CSS = "PanelView { width: 1fr; height: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__(id="panel")

    def panel_size(self, is_plain: bool) -> PanelSize | None:
        """The size available to lines; None if the panel is hidden."""
        size = self.content_size
        is_visible = self.display and size.width > 0 and size.height > 0
        return (
            PanelSize(min(MAX_COLUMNS, size.width), size.height, is_plain) if is_visible else None
        )

    def on_resize(self) -> None:
        """Draw again."""
        self.app.draw()  # type: ignore[attr-defined]
