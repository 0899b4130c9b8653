"""The client: a board, a panel, and a line to type in."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Footer, Input, Static

from insei.client.board import BoardPicture
from insei.client.board_view import BoardView, has_panel
from insei.client.command_line import CommandLine
from insei.client.game import ClientGame
from insei.client.mind import Mind
from insei.client.new_game import NewGame
from insei.client.panel import one_line_status, outlook_line, panel_lines
from insei.client.panel_view import PanelView
from insei.client.question import Question
from insei.client.setup import GameSetup
from insei.client.summary import worst_move
from insei.client.table import Table
from insei.client.thinking import Report
from insei.client.words import HELP
from insei.engine.vertex import move_of

LOW = 14  # rows below which the keys at the bottom make place
TICK_SECONDS = 0.5  # between two looks at the clocks


class Client(App[None]):
    """The terminal client.

    Args:
        game: to be played or looked at.
        opponent: what the new-game dialog proposes.
        analyst: the searching player that judges positions.
        is_plain: no colours: stones are X and O.
        keep: where the unfinished game is kept; None for nowhere.
        unfinished: a game that was left, offered at the start.
        reviews: whether the game is only looked at.
        pause: seconds before a move of two players that are watched.
    """

    CSS = """
    #main { height: 1fr; }
    #message { height: auto; padding: 0 1; }
    #status { height: 1; padding: 0 1; }
    CommandLine { height: 1; border: none; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "word('help')", "help"),
        Binding("f2", "word('new')", "new"),
        Binding("f3", "word('hint')", "hints"),
        Binding("f4", "word('heat')", "heat"),
        Binding("f5", "word('area')", "area"),
        Binding("f6", "word('pass')", "pass"),
        Binding("f7", "word('undo')", "undo"),
        Binding("f8", "word('resign')", "resign"),
        Binding("pageup", "word('back')", "back", show=False),
        Binding("pagedown", "word('next')", "next", show=False),
        Binding("up", "point(-1, 0)", "up", show=False),
        Binding("down", "point(1, 0)", "down", show=False),
        Binding("ctrl+q,ctrl+c", "word('quit')", "quit", priority=True),
    ]
    ENABLE_COMMAND_PALETTE = False
    TITLE = "insei"

    class Heard(Message):
        """The mind reported something."""

        def __init__(self, mind: Mind, report: Report) -> None:
            self.mind = mind
            self.report = report
            super().__init__()

    def __init__(
        self,
        game: ClientGame,
        opponent: str,
        analyst: str,
        is_plain: bool,
        keep: Path | None,
        unfinished: ClientGame | None = None,
        reviews: bool = False,
        pause: float = 0.0,
    ) -> None:
        super().__init__()
        self.table = Table(game, analyst, self.hear, keep, reviews, pause, self.set_timer)
        self.opponent = opponent
        self.is_plain = is_plain
        self.unfinished = unfinished
        self.cursor: int | None = None
        table = self.table
        self.words: dict[str, Callable[[str], None]] = {
            "pass": lambda rest: table.play(table.game.rules.pass_move),
            "undo": lambda rest: table.undo(),
            "resign": self._resign,
            "new": self._new,
            "hint": lambda rest: table.lay("hint"),
            "heat": lambda rest: table.lay("heat"),
            "area": lambda rest: table.lay("area"),
            "back": lambda rest: table.show(table.game.ply - 1),
            "next": lambda rest: table.show(table.game.ply + 1),
            "first": lambda rest: table.show(0),
            "last": lambda rest: table.show(len(table.game.history) - 1),
            "variation": lambda rest: table.show_next_variation(),
            "save": table.save,
            "load": table.load,
            "review": table.review,
            "help": lambda rest: self._say(HELP),
            "quit": self._quit,
            "exit": self._quit,
        }

    @property
    def game(self) -> ClientGame:
        """The game on the table."""
        return self.table.game

    def compose(self) -> ComposeResult:
        """Board and panel, messages, the line to type in, and the keys."""
        with Horizontal(id="main"):
            yield BoardView(self.picture())
            yield PanelView()
        yield Static(id="status", markup=False)
        yield Static(id="message", markup=False)
        yield CommandLine(placeholder="D4, pass, undo, help, ...", id="line")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Begin, or ask about the game that was left."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.exit)  # the game is kept move by move
        loop.add_signal_handler(signal.SIGHUP, self.hang_up)
        self.query_one("#line").focus()
        self.set_interval(TICK_SECONDS, self._tick)
        if (left := self.unfinished) is None:
            self.call_after_refresh(self._begin)  # the board is seen before anybody thinks
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.table.game = left
                left.begin_turn()
            self._begin()

        question = f"Go on with the unfinished game, {left.position.num_moves} moves?"
        self.push_screen(Question(question), answered)

    def _begin(self) -> None:
        self.table.go_on()
        self.fit(self.size)
        self.draw()

    def hang_up(self) -> None:
        """End; at once where the terminal is gone, for what is written to it waits for ever."""
        if os.isatty(sys.__stdin__.fileno() if sys.__stdin__ else -1):
            self.exit()
            return
        self.table.close()
        os._exit(128 + signal.SIGHUP)

    def on_unmount(self) -> None:
        """Let the thinking end."""
        self.table.close()

    def on_resize(self, event: Resize) -> None:
        """A narrow terminal has no panel; what it says most shortly is in lines below then."""
        self.fit(event.size)
        self.call_after_refresh(self.draw)

    def fit(self, size: Size) -> None:
        """Show what there is room for in a terminal of this size."""
        is_wide = has_panel(self.game.rules, size.width)
        self.query_one("#panel").display = is_wide
        self.query_one("#status").display = not is_wide
        message = self.query_one("#message")
        message.display = not is_wide
        message.styles.max_height = 4 if size.height >= LOW else 2
        self.query_one(Footer).display = size.height >= LOW

    # What is on the screen

    def picture(self) -> BoardPicture:
        """The board with whatever lies over it."""
        table, game = self.table, self.table.game
        picture = BoardPicture(game.seen, self.cursor, is_plain=self.is_plain)
        if table.count is not None:
            picture.dead = table.count.dead
        if (game.is_ended or table.reviews) and (worst := worst_move(game)):
            is_there = game.ply >= worst[0]
            picture.blamed = game.history[worst[0]].last_move if is_there else None
        if (thoughts := table.thoughts_seen) is not None:
            if table.overlay == "hint":
                picture.candidates = tuple(one.move for one in thoughts.candidates)
            elif table.overlay == "heat":
                picture.heat = thoughts.policy
            if table.overlay == "area" or table.count is not None:
                picture.ownership = thoughts.ownership
        return picture

    def draw(self) -> None:
        """Bring the screen up to date; nothing before there is one, or after."""
        if len(self.query("#board, #panel, #status, #message")) < 4:
            return
        self.query_one(BoardView).show(self.picture())
        table = self.table
        thoughts = table.thoughts_seen if table.overlay else None
        panel = self.query_one(PanelView)
        if room := panel.room(self.is_plain):
            lines = panel_lines(table.game, thoughts, table.text(), room)
            panel.update("\n".join(lines), layout=False)
            return
        status = outlook_line(thoughts) if thoughts else one_line_status(table.game)
        self.query_one("#status", Static).update(status, layout=False)
        self.query_one("#message", Static).update(table.text())

    def _say(self, message: str) -> None:
        self.table.said = message

    def _tick(self) -> None:
        if self.table.tick():
            self.draw()

    # What the mind reports

    def hear(self, mind: Mind, report: Report) -> None:
        """Called by a thread of the mind's."""
        if self.is_running:
            self.post_message(self.Heard(mind, report))

    def on_client_heard(self, event: Heard) -> None:
        """Let the table heed it."""
        self.table.heed(event.mind, event.report)
        self.draw()

    # What is typed, pressed and clicked

    def on_board_view_pointed(self, event: BoardView.Pointed) -> None:
        """A click plays, or changes what is dead."""
        self.cursor = event.move
        self.table.play(event.move)
        self.draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A word, a vertex, or nothing: then the cursor's point, or the count as it is."""
        text = event.value.strip()
        event.input.value = ""
        if text:
            self.obey(text)
        elif self.table.count is not None:
            self.table.accept_count()
        elif self.cursor is not None:
            self.table.play(self.cursor)
        self.draw()

    def obey(self, text: str) -> None:
        """Do what was typed."""
        word, _, rest = text.partition(" ")
        size = self.game.rules.size_name
        if command := self.words.get(word.lower()):
            command(rest.strip())
        else:
            try:
                move = move_of(text, self.game.rules)
            except ValueError as error:
                self._say(f"{error}. {HELP}")
            else:
                self.table.play(move)
        if self.game.rules.size_name != size:
            self.cursor = None
            self.fit(self.size)
        self.draw()

    def action_word(self, word: str) -> None:
        """A key that stands for a word."""
        self.obey(word)

    def action_mark(self) -> None:
        """Change what is dead at the cursor."""
        if self.table.count is not None and self.cursor is not None:
            self.table.play(self.cursor)
            self.draw()

    def action_point(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        rules = self.game.rules
        if self.cursor is None:
            self.cursor = rules.height // 2 * rules.width + rules.width // 2
        else:
            row, column = divmod(self.cursor, rules.width)
            row = min(rules.height - 1, max(0, row + rows))
            column = min(rules.width - 1, max(0, column + columns))
            self.cursor = row * rules.width + column
        self.query_one(BoardView).show(self.picture())

    def _resign(self, rest: str) -> None:
        if why_not := self.table.why_not_resign():
            self._say(why_not)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.table.resign()
                self.draw()

        self.push_screen(Question("Resign this game?"), answered)

    def _new(self, rest: str) -> None:
        def answered(setup: GameSetup | None) -> None:
            if setup is not None:
                self.cursor = None
                self.table.sit(ClientGame.begin(setup), False)
                self.fit(self.size)
                self.draw()

        self.push_screen(NewGame(self.game.setup, self.opponent), answered)

    def _quit(self, rest: str) -> None:
        if isinstance(self.screen, Question) or not self.table.is_under_way:
            self.exit()  # asked again: it is meant
        else:
            question = "Leave? The game is kept for the next start."
            self.push_screen(Question(question), lambda yes: self.exit() if yes else None)
