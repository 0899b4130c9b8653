"""The new-game dialog: opponent by the dial or by name, board, rules, handicap, colour, time."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select

from insei.client.setup import YOU, GameSetup
from insei.engine.rules import PRESETS
from insei.levels import STRONGEST, level_words, opponent_named
from insei.system.errors import UserError

SEATS = {"black": "black", "white": "white", "both": "both colours", "none": "nobody: watch"}


class Dial(Input):
    """A level's number, which the arrows turn up and down, or the name of any player."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "turn(1)", "stronger", show=False),
        Binding("down", "turn(-1)", "weaker", show=False),
    ]

    def action_turn(self, by: int) -> None:
        """One level up or down; a name becomes a level first."""
        level = int(self.value) + by if self.value.strip().isdecimal() else STRONGEST // 2 + 1
        self.value = str(min(STRONGEST, max(1, level)))


class NewGame(ModalScreen[GameSetup | None]):
    """Asks for opponent, size, komi, rules, handicap, colour and time."""

    CSS = """
    NewGame { align: center middle; }
    NewGame > VerticalScroll { width: 56; max-width: 98%; height: auto; max-height: 98%;
                               border: round $primary; padding: 0 1; background: $surface; }
    NewGame Horizontal { height: auto; }
    NewGame Label { width: 24; }
    NewGame #words { width: 100%; color: $text-muted; }
    NewGame #wrong { width: 100%; color: $error; }
    NewGame Input, NewGame Select { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "cancel")]

    def __init__(self, setup: GameSetup, opponent: str) -> None:
        super().__init__()
        self.setup = setup
        self.opponent = opponent

    def compose(self) -> ComposeResult:
        """A line for each term."""
        setup = self.setup
        seat = "black" if setup.black == YOU else "white" if setup.white == YOU else "none"
        if setup.black == setup.white == YOU:
            seat = "both"
        with VerticalScroll():
            with Horizontal():
                yield Label(f"Opponent, 1-{STRONGEST} or name")
                yield Dial(self.opponent, id="opponent", compact=True)
            yield Label("", id="words", markup=False)
            for name, label, value in (
                ("size", "Size", str(setup.size)),
                ("komi", "Komi", f"{setup.komi:g}"),
                ("handicap", "Handicap stones", str(setup.handicap)),
                ("minutes", "Minutes each, 0 none", f"{setup.minutes:g}"),
            ):
                with Horizontal():
                    yield Label(label)
                    yield Input(value, id=name, compact=True)
            with Horizontal():
                yield Label("Rules")
                yield Select(
                    [(name, name) for name in PRESETS],
                    value=setup.rules,
                    allow_blank=False,
                    id="rules",
                    compact=True,
                )
            with Horizontal():
                yield Label("You play")
                yield Select(
                    [(words, key) for key, words in SEATS.items()],
                    value=seat,
                    allow_blank=False,
                    id="seat",
                    compact=True,
                )
            yield Label("", id="wrong", markup=False)
            with Horizontal():
                yield Button("Begin", id="begin", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """The opponent is what changes most."""
        self.query_one("#opponent").focus()
        self._tell_level()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what the level is like, on that size."""
        self._tell_level()

    def _tell_level(self) -> None:
        opponent = self.query_one("#opponent", Input).value
        size = self.query_one("#size", Input).value
        self.query_one("#words", Label).update(level_words(opponent, size))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter begins."""
        event.stop()
        self._begin()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Begin or cancel."""
        if event.button.id == "begin":
            self._begin()
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Leave things as they are."""
        self.dismiss(None)

    def _begin(self) -> None:
        try:
            self.dismiss(self._read())
        except ValueError as error:
            self.query_one("#wrong", Label).update(str(error))

    def _read(self) -> GameSetup:
        from insei.agents.grammar import make_player

        def typed(name: str) -> str:
            return self.query_one(f"#{name}", Input).value

        def number(name: str, kind: type) -> float:
            try:
                return kind(typed(name))
            except ValueError:
                raise UserError(f"{name} {typed(name)!r}: wanted a number") from None

        size = int(number("size", int))
        opponent = opponent_named(typed("opponent"), size)
        make_player(opponent).close()
        seat = self.query_one("#seat", Select).value
        setup = GameSetup(
            size=size,
            komi=float(number("komi", float)),
            rules=str(self.query_one("#rules", Select).value),
            handicap=int(number("handicap", int)),
            black=YOU if seat in ("black", "both") else opponent,
            white=YOU if seat in ("white", "both") else opponent,
            minutes=float(number("minutes", float)),
            seed=self.setup.seed + 1,
        )
        setup.start()
        return setup
