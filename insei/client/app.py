"""The terminal client: a board, a panel, and a line to type in."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.events import MouseScrollDown, MouseScrollUp, Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Footer, Input

from insei.client.board_picture import BoardPicture
from insei.client.board_view import BoardView
from insei.client.command_line import CommandLine
from insei.client.confirm_dialog import ConfirmDialog
from insei.client.controller import GameController
from insei.client.drawing.characters import Replacement, needs_replacement
from insei.client.drawing.layout import Layout, layout_for
from insei.client.drawing.look import Look
from insei.client.game import ClientGame
from insei.client.game_setup import GameSetup
from insei.client.new_game_dialog import NewGameDialog
from insei.client.panel import one_line_status, outlook_line, panel_of
from insei.client.panel_view import PanelView
from insei.client.player_process import PlayerProcess
from insei.client.player_tasks import Reply
from insei.client.status_text import HELP
from insei.client.teaching.study import Study
from insei.client.teaching.words import TeachingWords
from insei.client.text_view import TextView
from insei.engine.vertex import move_of

PLACEHOLDER = "D4, pass, undo, help, ..."
LOW_ROWS = 14  # in a lower terminal a message has fewer lines
LOOKING_KEYS = {
    "left": "back", "right": "next", "home": "first", "end": "last",
    "up": "variation back", "down": "variation", "ctrl+left": "previous", "ctrl+right": "mistake",
    **{str(digit): f"lesson {digit}" for digit in range(1, 6)},
}  # fmt: skip
TICK_SECONDS = 0.5  # between two looks at the clocks


class Client(App[None]):
    """The terminal client.

    Args:
        game: to be played or reviewed.
        opponent: proposed by the new-game dialog.
        analyst: the searching player that analyses positions.
        look: the theme, and what the terminal can show.
        keeps: whether games are kept, in the user's data folder.
        unfinished: an earlier game, which the client offers to continue.
        is_review: whether the game is only looked at.
        pause: seconds before each move of a game without people.
        seats: in a review, who plays a game that `load` opens.
        study: what the user answers, in place of a game.
    """

    CSS = """
    #main, #side { height: 1fr; }
    #main { layout: horizontal; }
    #side { width: 1fr; }
    #main.-below { layout: vertical; }
    #main.-below #side { height: auto; width: 100%; }
    #message { height: auto; padding: 0 1; }
    #status { height: 1; padding: 0 1; }
    CommandLine { height: 1; border: none; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "run_line('help')", "help"),
        Binding("f2", "run_line('new')", "new"),
        Binding("f3", "run_line('hint')", "hints"),
        Binding("f4", "run_line('heat')", "heat"),
        Binding("f5", "run_line('area')", "area"),
        Binding("f6", "run_line('pass')", "pass"),
        Binding("f7", "run_line('undo')", "undo"),
        Binding("f8", "run_line('resign')", "resign"),
        Binding("pageup", "run_line('back')", "back", show=False),
        Binding("pagedown", "run_line('next')", "next", show=False),
        Binding("up", "move_cursor(-1, 0)", "up", show=False),
        Binding("down", "move_cursor(1, 0)", "down", show=False),
        Binding("ctrl+q,ctrl+c", "run_line('quit')", "quit", priority=True),
    ]
    ENABLE_COMMAND_PALETTE = False
    TITLE = "insei"

    class ReplyReceived(Message):
        """The player process has replied."""

        def __init__(self, process: PlayerProcess, reply: Reply) -> None:
            self.process = process
            self.reply = reply
            super().__init__()

    def __init__(
        self,
        game: ClientGame,
        opponent: str,
        analyst: str,
        look: Look,
        keeps: bool,
        unfinished: ClientGame | None = None,
        is_review: bool = False,
        pause: float = 0.0,
        seats: GameSetup | None = None,
        study: Study | None = None,
    ) -> None:
        super().__init__(ansi_color=True if look.around.startswith("ansi") else None)
        self.controller = GameController(
            game, analyst, self.post_reply, keeps, is_review, pause, self.set_timer, seats
        )
        self.controller.study = study
        self.opponent = opponent
        self.look = look
        self.replacement = Replacement(look.terminal)
        self.unfinished = unfinished
        self.cursor: int | None = None
        self.line_commands = self._line_commands()

    def _line_commands(self) -> dict[str, Callable[[str], None]]:
        """What each word does; it is passed the rest of the line."""
        controller = self.controller
        return {
            "pass": lambda rest: controller.play(self.game.rules.pass_move),
            "undo": lambda rest: controller.undo(),
            "resign": self._ask_to_resign,
            "new": self._ask_for_new_game,
            "heat": lambda rest: controller.toggle_overlay("heat"),
            "area": lambda rest: controller.toggle_overlay("area"),
            "first": lambda rest: controller.show_ply(0),
            "last": lambda rest: controller.show_ply(len(self.game.history) - 1),
            **TeachingWords(controller).commands(),
            "save": self._save,
            "load": lambda rest: self._open(rest, False),
            "review": lambda rest: self._open(rest, True),
            "help": lambda rest: self._show_message(HELP),
            "quit": self._quit,
            "exit": self._quit,
        }

    @property
    def game(self) -> ClientGame:
        """The current game."""
        return self.controller.game

    def compose(self) -> ComposeResult:
        """Board and panel, messages, the line to type in, and the keys."""
        with Container(id="main"):
            yield BoardView(self.picture(), self.layout_now())
            with Vertical(id="side"):
                yield PanelView()
                yield TextView(id="status")
                yield TextView(id="message")
                yield CommandLine(placeholder=PLACEHOLDER, id="line")
        yield Footer(compact=True)

    def on_load(self) -> None:
        """Take the theme before anything is drawn."""
        self.theme = self.look.around

    def on_mount(self) -> None:
        """Begin, or offer the unfinished game."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.exit)  # every move has been saved
        loop.add_signal_handler(signal.SIGHUP, self.hang_up)
        self.query_one("#line").focus()
        self.set_interval(TICK_SECONDS, self._tick)
        if (unfinished := self.unfinished) is None:
            self.call_after_refresh(self._begin)  # show the board before a player loads its net
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.controller.game = unfinished
            self._begin()

        question = (
            f"Continue the unfinished game, {unfinished.position.num_moves} moves? "
            "It stays among your games if not."
        )
        self.push_screen(ConfirmDialog(question), answered)

    def _begin(self) -> None:
        self.game.begin_turn()
        self.controller.advance()
        self.fit(self.size)
        self.draw()

    def hang_up(self) -> None:
        """Exit. If the terminal is gone, exit at once, because writing to it would block."""
        if os.isatty(sys.__stdin__.fileno() if sys.__stdin__ else -1):
            self.exit()
            return
        self.controller.close()
        os._exit(128 + signal.SIGHUP)

    def on_unmount(self) -> None:
        """End the player process."""
        self.controller.close()

    def on_resize(self, event: Resize) -> None:
        """Fit the widgets to the new size."""
        self.fit(event.size)
        self.call_after_refresh(self.draw)

    def layout_now(self) -> Layout:
        """The layout of this board in this terminal."""
        return layout_for(self.game.rules, self.size.width, self.size.height, self.look)

    def fit(self, size: Size) -> None:
        """Arrange the widgets: a panel beside the board, or the most important of it below."""
        layout = layout_for(self.game.rules, size.width, size.height, self.look)
        self.query_one(BoardView).take_layout(layout)
        self.query_one("#main").set_class(not layout.is_beside, "-below")
        self.query_one("#panel").display = layout.is_beside
        self.query_one("#status").display = not layout.is_beside
        message = self.query_one("#message")
        message.display = not layout.is_beside
        message.styles.max_height = 4 if size.height >= LOW_ROWS else 2
        self.query_one(Footer).display = layout.has_footer
        keys = "" if layout.has_footer else "F1: help. "
        self.query_one(CommandLine).placeholder = keys + PLACEHOLDER

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What changes lines as they are drawn; last, characters that the terminal lacks."""
        filters = [*super().get_line_filters()]
        return [*filters, self.replacement] if needs_replacement(self.look.terminal) else filters

    # What is on the screen

    def picture(self) -> BoardPicture:
        """The board with its overlays."""
        controller, game = self.controller, self.game
        picture = BoardPicture(game.shown, self.cursor, look=self.look)
        if controller.count is not None:
            picture.dead = controller.count.dead
        picture.marks = controller.marks()
        if (analysis := controller.shown_analysis) is not None:
            if controller.overlay == "heat":
                picture.heat = analysis.policy
            if controller.overlay == "area" or controller.count is not None:
                picture.ownership = analysis.ownership
        return picture

    def draw(self) -> None:
        """Update the screen. Does nothing before it is mounted and after it is unmounted."""
        if len(self.query("#board, #panel, #status, #message")) < 4:
            return
        self.query_one(BoardView).show(self.picture())
        controller = self.controller
        analysis = controller.shown_analysis if controller.overlay else None
        panel = self.query_one(PanelView)
        if size := panel.panel_size(self.look):
            text, has_graph = controller.text(), controller.has_graph
            panel.show(panel_of(self.game, analysis, text, size, has_graph))
            return
        status = outlook_line(analysis) if analysis else one_line_status(self.game)
        self.query_one("#status", TextView).show(status, layout=False)
        self.query_one("#message", TextView).show(controller.text())

    def _show_message(self, message: str) -> None:
        self.controller.message = message

    def _tick(self) -> None:
        if self.controller.tick():
            self.draw()

    # Replies of the player process

    def post_reply(self, process: PlayerProcess, reply: Reply) -> None:
        """Pass a reply to the screen's thread. Called from another one."""
        if self.is_running:
            self.post_message(self.ReplyReceived(process, reply))

    def on_client_reply_received(self, event: ReplyReceived) -> None:
        """Let the controller take it in."""
        self.controller.receive(event.process, event.reply)
        self.draw()

    # What is typed, pressed and clicked

    def on_board_view_point_clicked(self, event: BoardView.PointClicked) -> None:
        """Play there, or mark a chain as dead or alive."""
        self.cursor = event.move
        self.controller.play(event.move)
        self.draw()

    def on_panel_view_ply_clicked(self, event: PanelView.PlyClicked) -> None:
        """Show the position that was clicked in the graph."""
        self.controller.show_ply(event.ply)
        self.draw()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """The wheel moves back through the game."""
        self._turn_wheel("back")

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """The wheel moves on through the game."""
        self._turn_wheel("next")

    def _turn_wheel(self, word: str) -> None:
        if len(self.screen_stack) == 1 and self.controller.study is None:  # and no dialog is open
            self.run_line(word)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Run the line. An empty line accepts the count, or plays at the cursor."""
        text = event.value.strip()
        event.input.value = ""
        if text:
            self.run_line(text)
        elif self.controller.count is not None:
            self.controller.accept_count()
        elif self.cursor is not None:
            self.controller.play(self.cursor)
        self.draw()

    def run_line(self, text: str) -> None:
        """Run a typed line: a command, or a vertex to play."""
        word, _, rest = text.partition(" ")
        size = self.game.rules.size_name
        if command := self.line_commands.get(word.lower()):
            command(rest.strip())
        else:
            try:
                move = move_of(text, self.game.rules)
            except ValueError as error:
                self._show_message(f"{error}. {HELP}")
            else:
                self.controller.play(move)
        if self.game.rules.size_name != size:
            self.cursor = None
            self.fit(self.size)
        self.draw()

    def line_for_key(self, key: str) -> str:
        """What a key stands for while nothing is typed, in a game that is looked at; or empty."""
        return LOOKING_KEYS.get(key, "") if self.controller.is_looked_at else ""

    def action_run_line(self, line: str) -> None:
        """A key that stands for a line."""
        self.run_line(line)

    def action_toggle_dead(self) -> None:
        """Mark the chain at the cursor as dead or alive, while the count is open."""
        if self.controller.count is not None and self.cursor is not None:
            self.controller.play(self.cursor)
            self.draw()

    def action_move_cursor(self, rows: int, columns: int) -> None:
        """Move the cursor. The first call puts it at the centre."""
        rules = self.game.rules
        if self.cursor is None:
            self.cursor = rules.height // 2 * rules.width + rules.width // 2
        else:
            row, column = divmod(self.cursor, rules.width)
            row = min(rules.height - 1, max(0, row + rows))
            column = min(rules.width - 1, max(0, column + columns))
            self.cursor = row * rules.width + column
        self.query_one(BoardView).show(self.picture())

    def _ask_to_resign(self, rest: str) -> None:
        if reason := self.controller.why_not_resign():
            self._show_message(reason)
            return

        self._ask("Resign this game?", self.controller.resign)

    def _ask_for_new_game(self, rest: str) -> None:
        def answered(setup: GameSetup | None) -> None:
            if setup is not None:
                self._leave_for(ClientGame.begin(setup), False)

        self.push_screen(NewGameDialog(self.game.setup, self.opponent), answered)

    def _quit(self, rest: str) -> None:
        if isinstance(self.screen, ConfirmDialog):
            self.exit()  # a second quit needs no question
        else:
            self._ask(self.controller.files.leaving_question(), self.exit)

    def _ask(self, question: str, action: Callable[[], object]) -> None:
        """Do something, after a question if there is one."""

        def answered(yes: bool | None) -> None:
            if yes:
                action()
                self.draw()

        if question:
            self.push_screen(ConfirmDialog(question), answered)
        else:
            action()

    def _leave_for(self, game: ClientGame, is_review: bool) -> None:
        """Go on with another game, after a question if the present one would be interrupted."""

        def leave() -> None:
            self.cursor = None
            self.controller.switch_to(game, is_review)
            self.fit(self.size)
            self.draw()

        self._ask(self.controller.files.leaving_question(), leave)

    def _open(self, name: str, is_review: bool) -> None:
        if (game := self.controller.files.read(name, is_review)) is not None:
            self._leave_for(game, is_review)

    def _save(self, name: str) -> None:
        if (path := self.controller.files.target(name)) is not None:
            question = f"Replace {path}?" if path.exists() else ""
            self._ask(question, lambda: self.controller.files.save(path))
