"""The panel beside the board, as a widget."""

from rich.text import Text
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from insei.client.drawing.look import Look
from insei.client.panel import Panel, PanelSize

MAX_COLUMNS = 60  # longer lines are hard to read


class PanelView(Static):
    """Shows lines beside the board. A click on the graph asks for that position."""

    DEFAULT_CSS = "PanelView { width: 1fr; height: 1fr; padding: 0 0 0 1; }"

    class PlyClicked(Message):
        """A bar of the graph was clicked."""

        def __init__(self, ply: int) -> None:
            self.ply = ply
            super().__init__()

    def __init__(self) -> None:
        super().__init__(id="panel", markup=False)
        self.panel = Panel([])

    def panel_size(self, look: Look) -> PanelSize | None:
        """The size available to lines; None if the panel is hidden."""
        size = self.content_size
        is_visible = self.display and size.width > 0 and size.height > 0
        return PanelSize(min(MAX_COLUMNS, size.width), size.height, look) if is_visible else None

    def show(self, panel: Panel) -> None:
        """Show another panel."""
        self.panel = panel
        self.update(Text("\n").join(panel.lines), layout=False)

    def on_click(self, event: Click) -> None:
        """Post the ply of the bar that was clicked."""
        place = event.get_content_offset(self)
        if place and (ply := self.panel.ply_at(place.x, place.y)) is not None:
            self.post_message(self.PlyClicked(ply))

    def on_resize(self) -> None:
        """Draw again."""
        self.app.draw()  # type: ignore[attr-defined]
