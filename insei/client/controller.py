"""The controller: leads a game from move to move. The screen shows what it holds."""

from collections.abc import Callable

from insei.agents.player import RESIGN
from insei.client.game import ClientGame
from insei.client.game_setup import GameSetup
from insei.client.keeping.game_files import GameFiles
from insei.client.marks import Mark
from insei.client.player_process import PlayerProcess
from insei.client.player_tasks import (
    AnalysisTask,
    ChosenMove,
    Failure,
    MoveTask,
    PositionAnalysis,
    Reply,
    ThinkingBegan,
)
from insei.client.score_count import ScoreCount
from insei.client.status_text import status_text
from insei.client.teaching.board_marks import HintChoice, hint_marks, teaching_marks
from insei.client.teaching.climbing import Climbing
from insei.client.teaching.game_analysis import keep_analysis
from insei.client.teaching.study import Study, game_of_study, net_that_answers
from insei.client.teaching.teacher import ANALYSIS_VISITS, analysis_of_line
from insei.client.teaching.tour import Tour
from insei.levels import level_of
from insei.progress import progress_path

WHOLE_ANALYSED = "The whole game is analysed. Digits 1 to 5 lead to the moves that lost most."
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
        keeps: whether games are kept, in the user's data folder.
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
        keeps: bool,
        is_review: bool,
        pause: float,
        call_later: CallLater,
        seats: GameSetup | None = None,
    ) -> None:
        self.game = game
        self.seats = seats or game.setup
        self.analyst = analyst
        self.post_reply = post_reply
        self.files = GameFiles(self, keeps)
        self.is_review = is_review
        self.pause = pause
        self.call_later = call_later
        self.count: ScoreCount | None = None  # while it is open
        self.overlay = ""  # hint, heat, area or empty
        self.analysis: PositionAnalysis | None = None
        self.message = ""  # shown instead of the status until the next event
        self.teaches = True  # whether moves that lose much are told while playing
        self.shows_graph = False  # while playing
        self.study: Study | None = None  # what the user answers, in place of a game
        self.tour = Tour(game)
        self.hint_choice = HintChoice()
        self.climbing = Climbing(progress_path() if keeps else None)
        self.level_text = ""  # what the game means for the user's level
        self.whole_visits = 0  # of the analysis of the whole game that was asked for
        self.process = self._new_process()

    def _new_process(self) -> PlayerProcess:
        def on_reply(reply: Reply) -> None:
            self.post_reply(process, reply)

        process = PlayerProcess(on_reply, self.analyst, self.game.setup.seed)
        return process

    def text(self) -> str:
        """What the client says."""
        if self.message:
            return self.message
        if self.study is not None:
            return self.study.text()
        said = status_text(self.game, self.count, self.is_review, self.teaches)
        return f"{said} {self.level_text}".strip()

    def marks(self) -> dict[int, Mark]:
        """The marks on the board."""
        marks: dict[int, Mark] = {}
        if self.game.is_ended or self.is_review:
            marks = teaching_marks(self.game, self.tour, self.study)
        if self.overlay == "hint" and self.tour.shown_lesson is None:
            node = self.game.line.node
            marks |= hint_marks(node, self.shown_analysis, self.hint_choice)
        return marks

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

    @property
    def is_looked_at(self) -> bool:
        """Whether the user steps through a game: it is over or reviewed, and not a study."""
        return (self.game.is_ended or self.is_review) and self.study is None

    @property
    def has_graph(self) -> bool:
        """Whether the graph of the win rate is seen: after a game, or if the user wants it."""
        return self.shows_graph or self.is_looked_at

    def switch_to(self, game: ClientGame, is_review: bool) -> None:
        """Leave the current game, which is kept, and go on with another."""
        self.files.keep()
        self.game, self.is_review = game, is_review
        self.study, self.whole_visits, self.tour = None, 0, Tour(game)
        if not is_review:  # names in a reviewed file are words to show, never players to start
            self.seats = game.setup
        self.count = self.analysis = None
        self.process.close()
        self.process = self._new_process()
        game.begin_turn()
        if is_review:
            game.show_ply(0)
        self.advance()

    def close(self) -> None:
        """Keep the game, with its analysis, and end the player process."""
        self.files.keep()
        self.process.close()

    # What comes next

    def advance(self) -> None:
        """Go on with what comes next: a move, the count, or the end."""
        game = self.game
        self.message = ""
        self.files.keep()
        if game.is_ended:
            self.overlay = ""  # the analysis of the whole game begins
        self._note_level()
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

    def _note_level(self) -> None:
        """Advise a handicap at the beginning, and count the game at its end."""
        try:
            ended = self.game.is_ended and not self.is_review
            note = self.climbing.note_end if ended else self.climbing.advice
            self.level_text = "" if self.is_review else note(self.game)
        except ValueError as error:
            self.level_text = str(error)

    def _request_move(self, player: str) -> None:
        position = self.game.position
        is_level = self.game.has_people and level_of(player, position.rules.width) is not None
        task = MoveTask(position, player, dict(self.game.clocks), is_level)
        self.game.hold_clock()  # a player's start-up is not its time
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
        clock = game.clock_now(colour)
        if clock is not None and clock.is_out:
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
        elif isinstance(reply, ThinkingBegan):
            if reply.position is game.position:
                game.begin_turn()
        elif self.study is not None:
            self._receive_answer(self.study, reply)
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
            game.play(reply.move, reply.seconds)
        self.advance()

    def _receive_analysis(self, analysis: PositionAnalysis) -> None:
        game = self.game
        for ply, position in enumerate(game.history):
            if position is analysis.position:
                if keep_analysis(game.nodes[ply], analysis):
                    game.estimated.add(game.nodes[ply])
                break
        if analysis.position is game.shown:
            self.analysis = analysis
        if self.is_looked_at and not self.overlay:
            self._analyse_next()

    def _analyse_next(self) -> None:
        """Analyse the position that the graph, the lessons or a whole analysis wants next."""
        analysis = analysis_of_line(self.game)
        ply = analysis.next_ply(self.whole_visits)
        if ply is not None:
            visits = analysis.wanted_visits(ply, self.whole_visits)
            self.process.submit(AnalysisTask(self.game.history[ply], visits=visits))
        elif self.whole_visits:
            self.whole_visits, self.message = 0, WHOLE_ANALYSED

    def analyse_whole(self) -> None:
        """Analyse every position of the line; the result is kept in its nodes."""
        if not (self.game.is_ended or self.is_review):
            self.message = "The whole game is analysed once it is over."
            return
        self.whole_visits, self.overlay = ANALYSIS_VISITS, ""
        self._analyse_next()

    # What the user does

    def play(self, move: int) -> None:
        """Play a move. While the count is open, mark the chain there as dead or alive instead.

        In a game that is over or reviewed, a move adds a variation to the position on the screen.
        """
        game = self.game
        self.message = ""
        if self.study is not None:
            self._play_in(self.study, move)
        elif game.is_ended or self.is_review:
            self._play_variation(move)
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

    def _play_variation(self, move: int) -> None:
        try:
            self.game.play_variation(move)
        except ValueError as error:
            self.message = f"{error}."
            return
        self._analyse_shown()

    def _play_in(self, study: Study, move: int) -> None:
        try:
            study.play(move)
        except ValueError as error:
            self.message = f"{error}."
            return
        if study.is_yours:
            self._analyse_shown()
        else:
            position = self.game.shown
            self.process.submit(MoveTask(position, net_that_answers(position)))

    def _receive_answer(self, study: Study, reply: ChosenMove | Failure) -> None:
        """Take in the net's answer in a study."""
        if reply.position is not self.game.shown or study.is_yours:
            return
        if isinstance(reply, Failure):
            self.message = f"The net can't answer: {reply.reason}"
        elif reply.move == RESIGN:
            self.message = "The net gives up."
        else:
            study.answer(reply.move)

    def accept_count(self) -> None:
        """End the game with the count."""
        if self.count is not None:
            self.game.end_with_count(self.count)
            self.count = None
            self.advance()

    def undo(self) -> None:
        """Take back the user's last move and the replies to it; in a review an added variation."""
        self.message = ""
        if self.study is not None:
            if not self.study.undo():
                self.message = "Nothing to take back."
        elif self.is_review:
            self._remove_variation()
        elif self.game.undo():
            self.count = None
            self.advance()
        else:
            self.message = "Nothing to take back."

    def _remove_variation(self) -> None:
        if self.game.line.remove():
            self.show_ply(self.game.ply)
        else:
            self.message = "Only moves that you added can be taken back."

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

    def show_next_variation(self, by: int = 1) -> None:
        """Show the next variation of the move on the screen, or the one before it."""
        if self.game.next_variation(by):
            self.show_ply(self.game.ply)
        else:
            self.message = "The move on the screen has no other variation."

    def begin_study(self, study: Study) -> None:
        """Let the user answer a study, in place of a game."""
        self.switch_to(game_of_study(study), True)
        self.study = study
        study.again()
