"""A dialog that asks for yes or no."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button

from insei.client.text_view import TextView


class ConfirmDialog(ModalScreen[bool]):
    """Asks a question; the answer is yes or no."""

    CSS = """
    ConfirmDialog { align: center middle; }
    ConfirmDialog > Vertical { width: 50; max-width: 95%; height: auto; border: round $primary;
                          padding: 0 1; background: $surface; }
    ConfirmDialog Horizontal { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes"),
        Binding("n,escape", "answer(False)", "no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        """The question and two buttons."""
        with Vertical():
            yield TextView(self.question)
            with Horizontal():
                yield Button("Yes (y)", id="yes", variant="primary", compact=True)
                yield Button("No (n)", id="no", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with the button."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Answer with a key."""
        self.dismiss(yes)
