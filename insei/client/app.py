"""The client: a board, a panel, and a line to type in."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import Footer, Input, Static

from engine.vertex import move_of
from insei.client.board import BoardPicture, BoardView
from insei.client.dialogs import NewGame, Question
from insei.client.game import ClientGame, GameSetup, Worth
from insei.client.mind import Decided, Failed, Mind, Report, Task, Thoughts
from insei.client.panel import graph_lines, one_line_status, status_lines, thought_lines

PATIENCE_SECONDS = 3.0  # that the thinking has to end
LOOKING = "Looking only: back, next, first, last, variation; hint, heat, area."
NARROW = 58  # columns below which there is no panel
HELP = (
    "Type a vertex such as D4, or use arrows and enter, or the mouse. Words: pass, undo, resign, "
    "new, hint, heat, area, back, next, first, last, variation, save FILE, load FILE, review FILE, "
    "quit."
)


class CommandLine(Input):
    """The line to type in; while it is empty, arrows move the board's cursor."""

    def action_cursor_left(self, select: bool = False) -> None:
        """Left in the text, or on the board."""
        if self.value:
            super().action_cursor_left(select)
        else:
            self.app.action_point(0, -1)  # type: ignore[attr-defined]

    def action_cursor_right(self, select: bool = False) -> None:
        """Right in the text, or on the board."""
        if self.value:
            super().action_cursor_right(select)
        else:
            self.app.action_point(0, 1)  # type: ignore[attr-defined]


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
    #panel { width: 34; padding: 0 1; }
    #message { height: auto; max-height: 5; padding: 0 1; }
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
        self.game = game
        self.opponent = opponent
        self.analyst = analyst
        self.is_plain = is_plain
        self.keep = keep
        self.unfinished = unfinished
        self.reviews = reviews
        self.pause = pause
        self.cursor: int | None = None
        self.dead: set[int] | None = None  # while the end is being counted
        self.is_judged = False  # whether the analyst has proposed what is dead
        self.overlay = ""  # hint, heat, area or nothing
        self.thoughts: Thoughts | None = None
        self.message = HELP
        self.mind = self._new_mind()
        self.waiting: Timer | None = None
        self.words: dict[str, Callable[[str], None]] = {
            "pass": lambda rest: self._play(self.game.rules.pass_move),
            "undo": self._undo,
            "resign": self._resign,
            "new": self._new,
            "hint": lambda rest: self._overlay("hint"),
            "heat": lambda rest: self._overlay("heat"),
            "area": lambda rest: self._overlay("area"),
            "back": lambda rest: self._show(self.game.ply - 1),
            "next": lambda rest: self._show(self.game.ply + 1),
            "first": lambda rest: self._show(0),
            "variation": self._variation,
            "last": lambda rest: self._show(len(self.game.history) - 1),
            "save": self._save,
            "load": lambda rest: self._load(rest, False),
            "review": lambda rest: self._load(rest, True),
            "help": lambda rest: self._say(HELP),
            "quit": self._quit,
        }

    def compose(self) -> ComposeResult:
        """Board and panel, messages, the line to type in, and the keys."""
        with Horizontal(id="main"):
            yield BoardView(self.picture())
            with Vertical(id="panel"):
                yield Static(id="facts", markup=False)
        yield Static(id="status", markup=False)
        yield Static(id="message", markup=False)
        yield CommandLine(placeholder="D4, pass, undo, help, ...", id="line")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Begin, or ask about the game that was left."""
        self.query_one("#line").focus()
        self.set_interval(0.5, self._tick)
        if self.unfinished is not None:
            left = self.unfinished
            question = f"Go on with the unfinished game, {left.position.num_moves} moves?"
            self.push_screen(Question(question), lambda yes: self._offered(left, bool(yes)))
        else:
            self.go_on()

    def _offered(self, left: ClientGame, yes: bool) -> None:
        if yes:
            self.game = left
        self.go_on()

    def on_unmount(self) -> None:
        """Let the thinking end."""
        self.mind.close()
        self.mind.wait(PATIENCE_SECONDS)

    def on_resize(self, event: Resize) -> None:
        """A narrow terminal has no panel; what it says most shortly is in one line then."""
        is_narrow = event.size.width < max(NARROW, 2 * self.game.rules.width + 40)
        self.query_one("#panel").display = not is_narrow
        self.query_one("#status").display = is_narrow

    # What is on the screen

    def picture(self) -> BoardPicture:
        """The board with whatever lies over it."""
        picture = BoardPicture(self.game.seen, self.cursor, is_plain=self.is_plain)
        if self.dead is not None:
            picture.dead = self.dead
        thoughts = self.thoughts
        if thoughts is not None and thoughts.position is self.game.seen:
            if self.overlay == "hint":
                picture.candidates = tuple(one.move for one in thoughts.candidates)
            elif self.overlay == "heat":
                picture.heat = thoughts.policy
            if self.overlay == "area" or self.dead is not None:
                picture.ownership = thoughts.ownership
        return picture

    def draw(self) -> None:
        """Bring the screen up to date."""
        self.query_one(BoardView).show(self.picture())
        lines = status_lines(self.game)
        thoughts = self.thoughts
        if self.overlay and thoughts is not None and thoughts.position is self.game.seen:
            lines += ["", *thought_lines(thoughts)]
        lines += ["", *graph_lines(self.game.worth, len(self.game.history) - 1, 30)]
        self.query_one("#facts", Static).update("\n".join(lines))
        self.query_one("#status", Static).update(one_line_status(self.game))
        self.query_one("#message", Static).update(self.message)

    def _say(self, message: str) -> None:
        self.message = message
        self.draw()

    def _tick(self) -> None:
        game = self.game
        if not game.clocks or game.is_ended or self.reviews or self.dead is not None:
            return
        colour = game.position.to_play
        seconds = game.seconds_left(colour)
        if seconds is not None and seconds <= 0:
            game.lose_on_time(colour)
            self.go_on()
        else:
            self.draw()

    # The game

    def go_on(self) -> None:
        """Whatever comes next: a move, a count, or the end."""
        game = self.game
        self._keep()
        if game.is_ended:
            self.message = " ".join(game.summary()) if game.reason else game.result_in_words()
            self._think_about_seen()
        elif self.reviews:
            self.message = LOOKING
            self._think_about_seen()
        elif game.position.is_over:
            self.message = "Both passed. Judging which stones are dead..."
            self.dead, self.is_judged = set(), False
            self._think_about_seen()
        elif game.is_yours():
            self.message = "Your move."
            self._think_about_seen()
        else:
            name = game.setup.seat(game.position.to_play)
            self.message = f"{name} thinks..."
            self._ask_for_move(name)
        self.draw()

    def _ask_for_move(self, name: str) -> None:
        position = self.game.position
        clock = self.game.clocks.get(position.to_play)
        task = Task(position, name, clock.seconds_for(position) if clock else None)
        if self.pause and not self.game.mine:
            self.waiting = self.set_timer(self.pause, lambda: self.mind.think(task))
        else:
            self.mind.think(task)

    def _think_about_seen(self) -> None:
        self.mind.think(Task(self.game.seen, goes_deep=bool(self.overlay)))

    def _new_mind(self) -> Mind:
        return Mind(self.hear, self.analyst, self.game.setup.seed)

    def hear(self, report: Report) -> None:
        """Called by the thinking thread."""
        if self.is_running:
            self.call_from_thread(self._heed, report)

    def _heed(self, report: Report) -> None:
        game = self.game
        if isinstance(report, Thoughts):
            for ply, position in enumerate(game.history):
                if position is report.position:
                    game.worth[ply] = Worth(report.win_rate, report.score)
                    break
            if report.position is game.seen:
                self.thoughts = report
                self._propose_dead(report)
            self.draw()
        elif report.position is not game.position or game.is_ended:
            return
        elif isinstance(report, Failed):
            if report.is_player:
                game.lose_by_failure(game.position.to_play, report.what)
                self.go_on()
            else:
                self.is_judged = True  # by nobody: what is dead is for people to say then
                self._say(f"No analysis: {report.what}")
        elif isinstance(report, Decided):
            self._decided(report.move)

    def _decided(self, move: int) -> None:
        from agents.player import RESIGN

        game = self.game
        if move == RESIGN:
            game.resign(game.position.to_play)
        elif why := game.position.why_illegal(move):
            game.lose_by_failure(game.position.to_play, f"illegal move {move}, {why}")
        else:
            game.play(move)
        self.go_on()

    def _propose_dead(self, thoughts: Thoughts) -> None:
        from agents.ending import dead_by_ownership

        if self.dead is None or self.is_judged:
            return
        self.is_judged = True
        self.dead = set(dead_by_ownership(self.game.position, thoughts.ownership))
        self.message = (
            "Dead stones are shown as x and o: click on a chain to change its fate; "
            "enter counts, undo plays on."
        )
        if not self.game.has_people:
            self._count()

    def _count(self) -> None:
        assert self.dead is not None
        self.game.count(self.dead)
        self.dead = None
        self.go_on()

    def _play(self, move: int) -> None:
        game = self.game
        if game.shown >= 0:
            self._say("You are looking back: type last to go on.")
        elif game.is_ended or self.reviews:
            self._say("The game is over: new begins another.")
        elif self.dead is not None:
            self._toggle(move)
        elif not game.is_yours():
            self._say("It is not your turn.")
        else:
            try:
                game.play(move)
            except ValueError as error:
                self._say(f"{error}.")
                return
            self.go_on()

    def _toggle(self, point: int) -> None:
        """Change the fate of a chain while the end is counted."""
        assert self.dead is not None
        chain = set(self.game.position.chain(point)) if point < self.game.rules.num_points else ()
        self.dead = self.dead - set(chain) if set(chain) & self.dead else self.dead | set(chain)
        self.draw()

    # What is typed, pressed and clicked

    def on_board_view_pointed(self, event: BoardView.Pointed) -> None:
        """A click plays, or changes what is dead."""
        self.cursor = event.move
        self._play(event.move)
        self.draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A word, a vertex, or nothing: then the cursor's point."""
        text = event.value.strip()
        event.input.value = ""
        if text:
            self.obey(text)
        elif self.dead is not None:
            if self.is_judged:
                self._count()
        elif self.cursor is not None:
            self._play(self.cursor)

    def obey(self, text: str) -> None:
        """Do what was typed."""
        word, _, rest = text.partition(" ")
        if command := self.words.get(word.lower()):
            command(rest.strip())
            return
        try:
            move = move_of(text, self.game.rules)
        except ValueError as error:
            self._say(f"{error}. {HELP}")
            return
        self._play(move)

    def action_word(self, word: str) -> None:
        """A key that stands for a word."""
        self.obey(word)

    def action_point(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        rules = self.game.rules
        if self.cursor is None:
            self.cursor = rules.num_points // 2
        else:
            row, column = divmod(self.cursor, rules.width)
            row = min(rules.height - 1, max(0, row + rows))
            column = min(rules.width - 1, max(0, column + columns))
            self.cursor = row * rules.width + column
        self.draw()

    def _overlay(self, kind: str) -> None:
        self.overlay = "" if self.overlay == kind else kind
        if self.overlay:
            self._think_about_seen()
        self.draw()

    def _show(self, ply: int) -> None:
        last = len(self.game.history) - 1
        ply = min(last, max(0, ply))
        self.game.shown = -1 if ply == last else ply
        if self.game.is_ended or self.reviews or self.overlay:
            self._think_about_seen()
        number, count = self.game.variations
        if self.reviews:
            which = f"Variation {number} of {count}: type variation for the next. "
            self.message = (which if count > 1 else "") + (self.game.comment or LOOKING)
        self.draw()

    def _variation(self, rest: str) -> None:
        if self.game.next_variation():
            self._show(self.game.ply)
        else:
            self._say("The move on the screen has no other variation.")

    def _undo(self, rest: str) -> None:
        self.dead = None
        if self.game.undo():
            self.go_on()
        else:
            self._say("Nothing to take back.")

    def _resign(self, rest: str) -> None:
        if self.game.is_ended or self.reviews:
            self._say("The game is over: new begins another.")
            return
        loser = self.game.mine or self.game.position.to_play

        def answered(yes: bool | None) -> None:
            if yes and not self.game.is_ended:
                self.dead = None
                self.game.resign(loser)
                self.go_on()

        self.push_screen(Question("Resign this game?"), answered)

    def _new(self, rest: str) -> None:
        def answered(setup: GameSetup | None) -> None:
            if setup is not None:
                self._take(ClientGame.begin(setup), False)

        self.push_screen(NewGame(self.game.setup, self.opponent), answered)

    def _take(self, game: ClientGame, reviews: bool) -> None:
        """Put another game on the screen."""
        self.game, self.reviews = game, reviews
        self.dead, self.thoughts, self.cursor = None, None, None
        self.mind.close()
        self.mind = self._new_mind()
        self.go_on()

    def _save(self, rest: str) -> None:
        if not rest:
            self._say("Type save and the name of a file.")
            return
        try:
            self.game.save(Path(rest).expanduser())
        except ValueError as error:
            self._say(str(error))
            return
        self._say(f"Saved to {rest}.")

    def _load(self, rest: str, reviews: bool) -> None:
        if not rest:
            self._say("Type load or review, and the name of a file.")
            return
        try:
            path = Path(rest).expanduser()
            game = ClientGame.review(path) if reviews else ClientGame.load(path, self.game.setup)
        except ValueError as error:
            self._say(str(error))
            return
        if not reviews:
            game.result = ""
        self._take(game, reviews)
        if reviews:
            self._show(0)

    def _keep(self) -> None:
        """Keep an unfinished game for the next start, and forget a finished one."""
        game = self.game
        if self.keep is None or self.reviews:
            return
        if not game.mine or game.is_ended:
            self.keep.unlink(missing_ok=True)
        elif game.position.num_moves:
            try:
                game.save(self.keep)
            except ValueError as error:
                self.message = str(error)

    def _quit(self, rest: str) -> None:
        game = self.game
        if game.is_ended or not game.position.num_moves or self.reviews or not game.mine:
            self.exit()
            return
        question = "Leave? The game is kept for the next start."
        self.push_screen(Question(question), lambda yes: self.exit() if yes else None)
