"""The game behind a GTP engine: its positions, its clocks, and the player who moves in it."""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterable
from typing import Protocol, runtime_checkable

from insei.agents.clock import Clocks, TimeControl
from insei.agents.dead_stones import capturing_move, judged
from insei.agents.gtp.arguments import CommandFailed
from insei.agents.gtp.history import GameHistory, with_mover
from insei.agents.player import (
    RESIGN,
    Choice,
    ClockedPlayer,
    Player,
    PlayerFailed,
    SearchingPlayer,
    TimedPlayer,
    run_to_end,
)
from insei.agents.search.analysis import Avoided
from insei.agents.search.search import Search
from insei.agents.search.settings import SearchSettings
from insei.engine.diagram import result_of
from insei.engine.errors import IllegalMove
from insei.engine.handicap import handicap_position, num_handicap_stones
from insei.engine.position import Position
from insei.engine.rule_names import HandicapBonus, bonus_points
from insei.engine.rules import COLOUR_NAMES, MAX_KOMI, Rules
from insei.engine.vertex import vertex_of


@runtime_checkable
class PlayerWithSettings(SearchingPlayer, Protocol):
    """A searching player whose settings can be read."""

    settings: SearchSettings


class GtpGame:
    """One game after another with the same player.

    Args:
        player: chooses the moves of `genmove`.
        rules: of the first game.
        seed: of the first game; each later game adds 1.
        warn: called with a line for the user, which is no part of an answer.
        is_tolerant: whether `play` takes suicides and repetitions that these rules forbid, because
            the opponent may play by others. Ends when rules are set.
    """

    def __init__(
        self,
        player: Player,
        rules: Rules,
        seed: int,
        warn: Callable[[str], None],
        is_tolerant: bool = False,
    ) -> None:
        self.player = player
        self.seed = seed
        self.rules = rules  # of the game; positions add the handicap bonus to the komi
        self.komi = rules.komi  # as it was set; that of the rules is the nearest we play
        self.handicap_bonus: HandicapBonus = "0"
        self.is_tolerant = is_tolerant
        self.warn = warn
        self.control: TimeControl | None = None  # of each game
        self.clocks = Clocks()
        self.is_player_ready = False  # whether `new_game` succeeded and the player has not failed
        self.has_generated = False  # whether the player moved, or resigned, in the last command
        self.has_warned_of_clocks = False
        self.seconds_used = 0.0  # by the player's moves
        self.history = GameHistory(Position(rules))
        self.dead_stones: tuple[Position, list[int]] | None = None  # of the last position asked for
        self.begin(Position(rules))

    @property
    def position(self) -> Position:
        """The current position."""
        return self.history.position

    def begin(self, start: Position) -> None:
        """Begin a new game from this position.

        Raises:
            ValueError: the player doesn't play by these rules.
            PlayerFailed: its program does not start.
        """
        self._prepare_player(start.rules)
        if start.rules.komi != self.rules.komi:
            self.komi = start.rules.komi
        self.rules = start.rules
        self.clocks = Clocks(self.control)
        self.seed += 1
        self.history = GameHistory(start)
        self._give_handicap_bonus()

    def _prepare_player(self, rules: Rules) -> None:
        self.is_player_ready = False
        self.player.new_game(rules, self.seed)
        self.is_player_ready = True

    def change_rules(self, rules: Rules, handicap_bonus: HandicapBonus) -> None:
        """Continue the game under other rules, of the same size. They are then kept to the letter.

        Raises:
            IllegalMove: the new rules forbid a move so far. Nothing changes.
            PlayerFailed: the player's program does not start. Nothing changes.
        """
        history = self.history.under(rules)
        if dataclasses.replace(rules, komi=0) != dataclasses.replace(self.rules, komi=0):
            self._prepare_player(rules)
        self.rules, self.history, self.handicap_bonus = rules, history, handicap_bonus
        self._give_handicap_bonus()

    def set_komi(self, komi: float) -> None:
        """Continue the game with another komi: the nearest that the engine knows, with a note."""
        nearest = min(float(MAX_KOMI), max(-float(MAX_KOMI), math.floor(2 * komi + 0.5) / 2)) + 0.0
        if nearest != komi:
            self.warn(f"komi {komi:g}: played as {nearest:g}, the nearest that insei knows")
        self.komi = komi + 0.0  # -0 becomes 0
        self.change_rules(dataclasses.replace(self.rules, komi=nearest), self.handicap_bonus)

    def _give_handicap_bonus(self) -> None:
        """Let the komi of positions hold White's points for Black's handicap stones."""
        stones = 0
        if self.handicap_bonus != "0":
            stones = num_handicap_stones(self.history.start, self.history.moves)
        komi = self.rules.komi + bonus_points(self.handicap_bonus, stones)
        if self.history.rules.komi != komi:
            rules = dataclasses.replace(self.rules, komi=min(komi, float(MAX_KOMI)))
            self.history = self.history.under(rules)

    def play(self, colour: int, move: int) -> None:
        """Play a move for a colour, whose turn it need not be.

        Raises:
            IllegalMove: the rules forbid it.
        """
        if reason := self.history.play(colour, move, self.is_tolerant):
            self.warn(
                f"{vertex_of(move, self.rules)} for {COLOUR_NAMES[colour]}: {reason} under these "
                "rules; played because the opponent's may allow it"
            )
        self._give_handicap_bonus()

    def play_all(self, plies: Iterable[tuple[int, int]]) -> None:
        """Play several moves, each with its colour, or none of them.

        Raises:
            IllegalMove: the rules forbid one.
        """
        num_moves = len(self.history.moves)
        try:
            for colour, move in plies:
                self.play(colour, move)
        except IllegalMove:
            while len(self.history.moves) > num_moves:
                self.undo()
            raise

    def generate(self, colour: int, cleans_up: bool = False) -> int:
        """Let the player choose and play a move; see `choose_steps`."""
        return self.play_choice(colour, run_to_end(self.choose_steps(colour, cleans_up)))

    def play_choice(self, colour: int, move: int) -> int:
        """Play a move that the player chose, and return it.

        Raises:
            IllegalMove: it is illegal. The player's next move begins with `new_game`.
        """
        if move != RESIGN:
            try:
                self.history.play(colour, move, is_tolerant=False)
            except IllegalMove:
                self.is_player_ready = False
                raise
            self._give_handicap_bonus()
        self.has_generated = True
        return move

    def choose_steps(
        self, colour: int, cleans_up: bool = False, avoided: Avoided | None = None
    ) -> Generator[Search, None, int]:
        """Let the player choose a move, within the time on its clock.

        Args:
            cleans_up: whether the player must capture dead stones before it passes.
            avoided: moves that its search leaves out; for a player that searches.

        Yields:
            the search after each of its steps, if the player searches.

        Returns:
            the move, or RESIGN.

        Raises:
            PlayerFailed: the player can't go on. The next move begins with `new_game`.
        """
        position = with_mover(self.position, colour)
        if not self.is_player_ready:
            self._prepare_player(self.rules)
        began = time.perf_counter()
        try:
            move = (yield from self._choose_steps(position, cleans_up, avoided)).move
        except (IllegalMove, PlayerFailed):
            self.is_player_ready = False
            raise
        seconds = time.perf_counter() - began
        self.seconds_used += seconds
        clock = self.clocks.by_colour.get(colour)
        if clock is not None:
            clock.spend(seconds)
        return move

    def _choose_steps(
        self, position: Position, cleans_up: bool, avoided: Avoided | None
    ) -> Generator[Search, None, Choice]:
        player = self.player
        if isinstance(player, TimedPlayer):
            player.set_time_limit(self.clocks.seconds_for(position))
        elif isinstance(player, ClockedPlayer):
            player.set_clocks(self.clocks.by_colour)
        if not isinstance(player, SearchingPlayer):
            choice = player.choose(position)
            if cleans_up and choice.move == position.rules.pass_move:
                return choice._replace(move=capturing_move(position, judged(position).dead))
            return choice
        no_pass_before = 0
        if cleans_up:
            mine = position.to_play
            board = position.board.ravel()
            if any(board[point] != mine for point in judged(position).dead):
                no_pass_before = position.num_moves + 1
        return (yield from player.search_steps(position, no_pass_before, avoided))

    def undo(self) -> None:
        """Take a move back.

        Raises:
            CommandFailed: no move was played.
        """
        if not self.history.moves:
            raise CommandFailed("cannot undo")
        self.history.undo()
        self._give_handicap_bonus()

    def set_handicap(self, points: Iterable[int]) -> None:
        """Begin with Black's stones on these points.

        Raises:
            CommandFailed: the board is not empty.
            ValueError: a point is off the board or named twice.
        """
        if self.position.num_moves or self.position.board.any():
            raise CommandFailed("board not empty")
        self.begin(handicap_position(self.rules, points))

    def set_clocks(self, control: TimeControl | None) -> None:
        """Set both clocks; None removes them."""
        self.control, self.clocks = control, Clocks(control)
        if isinstance(self.player, TimedPlayer):  # it may have to prepare, before time runs
            self.player.set_time_limit(self.clocks.seconds_for(self.position))
        if control is not None and self.plans_its_visits() and not self.has_warned_of_clocks:
            self.has_warned_of_clocks = True
            self.warn(
                f"{self.player.name}: a clock cuts Gumbel's plan of visits short, which harms "
                "its moves; wanted rule=puct where there are clocks"
            )

    def plans_its_visits(self) -> bool:
        """Whether the player's search allots its visits beforehand, as Gumbel's does.

        Such a search reuses nothing of its last search.
        """
        return isinstance(self.player, PlayerWithSettings) and self.player.settings.rule == "gumbel"

    def dead(self) -> list[int]:
        """The dead stones of the current position.

        They are found once a position, so that `final_score` and `final_status_list` agree.
        """
        if self.dead_stones is None or self.dead_stones[0] is not self.position:
            self.dead_stones = self.position, judged(self.position).dead
        return self.dead_stones[1]

    def result(self) -> str:
        """The score by the rules, without dead stones, as SGF writes it."""
        if self.rules.captures_to_win:
            return result_of(self.position)
        return result_of(self.position, self.dead())
