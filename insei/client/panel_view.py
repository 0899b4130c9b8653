"""The panel on the screen, which is filled anew whenever it gets another size."""

from textual.widgets import Static

from insei.client.panel import Room

WIDEST = 60  # columns that lines are read well in


class PanelView(Static):
    """Shows lines beside the board."""

    DEFAULT_CSS = "PanelView { width: 1fr; height: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__(id="panel", markup=False)

    def room(self, is_plain: bool) -> Room | None:
        """What there is to fill; None while there is nothing."""
        size = self.content_size
        has_room = self.display and size.width > 0 and size.height > 0
        return Room(min(WIDEST, size.width), size.height, is_plain) if has_room else None

    def on_resize(self) -> None:
        """Be filled anew."""
        self.app.draw()  # type: ignore[attr-defined]
