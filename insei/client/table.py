"""The table: a game, the mind beside it, and what is to be done next; the screen shows it."""

from collections.abc import Callable
from pathlib import Path

from insei.agents.player import RESIGN
from insei.agents.search.dead_stones import dead_by_ownership
from insei.client.counting import Count
from insei.client.files import keep_unfinished
from insei.client.game import ClientGame, Worth
from insei.client.mind import Mind
from insei.client.thinking import Decided, Failed, Report, Task, Thoughts
from insei.client.words import standing
from insei.system.files import typed_path

OVER = "The game is over: new begins another."
LOOKING_BACK = "You are looking back: type last to go on."

Later = Callable[[float, Callable[[], None]], object]


class Table:
    """Leads a game from move to move, whoever sits there, or steps through one.

    Args:
        game: to be played or looked at.
        analyst: the searching player that judges positions.
        hear: called from another thread with each report, and the mind it comes from; to be
            handed to `heed` on the screen's own.
        keep: where the unfinished game is kept; None for nowhere.
        reviews: whether the game is only looked at.
        pause: seconds before a move of two players that are watched.
        later: calls back after so many seconds.
    """

    def __init__(
        self,
        game: ClientGame,
        analyst: str,
        hear: Callable[[Mind, Report], None],
        keep: Path | None,
        reviews: bool,
        pause: float,
        later: Later,
    ) -> None:
        self.game = game
        self.analyst = analyst
        self.hear = hear
        self.keep = keep
        self.reviews = reviews
        self.pause = pause
        self.later = later
        self.count: Count | None = None  # while the end is being counted
        self.overlay = ""  # hint, heat, area or nothing
        self.thoughts: Thoughts | None = None
        self.said = ""  # an answer to what was asked, until something happens
        self.mind = self._new_mind()

    def _new_mind(self) -> Mind:
        def tell(report: Report) -> None:
            self.hear(mind, report)

        mind = Mind(tell, self.analyst, self.game.setup.seed)
        return mind

    def text(self) -> str:
        """What the client says."""
        return self.said or standing(self.game, self.count, self.reviews)

    @property
    def thoughts_seen(self) -> Thoughts | None:
        """The analyst's view of the position on the screen, if it has one yet."""
        thoughts = self.thoughts
        return thoughts if thoughts is not None and thoughts.position is self.game.seen else None

    @property
    def is_under_way(self) -> bool:
        """Whether somebody at the screen would lose a game by leaving."""
        game = self.game
        is_played = bool(game.position.num_moves) and game.has_people
        return is_played and not game.is_ended and not self.reviews

    def sit(self, game: ClientGame, reviews: bool) -> None:
        """Begin with another game."""
        self.game, self.reviews = game, reviews
        self.count = self.thoughts = None
        self.mind.close()
        self.mind = self._new_mind()
        if reviews:
            game.step_to(0)
        self.go_on()

    def close(self) -> None:
        """Let the thinking end."""
        self.mind.close()

    # What comes next

    def go_on(self) -> None:
        """Whatever comes next: a move, a count, or the end."""
        game = self.game
        self.said = ""
        self._keep()
        is_settled = game.is_ended or self.reviews
        if not is_settled and game.position.is_over:
            self.count = Count(game.position)
        if is_settled or game.position.is_over or game.is_yours():
            self._think_about_seen()
        else:
            self._ask_for_move(game.setup.seat(game.position.to_play))

    def _keep(self) -> None:
        """Keep an unfinished game for the next start, and forget a finished one."""
        if self.keep is None or self.reviews:
            return
        try:
            keep_unfinished(self.game, self.keep)
        except ValueError as error:
            self.said = str(error)

    def _ask_for_move(self, name: str) -> None:
        position = self.game.position
        clock = self.game.clocks.get(position.to_play)
        task = Task(position, name, clock.seconds_for(position) if clock else None)
        if self.pause and not self.game.has_people:
            mind = self.mind
            self.later(self.pause, lambda: mind.think(task))
        else:
            self.mind.think(task)

    def _think_about_seen(self) -> None:
        self.mind.think(Task(self.game.seen, goes_deep=bool(self.overlay)))

    def tick(self) -> bool:
        """Look at the clocks; whether there are any that run."""
        game = self.game
        if not game.clocks or game.is_ended or self.reviews or self.count is not None:
            return False
        colour = game.position.to_play
        if (game.seconds_left(colour) or 0) <= 0:
            game.lose_on_time(colour)
            self.go_on()
        return True

    # What the mind reports

    def heed(self, mind: Mind, report: Report) -> None:
        """Take in what was thought, unless it is of a game gone by."""
        game = self.game
        if mind is not self.mind:
            return
        if isinstance(report, Thoughts):
            self._learn(report)
        elif isinstance(report, Failed) and not report.is_player:
            if self.count is not None:
                self.count.is_judged = True  # by nobody: what is dead is for people to say then
            self.said = f"No analysis: {report.what}"
        elif report.position is not game.position or game.is_ended:
            return
        elif isinstance(report, Failed):
            game.lose_by_failure(game.position.to_play, report.what)
            self.go_on()
        else:
            self._decided(report)

    def _decided(self, report: Decided) -> None:
        game = self.game
        if report.move == RESIGN:
            game.resign(game.position.to_play)
        elif why := game.position.why_illegal(report.move):
            game.lose_by_failure(game.position.to_play, f"illegal move {report.move}, {why}")
        else:
            game.play(report.move)
        self.go_on()

    def _learn(self, thoughts: Thoughts) -> None:
        game = self.game
        for ply, position in enumerate(game.history):
            if position is thoughts.position:
                game.worth[ply] = Worth(thoughts.win_rate, thoughts.score)
                break
        if thoughts.position is game.seen:
            self.thoughts = thoughts
            if self.count is not None and not self.count.is_judged:
                self.count.propose(dead_by_ownership(game.position, thoughts.ownership))
                if not game.has_people:
                    self.accept_count()
        if (self.reviews or game.is_ended) and not self.overlay:
            unknown = (ply for ply in range(len(game.history)) if ply not in game.worth)
            if (first := next(unknown, None)) is not None:  # the graph fills by and by
                self.mind.think(Task(game.history[first]))

    # What is done at the screen

    def play(self, move: int) -> None:
        """Play a move; while the end is counted, change the fate of the chain there instead."""
        game = self.game
        self.said = ""
        if game.is_ended or self.reviews:
            self.said = OVER
        elif game.shown >= 0:
            self.said = LOOKING_BACK
        elif self.count is not None:
            self.count.toggle(move)
        elif not game.is_yours():
            self.said = "It is not your turn."
        else:
            try:
                game.play(move)
            except ValueError as error:
                self.said = f"{error}."
                return
            self.go_on()

    def accept_count(self) -> None:
        """End the game as it is counted now; nothing while that is still being judged."""
        if self.count is not None and self.count.is_judged:
            self.game.take_count(self.count)
            self.count = None
            self.go_on()

    def undo(self) -> None:
        """Take back the last move made at the screen, and what followed."""
        if self.reviews:
            self.said = OVER
        elif self.game.undo():
            self.count = None
            self.go_on()
        else:
            self.said = "Nothing to take back."

    def why_not_resign(self) -> str:
        """Why nobody can resign now; empty if somebody can."""
        if self.game.is_ended or self.reviews:
            return OVER
        return "" if self.game.has_people else "You are only watching."

    def resign(self) -> None:
        """Give up for whoever sits at the screen."""
        if not self.game.is_ended:
            self.count = None
            self.game.resign(self.game.mine or self.game.position.to_play)
            self.go_on()

    def lay(self, overlay: str) -> None:
        """Lay hints, heat or area over the board, or take them off again."""
        self.overlay = "" if self.overlay == overlay else overlay
        self.said = ""
        if self.overlay and (self.game.is_yours() or self.game.is_ended or self.reviews):
            self._think_about_seen()

    def show(self, ply: int) -> None:
        """Look at the position after so many moves."""
        self.game.step_to(ply)
        self.said = ""
        if self.game.is_ended or self.reviews or self.overlay:
            self._think_about_seen()

    def show_next_variation(self) -> None:
        """Go over to the next variation of the move on the screen."""
        if self.game.next_variation():
            self.show(self.game.ply)
        else:
            self.said = "The move on the screen has no other variation."

    # Files

    def save(self, name: str) -> None:
        """Write the game as SGF."""
        if not name:
            self.said = "Type save and the name of a file."
            return
        try:
            self.game.save(typed_path(name))
        except ValueError as error:
            self.said = str(error)
        else:
            self.said = f"Saved to {name}."

    def load(self, name: str) -> None:
        """Go on from the end of an SGF game, with the same seats."""
        self._open(name, lambda path: ClientGame.load(path, self.game.setup), False)

    def review(self, name: str) -> None:
        """Step through an SGF game."""
        self._open(name, ClientGame.review, True)

    def _open(self, name: str, read: Callable[[Path], ClientGame], reviews: bool) -> None:
        if not name:
            self.said = "Type load or review, and the name of a file."
            return
        try:
            game = read(typed_path(name))
        except ValueError as error:
            self.said = str(error)
            return
        if not reviews:
            game.result = ""
        self.sit(game, reviews)
