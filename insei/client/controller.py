"""The controller: leads a game from move to move. The screen shows what it holds."""

from collections.abc import Callable
from pathlib import Path

from insei.agents.player import RESIGN
from insei.client.game import ClientGame, Estimate
from insei.client.game_setup import GameSetup
from insei.client.player_process import PlayerProcess
from insei.client.player_tasks import (
    AnalysisTask,
    ChosenMove,
    Failure,
    MoveTask,
    PositionAnalysis,
    Reply,
)
from insei.client.score_count import ScoreCount
from insei.client.status_text import status_text
from insei.client.unfinished import keep_unfinished
from insei.system.files import typed_path

GAME_OVER = "The game is over: new begins another."
LOOKING_BACK = "You are looking back: type last to go on."

CallLater = Callable[[float, Callable[[], None]], object]


class GameController:
    """Leads a game between any players, or steps through one.

    Args:
        game: to be played or reviewed.
        analyst: the searching player that analyses positions.
        post_reply: called from another thread with each reply and the process it comes from. It
            must pass both to `receive` on the screen's thread.
        autosave: where the unfinished game is kept; None to keep nothing.
        is_review: whether the game is only looked at.
        pause: seconds before each move of a game without people.
        call_later: calls a function after so many seconds.
        seats: who plays a game that `load` opens; by default the players of `game`. In a review
            they must be given, because that game's names come from its file.
    """

    def __init__(
        self,
        game: ClientGame,
        analyst: str,
        post_reply: Callable[[PlayerProcess, Reply], None],
        autosave: Path | None,
        is_review: bool,
        pause: float,
        call_later: CallLater,
        seats: GameSetup | None = None,
    ) -> None:
        self.game = game
        self.seats = seats or game.setup
        self.analyst = analyst
        self.post_reply = post_reply
        self.autosave = autosave
        self.is_review = is_review
        self.pause = pause
        self.call_later = call_later
        self.count: ScoreCount | None = None  # while it is open
        self.overlay = ""  # hint, heat, area or empty
        self.analysis: PositionAnalysis | None = None
        self.message = ""  # shown instead of the status until the next event
        self.process = self._new_process()

    def _new_process(self) -> PlayerProcess:
        def on_reply(reply: Reply) -> None:
            self.post_reply(process, reply)

        process = PlayerProcess(on_reply, self.analyst, self.game.setup.seed)
        return process

    def text(self) -> str:
        """What the client says."""
        return self.message or status_text(self.game, self.count, self.is_review)

    @property
    def shown_analysis(self) -> PositionAnalysis | None:
        """The analysis of the position on the screen, if there is one yet."""
        analysis = self.analysis
        is_shown = analysis is not None and analysis.position is self.game.shown
        return analysis if is_shown else None

    @property
    def is_under_way(self) -> bool:
        """Whether the user would interrupt a game by leaving."""
        game = self.game
        is_played = bool(game.position.num_moves) and game.has_people
        return is_played and not game.is_ended and not self.is_review

    def switch_to(self, game: ClientGame, is_review: bool) -> None:
        """Leave the current game and go on with another."""
        self.game, self.is_review = game, is_review
        if not is_review:  # names in a reviewed file are words to show, never players to start
            self.seats = game.setup
        self.count = self.analysis = None
        self.process.close()
        self.process = self._new_process()
        if is_review:
            game.show_ply(0)
        self.advance()

    def close(self) -> None:
        """End the player process."""
        self.process.close()

    # What comes next

    def advance(self) -> None:
        """Go on with what comes next: a move, the count, or the end."""
        game = self.game
        self.message = ""
        self._autosave()
        is_settled = game.is_ended or self.is_review
        if not is_settled and game.position.is_over:
            self.count = ScoreCount(game.position)
            if not game.has_people:
                self.accept_count()
                return
        if is_settled or game.position.is_over or game.is_your_turn():
            self._analyse_shown()
        else:
            self._request_move(game.setup.player(game.position.to_play))

    def _autosave(self) -> None:
        if self.autosave is None or self.is_review:
            return
        try:
            keep_unfinished(self.game, self.autosave)
        except ValueError as error:
            self.message = str(error)

    def _request_move(self, player: str) -> None:
        position = self.game.position
        clock = self.game.clocks.get(position.to_play)
        task = MoveTask(position, player, clock.seconds_for(position) if clock else None)
        if self.pause and not self.game.has_people:
            process = self.process
            self.call_later(self.pause, lambda: process.submit(task))
        else:
            self.process.submit(task)

    def _analyse_shown(self) -> None:
        self.process.submit(AnalysisTask(self.game.shown, is_deep=bool(self.overlay)))

    def tick(self) -> bool:
        """End the game if a clock has run out. Returns whether a clock runs."""
        game = self.game
        if not game.clocks or game.is_ended or self.is_review or self.count is not None:
            return False
        colour = game.position.to_play
        if (game.seconds_left(colour) or 0) <= 0:
            game.lose_on_time(colour)
            self.advance()
        return True

    # Replies of the player process

    def receive(self, process: PlayerProcess, reply: Reply) -> None:
        """Take in a reply. Replies on an earlier game or position are ignored."""
        game = self.game
        if process is not self.process:
            return
        if isinstance(reply, PositionAnalysis):
            self._receive_analysis(reply)
        elif isinstance(reply, Failure) and not reply.is_player:
            self.message = f"No analysis: {reply.reason}"
        elif reply.position is not game.position or game.is_ended:
            return
        elif isinstance(reply, Failure):
            game.lose_by_failure(game.position.to_play, reply.reason)
            self.advance()
        else:
            self._receive_move(reply)

    def _receive_move(self, reply: ChosenMove) -> None:
        game = self.game
        if reply.move == RESIGN:
            game.resign(game.position.to_play)
        elif reason := game.position.why_illegal(reply.move):
            game.lose_by_failure(game.position.to_play, f"illegal move {reply.move}, {reason}")
        else:
            game.play(reply.move)
        self.advance()

    def _receive_analysis(self, analysis: PositionAnalysis) -> None:
        game = self.game
        for ply, position in enumerate(game.history):
            if position is analysis.position:
                game.estimates[ply] = Estimate(analysis.black_win_rate, analysis.black_score)
                break
        if analysis.position is game.shown:
            self.analysis = analysis
        if (self.is_review or game.is_ended) and not self.overlay:
            self._analyse_next()

    def _analyse_next(self) -> None:
        """Analyse the first position without an estimate, for the graph."""
        game = self.game
        for ply, position in enumerate(game.history):
            if ply not in game.estimates:
                self.process.submit(AnalysisTask(position))
                return

    # What the user does

    def play(self, move: int) -> None:
        """Play a move. While the count is open, mark the chain there as dead or alive instead."""
        game = self.game
        self.message = ""
        if game.is_ended or self.is_review:
            self.message = GAME_OVER
        elif game.shown_ply >= 0:
            self.message = LOOKING_BACK
        elif self.count is not None:
            self.count.toggle(move)
        elif not game.is_your_turn():
            self.message = "It is not your turn."
        else:
            try:
                game.play(move)
            except ValueError as error:
                self.message = f"{error}."
                return
            self.advance()

    def accept_count(self) -> None:
        """End the game with the count."""
        if self.count is not None:
            self.game.end_with_count(self.count)
            self.count = None
            self.advance()

    def undo(self) -> None:
        """Take back the user's last move and the replies to it."""
        if self.is_review:
            self.message = GAME_OVER
        elif self.game.undo():
            self.count = None
            self.advance()
        else:
            self.message = "Nothing to take back."

    def why_not_resign(self) -> str:
        """Why the user can't resign now; empty if it is possible."""
        if self.game.is_ended or self.is_review:
            return GAME_OVER
        return "" if self.game.has_people else "You are only watching."

    def resign(self) -> None:
        """Resign for the user. A user who plays both colours resigns for the player to move."""
        if not self.game.is_ended:
            self.count = None
            self.game.resign(self.game.own_colour or self.game.position.to_play)
            self.advance()

    def toggle_overlay(self, overlay: str) -> None:
        """Show hint, heat or area on the board, or hide it if it is shown."""
        self.overlay = "" if self.overlay == overlay else overlay
        self.message = ""
        if self.overlay and (self.game.is_your_turn() or self.game.is_ended or self.is_review):
            self._analyse_shown()

    def show_ply(self, ply: int) -> None:
        """Show the position after so many moves."""
        self.game.show_ply(ply)
        self.message = ""
        if self.game.is_ended or self.is_review or self.overlay:
            self._analyse_shown()

    def show_next_variation(self) -> None:
        """Show the next variation of the move on the screen."""
        if self.game.next_variation():
            self.show_ply(self.game.ply)
        else:
            self.message = "The move on the screen has no other variation."

    # Files

    def save(self, name: str) -> None:
        """Write the game as SGF."""
        if not name:
            self.message = "Type save and the name of a file."
            return
        try:
            self.game.save(typed_path(name))
        except ValueError as error:
            self.message = str(error)
        else:
            self.message = f"Saved to {name}."

    def load(self, name: str) -> None:
        """Continue an SGF game from its end, with the players of the last game played here."""
        self._open(name, lambda path: ClientGame.load(path, self.seats), False)

    def review(self, name: str) -> None:
        """Step through an SGF game."""
        self._open(name, ClientGame.review, True)

    def _open(self, name: str, read: Callable[[Path], ClientGame], is_review: bool) -> None:
        if not name:
            self.message = "Type load or review, and the name of a file."
            return
        try:
            game = read(typed_path(name))
        except ValueError as error:
            self.message = str(error)
            return
        if not is_review:
            game.result = ""
        self.switch_to(game, is_review)
