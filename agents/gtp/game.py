"""The game behind a GTP engine: its positions, its clocks, and the player who moves in it."""

import dataclasses
import time
from collections.abc import Generator, Iterable
from typing import Protocol, runtime_checkable

from insei.agents.clock import Clocks, TimeControl
from insei.agents.player import (
    RESIGN,
    Choice,
    Hurried,
    Player,
    PlayerFailed,
    Thinker,
    last_of,
)
from insei.agents.search.dead_stones import capturing_move, dead_for
from insei.agents.search.search import Search
from insei.agents.search.settings import SearchSettings
from insei.engine.diagram import result_of
from insei.engine.errors import IllegalMove
from insei.engine.handicap import handicap_position
from insei.engine.position import Position
from insei.engine.rules import Rules


class CannotDo(ValueError):
    """What GTP answers after `?`."""


@runtime_checkable
class Searcher(Thinker, Protocol):
    """A thinker that says how it searches."""

    settings: SearchSettings


class GtpGame:
    """One game after another with the same player.

    Args:
        player: who moves when asked.
        rules: where the first game begins.
        seed: of the first game; later ones count up.
    """

    def __init__(self, player: Player, rules: Rules, seed: int) -> None:
        self.player = player
        self.seed = seed
        self.rules = rules
        self.control: TimeControl | None = None  # of each game
        self.clocks = Clocks()
        self.is_seated = False  # whether the player is in this game, as far as is known
        self.history: list[Position] = []
        self.judged: tuple[Position, list[int]] | None = None  # a position, and its dead stones
        self.begin(Position(rules))

    @property
    def position(self) -> Position:
        """Where the game stands."""
        return self.history[-1]

    def begin(self, start: Position) -> None:
        """A new game from this position.

        Raises:
            ValueError: the player doesn't play by these rules.
            PlayerFailed: its program does not begin.
        """
        self._seat(start.rules)
        self.rules = start.rules
        self.clocks = Clocks(self.control)
        self.seed += 1
        self.history = [start]

    def _seat(self, rules: Rules) -> None:
        self.is_seated = False
        self.player.new_game(rules, self.seed)
        self.is_seated = True

    def change_rules(self, rules: Rules) -> None:
        """Go on with the game so far under other rules, of the same size.

        Raises:
            IllegalMove: a move so far is forbidden by them; nothing has changed then.
            PlayerFailed: the player's program does not begin; likewise.
        """
        first = self.history[0]
        replayed = Position(rules, first.initial_board, first.initial_to_play)
        history = [replayed]
        for move, mover in zip(self.position.moves, self.position.movers, strict=True):
            replayed = ready(replayed, mover).play(move)
            history.append(replayed)
        if dataclasses.replace(rules, komi=0) != dataclasses.replace(self.rules, komi=0):
            self._seat(rules)
        self.rules, self.history = rules, history

    def play(self, colour: int, move: int) -> None:
        """Record a move.

        Raises:
            IllegalMove: it is none.
        """
        self.history.append(ready(self.position, colour).play(move))

    def generate(self, colour: int, cleans_up: bool = False) -> int:
        """Let the player move, within the time its clock gives; as `generating`."""
        return last_of(self.generating(colour, cleans_up))

    def generating(self, colour: int, cleans_up: bool = False) -> Generator[Search, None, int]:
        """Let the player move, within the time its clock gives; RESIGN is not recorded.

        Args:
            cleans_up: whether it is to take dead stones off before it passes.

        Yields:
            the search after each of its steps, where the player is one that searches.

        Returns:
            the move.

        Raises:
            IllegalMove: what it chose is none.
            PlayerFailed: it can't go on; it is seated anew before its next move.
        """
        position = ready(self.position, colour)
        if not self.is_seated:
            self._seat(self.rules)
        began = time.perf_counter()
        try:
            move = (yield from self._choosing(position, cleans_up)).move
            if move != RESIGN:
                self.history.append(position.play(move))
        except (IllegalMove, PlayerFailed):
            self.is_seated = False
            raise
        clock = self.clocks.of.get(colour)
        if clock is not None:
            clock.spend(time.perf_counter() - began)
        return move

    def _choosing(self, position: Position, cleans_up: bool) -> Generator[Search, None, Choice]:
        player = self.player
        if isinstance(player, Hurried):
            player.give_time(self.clocks.seconds_for(position))
        if not isinstance(player, Thinker):
            choice = player.choose(position)
            if cleans_up and choice.move == position.rules.pass_move:
                return choice._replace(move=capturing_move(position, dead_for(position, player)))
            return choice
        no_pass_before = 0
        if cleans_up:
            mine = position.to_play
            board = position.board.ravel()
            if any(board[point] != mine for point in dead_for(position, player)):
                no_pass_before = position.num_moves + 1
        return (yield from player.thinking(position, no_pass_before))

    def undo(self) -> None:
        """Take a move back.

        Raises:
            CannotDo: there is none.
        """
        if len(self.history) < 2:
            raise CannotDo("cannot undo")
        self.history.pop()

    def set_handicap(self, points: Iterable[int]) -> None:
        """Begin with Black's stones on these points.

        Raises:
            CannotDo: the board is not empty.
            ValueError: a point is off the board or named twice.
        """
        if self.position.num_moves or self.position.board.any():
            raise CannotDo("board not empty")
        self.begin(handicap_position(self.rules, points))

    def set_clocks(self, control: TimeControl | None) -> None:
        """Give both sides this time; None takes the clocks away."""
        self.control, self.clocks = control, Clocks(control)
        if isinstance(self.player, Hurried):  # it may have to get ready for that
            self.player.give_time(self.clocks.seconds_for(self.position))

    def plans_its_visits(self) -> bool:
        """Whether the player's search shares its visits out beforehand, as Gumbel's does.

        Such a search begins anew at each move, whatever it saw before.
        """
        return isinstance(self.player, Searcher) and self.player.settings.rule == "gumbel"

    def dead(self) -> list[int]:
        """The stones that are dead as the game stands, in the player's judgement.

        Judged once until the game moves: `final_score` and `final_status_list` agree.
        """
        if self.judged is None or self.judged[0] is not self.position:
            self.judged = self.position, dead_for(self.position, self.player)
        return self.judged[1]

    def result(self) -> str:
        """The score by the rules, dead stones taken off, as SGF writes it."""
        if self.rules.captures_to_win:
            return result_of(self.position)
        return result_of(self.position, self.dead())


def ready(position: Position, colour: int) -> Position:
    """The position with `colour` to move, going on after passes as GTP allows."""
    if position.is_over:
        position = position.resumed()
    return position if position.to_play == colour else position.with_to_play(colour)
