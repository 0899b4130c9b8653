"""The new-game dialog: opponent, board, rules, handicap, colour and time."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select

from insei.client.game_setup import YOU, GameSetup, fair_komi
from insei.client.text_view import TextView
from insei.engine.rules import MAX_SIDE, PRESETS
from insei.levels import level_description, levels_on, opponent_named
from insei.progress import handicap_advice, progress_path, read_progress
from insei.system.errors import UserError

COLOURS = {"black": "black", "white": "white", "both": "both colours", "none": "nobody: watch"}


def handicap_for(level: int, size: int) -> str:
    """The handicap that makes a game of the user with a level even; empty if none is needed."""
    if level > len(levels_on(size)):
        return ""
    own = read_progress(progress_path()).on(size).level
    return handicap_advice(level, size, own)


class LevelInput(Input):
    """A level, which the arrows change, or the name of any player."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "change_level(1)", "stronger", show=False),
        Binding("down", "change_level(-1)", "weaker", show=False),
    ]

    def action_change_level(self, by: int) -> None:
        """Go up or down. A name becomes a middle level first."""
        size = self.screen.query_one("#size", Input).value.strip()
        is_board = size.isdecimal() and 1 <= int(size) <= MAX_SIDE
        most = len(levels_on(int(size) if is_board else MAX_SIDE))
        level = int(self.value) + by if self.value.strip().isdecimal() else most // 2 + 1
        self.value = str(min(most, max(1, level)))


class NewGameDialog(ModalScreen[GameSetup | None]):
    """Asks for opponent, size, komi, rules, handicap, colour and time."""

    CSS = """
    NewGameDialog { align: center middle; }
    NewGameDialog > VerticalScroll { width: 56; max-width: 98%; height: auto; max-height: 98%;
                               border: round $primary; padding: 0 1; background: $surface; }
    NewGameDialog Horizontal { height: auto; }
    NewGameDialog Label { width: 24; }
    NewGameDialog #description { width: 100%; color: $text-muted; }
    NewGameDialog #error { width: 100%; color: $error; }
    NewGameDialog Input, NewGameDialog Select { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "cancel")]

    def __init__(self, setup: GameSetup, opponent: str) -> None:
        super().__init__()
        self.setup = setup
        self.opponent = opponent
        fair = fair_komi(setup.size, setup.handicap, setup.rules)
        self.suggested = f"{fair:g}"  # the komi that changes with the board and the handicap

    def compose(self) -> ComposeResult:
        """A line for each setting."""
        setup = self.setup
        colour = "black" if setup.black == YOU else "white" if setup.white == YOU else "none"
        if setup.black == setup.white == YOU:
            colour = "both"
        with VerticalScroll():
            with Horizontal():
                yield Label("Opponent, level or name")
                yield LevelInput(self.opponent, id="opponent", compact=True)
            yield TextView(id="description")
            for name, label, value in (
                ("size", "Size", str(setup.size)),
                ("komi", "Komi", f"{setup.komi:g}"),
                ("handicap", "Handicap stones", str(setup.handicap)),
                ("minutes", "Minutes each, 0 none", f"{setup.minutes:g}"),
                ("overtime", "Overtime, as 3x30", setup.overtime),
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
                    [(text, key) for key, text in COLOURS.items()],
                    value=colour,
                    allow_blank=False,
                    id="colour",
                    compact=True,
                )
            yield TextView(id="error")
            with Horizontal():
                yield Button("Begin", id="begin", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus the opponent, which is changed most often."""
        self.query_one("#opponent").focus()
        self._describe_level()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Describe the level on the chosen size; keep the komi fair, unless one was typed."""
        self._describe_level()
        if event.input.id in ("size", "handicap"):
            self._suggest_komi()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Keep the komi fair under other rules, unless one was typed."""
        self._suggest_komi()

    def _suggest_komi(self) -> None:
        size, handicap, komi = (
            self.query_one(f"#{name}", Input) for name in ("size", "handicap", "komi")
        )
        if not (size.value.strip().isdecimal() and handicap.value.strip().isdecimal()):
            return
        rules = str(self.query_one("#rules", Select).value)
        fair = f"{fair_komi(int(size.value), int(handicap.value), rules):g}"
        if komi.value == self.suggested:
            komi.value = fair
        self.suggested = fair

    def _describe_level(self) -> None:
        opponent = self.query_one("#opponent", Input).value
        size = self.query_one("#size", Input).value
        said = level_description(opponent, size)
        if said and (advice := handicap_for(int(opponent), int(size))):
            said = f"{said}. {advice}"
        self.query_one("#description", TextView).show(said)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Begin the game."""
        event.stop()
        self._begin()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Begin or cancel."""
        if event.button.id == "begin":
            self._begin()
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Close the dialog; the current game goes on."""
        self.dismiss(None)

    def _begin(self) -> None:
        try:
            self.dismiss(self._read())
        except ValueError as error:
            self.query_one("#error", TextView).show(str(error))

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
        colour = self.query_one("#colour", Select).value
        setup = GameSetup(
            size=size,
            komi=float(number("komi", float)),
            rules=str(self.query_one("#rules", Select).value),
            handicap=int(number("handicap", int)),
            black=YOU if colour in ("black", "both") else opponent,
            white=YOU if colour in ("white", "both") else opponent,
            minutes=float(number("minutes", float)),
            overtime=typed("overtime").strip(),
            seed=self.setup.seed + 1,
        )
        setup.start()
        return setup
