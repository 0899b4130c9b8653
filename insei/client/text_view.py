"""A widget that shows text as it is: no markup, and nothing that steers the terminal."""

from textual.widgets import Static

from insei.system.shown import shown


class TextView(Static):
    """Shows text of any origin; a game's names and comments may come from anybody."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(shown(text), id=id, markup=False)

    def show(self, text: str, *, layout: bool = True) -> None:
        """Show another text."""
        self.update(shown(text), layout=layout)
