"""The screen of the studio: the board, what is said of the position, and keys."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Resize
from textual.filter import LineFilter
from textual.message import Message
from textual.widgets import Footer, Input

from insei.client.board_picture import BoardPicture
from insei.client.board_view import BoardView
from insei.client.drawing.characters import Replacement, needs_replacement
from insei.client.drawing.layout import PANEL, Layout, layout_for
from insei.client.drawing.look import Look as Appearance
from insei.client.player_process import PlayerProcess
from insei.client.player_tasks import Failure
from insei.client.text_view import TextView
from insei.engine.vertex import vertex_of
from insei.selfplay.history.labels import Label
from insei.studio.correction_line import CorrectionLine
from insei.studio.look_server import SERVE
from insei.studio.looks import Look, LookTask
from insei.studio.panel import SOURCES, Panel, Source
from insei.studio.session import Session
from insei.system.errors import UserError
from insei.system.shown import shown_line

PANEL_COLUMNS = 37  # at least, beside the board
ROWS_AROUND = 3  # the item above the board, a message below it, the keys
PLACEHOLDER = "D4, D4=0.7,C3=0.3, B+, W+3.5, weight 0.5; arrows and Enter choose a point"
HELP = (
    "a: the search's answer becomes the label. c: correct; type a move (D4, D4=0.7,C3=0.3) or a "
    "result (B+, W+3.5), or choose a point by arrows. m: weight 0. s: skip. u: undo. Arrows: "
    "plies; up, down: items. v: whose policy. o: owners."
)


class Studio(App[None]):
    """The studio's screen.

    Args:
        session: what is looked at.
        player: that searches, by the grammar; empty if there is none.
        appearance: the theme, and what the terminal can show.
        why_no_player: said where there is none.
        seed: of the searches.
    """

    CSS = """
    #item { height: 1; padding: 0 1; text-style: bold; }
    #message { height: auto; max-height: 3; padding: 0 1; }
    #main { height: 1fr; layout: horizontal; }
    #main.-below { layout: vertical; }
    #panel { width: 1fr; height: 1fr; padding: 0 0 0 1; }
    CorrectionLine { height: 1; border: none; padding: 0 1; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "act('accept')", "accept"),
        Binding("c", "correct", "correct"),
        Binding("m", "act('mark')", "weight 0"),
        Binding("s", "act('skip')", "skip"),
        Binding("u", "act('undo')", "undo"),
        Binding("v", "next_source", "view"),
        Binding("o", "toggle_owners", "owners"),
        Binding("f1,question_mark", "help", "help"),
        Binding("left", "step(0, -1)", "back", show=False),
        Binding("right", "step(0, 1)", "next ply", show=False),
        Binding("up,p", "step(-1, 0)", "item before", show=False),
        Binding("down,n", "step(1, 0)", "next item", show=False),
        Binding("home", "show_end(0)", "first ply", show=False),
        Binding("end", "show_end(1)", "last ply", show=False),
        Binding("escape", "leave_correction", "leave", show=False),
        Binding("q,ctrl+q,ctrl+c", "quit", "quit", priority=False),
    ]
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None  # keys are the studio's until a correction is typed
    TITLE = "insei studio"

    class Answered(Message):
        """The player has answered."""

        def __init__(self, answer: Look | Failure) -> None:
            self.answer = answer
            super().__init__()

    def __init__(
        self,
        session: Session,
        player: str,
        appearance: Appearance,
        why_no_player: str = "",
        seed: int = 1,
    ) -> None:
        around = appearance.around
        super().__init__(ansi_color=True if around.startswith("ansi") else None)
        self.session = session
        self.appearance = appearance
        self.replacement = Replacement(appearance.terminal)
        self.process = PlayerProcess(self.post_answer, player, seed, SERVE) if player else None
        self.failure = why_no_player
        self.message = session.training_note()
        self.looks: dict[tuple[str, int], Look] = {}
        self.wanted = session.position  # that the player is asked about
        self.asked: tuple[str, int] | None = None  # game and ply of the task under way
        self.source: Source = "recorded"
        self.has_owners = False
        self.cursor: int | None = None
        if missing := session.queue.missing:
            self.message = f"{missing} items of the list are not in this run"

    def compose(self) -> ComposeResult:
        """The item, the board and the panel, a message, the line to type in, and the keys."""
        yield TextView(id="item")
        with Container(id="main"):
            yield BoardView(
                BoardPicture(self.session.position, look=self.appearance), self.layout_now()
            )
            yield TextView(id="panel")
        yield TextView(id="message")
        yield CorrectionLine(placeholder=PLACEHOLDER, id="line")
        yield Footer(compact=True)

    def on_load(self) -> None:
        """Take the theme before anything is drawn."""
        self.theme = self.appearance.around

    def on_mount(self) -> None:
        """Show the first item."""
        self.ask()
        self.call_after_refresh(self.draw)  # when the sizes of the widgets are known

    def on_unmount(self) -> None:
        """End the player's process."""
        if self.process is not None:
            self.process.close()

    def on_resize(self, event: Resize) -> None:
        """Fit the widgets to the new size."""
        self.call_after_refresh(self.draw)

    def layout_now(self) -> Layout:
        """The layout of this board in this terminal."""
        columns = self.size.width - (PANEL_COLUMNS - PANEL)
        rules = self.session.game.whole.rules
        return layout_for(rules, columns, self.size.height - ROWS_AROUND, self.appearance)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What changes lines as they are drawn; last, characters that the terminal lacks."""
        filters = [*super().get_line_filters()]
        terminal = self.appearance.terminal
        return [*filters, self.replacement] if needs_replacement(terminal) else filters

    # What is on the screen

    @property
    def look(self) -> Look | None:
        """What the player says of the shown position so far."""
        return self.looks.get((self.session.item.game, self.session.ply))

    def draw(self) -> None:
        """Update the screen. Does nothing before it is mounted and after it is unmounted."""
        if len(self.query("#item, #board, #panel, #message")) < 4:
            return
        layout, label, look = self.layout_now(), self.session.label, self.look
        self.query_one("#main").set_class(not layout.is_beside, "-below")
        board = self.query_one(BoardView)
        board.take_layout(layout)
        view = self.query_one("#panel", TextView)
        panel = Panel(self.session, label, look, self.source, max(view.size.height, 8))
        board.show(self.picture(panel, layout))
        view.show("\n".join(panel.lines()), layout=False)
        session, item = self.session, self.session.item
        alike = f", {item.alike} more alike" if item.alike else ""
        where = f"{session.index + 1} of {session.count}, {session.num_done} done, {session.branch}"
        self.query_one("#item", TextView).show(
            shown_line(f"{where}; {item.reason}{alike}"), layout=False
        )
        self.query_one("#message", TextView).show(self.said())

    def said(self) -> str:
        """The line below the board: what was just done, or what the player does."""
        if self.message:
            return shown_line(self.message)
        if self.failure:
            return shown_line(self.failure)
        look = self.look
        if self.session.position.is_over:
            return "the game is over"
        if look is None or look.search is None:
            return "searching ..."
        return f"{look.player}: {look.visits} visits"

    def picture(self, panel: Panel, layout: Layout) -> BoardPicture:
        """The board with the policy of the chosen source, and perhaps owners."""
        picture = BoardPicture(self.session.position, self.cursor, look=self.appearance)
        picture.marks = panel.marks(layout.cell.columns)
        picture.heat = panel.policies.get(self.source)
        if self.has_owners:
            picture.ownership = self.owners(panel.label, panel.look)
        return picture

    def owners(self, label: Label | None, look: Look | None) -> NDArray[np.float32] | None:
        """The owners by the chosen source, 1 for Black; None if it has not answered."""
        sign = 1 if self.session.ply % 2 == 0 else -1
        if self.source == "recorded":
            return None if label is None else (sign * label.ownership).astype(np.float32)
        if look is None:
            return None
        view = look.net if self.source == "net" else look.search
        return None if view is None else (sign * view.ownership).astype(np.float32)

    # The player

    def ask(self) -> None:
        """Ask the player about the shown position, unless it has answered or is at it."""
        place = self.session.item.game, self.session.ply
        if place == self.asked:  # a second task would end the search of the first
            return
        self.wanted, self.asked, known = self.session.position, None, self.look
        if self.process is None:
            return
        self.failure = ""
        if not self.wanted.is_over and (known is None or known.search is None):
            self.process.submit(LookTask(self.wanted))
            self.asked = place

    def post_answer(self, answer: Any) -> None:
        """Pass an answer to the screen's thread. Called from another one."""
        if self.is_running:
            self.post_message(self.Answered(answer))

    def on_studio_answered(self, event: Answered) -> None:
        """Take in what the player says."""
        answer = event.answer
        if answer.position is not self.wanted:
            return  # somebody looks at another position already
        if isinstance(answer, Failure):
            self.failure, self.asked = answer.reason, None
        else:
            self.failure = ""
            self.looks[self.session.item.game, self.session.ply] = answer
            if answer.search is not None:
                self.asked = None
        self.draw()

    # Keys

    def do(self, action: Callable[[], str | None]) -> bool:
        """Do something, say in a line what came of it or what was wrong; whether it was done."""
        try:
            self.message = action() or ""
        except UserError as error:
            self.message = str(error)
            return False
        finally:
            self.ask()
            self.draw()
        return True

    def action_act(self, name: str) -> None:
        """Accept, mark, skip or undo."""
        if self.is_correcting:
            return
        session = self.session
        acts = {
            "accept": lambda: session.accept(self.look),
            "mark": session.mark,
            "skip": session.skip,
            "undo": session.undo,
        }
        self.do(acts[name])

    def action_step(self, items: int, plies: int) -> None:
        """Another item or another ply; while correcting, the cursor moves."""
        if self.is_correcting:
            self.move_cursor(items, plies)
            return
        session = self.session

        def step() -> None:
            if items:
                session.open(session.index + items)
            else:
                session.show_ply(session.ply + plies)

        self.do(step)

    def action_show_end(self, which: int) -> None:
        """The game's start or its end."""
        session = self.session
        self.do(lambda: session.show_ply(which * len(session.game.whole.moves)))

    def action_next_source(self) -> None:
        """Show the policy of the next one: recorded, net, search."""
        self.source = SOURCES[(SOURCES.index(self.source) + 1) % len(SOURCES)]
        self.draw()

    def action_toggle_owners(self) -> None:
        """Show or hide who owns each point at the end."""
        self.has_owners = not self.has_owners
        self.draw()

    def action_help(self) -> None:
        """Say what the keys do."""
        self.notify(HELP, timeout=20, markup=False)

    # Corrections

    @property
    def is_correcting(self) -> bool:
        """Whether the line to type in is open."""
        return bool(self.query_one(CorrectionLine).display)

    def action_correct(self) -> None:
        """Open the line to type in; the cursor begins at the move that was played."""
        session, rules = self.session, self.session.game.whole.rules
        moves = session.game.whole.moves
        played = moves[session.ply] if session.ply < len(moves) else rules.pass_move
        self.cursor = played if played != rules.pass_move else rules.num_points // 2
        self.message = ""
        line = self.query_one(CorrectionLine)
        line.display = True
        line.focus()
        self.draw()

    def action_leave_correction(self) -> None:
        """Close the line to type in."""
        line = self.query_one(CorrectionLine)
        line.value = ""
        line.display = False
        self.set_focus(None)
        self.cursor = None
        self.draw()

    def move_cursor(self, rows: int, columns: int) -> None:
        """Move the cursor on the board."""
        rules = self.session.game.whole.rules
        row, column = divmod(self.cursor or 0, rules.width)
        row = min(max(row + rows, 0), rules.height - 1)
        column = min(max(column + columns, 0), rules.width - 1)
        self.cursor = row * rules.width + column
        self.draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the correction that was typed, or the point of the cursor."""
        said = event.value.strip()
        if not said and self.cursor is not None:
            said = vertex_of(self.cursor, self.session.game.whole.rules)
        if self.do(lambda: self.session.correct(said)):
            self.action_leave_correction()

    def on_board_view_point_clicked(self, event: BoardView.PointClicked) -> None:
        """Begin a correction at the point that was clicked."""
        if not self.is_correcting:
            self.action_correct()
        self.cursor = event.move
        self.draw()
