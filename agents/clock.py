"""Clocks: the time that a player has, and how much of it the next move may take."""

import copy
import math
from dataclasses import dataclass, field

from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE
from insei.system.errors import UserError

LAG = 0.15  # seconds of every move reserved for transmission
MIN_MOVES_LEFT = 10  # the main time is always shared among at least so many moves
OWN_MOVES_PER_POINT = 0.35  # expected moves of one player in a game
MIN_SECONDS = 0.01  # for a move, even if the clock has run out


@dataclass(frozen=True)
class TimeControl:
    """The time that a player has.

    A main time is followed by byo-yomi periods, or grows by an increment after each move.

    Raises:
        UserError: a number is negative or not finite.
    """

    main: float = 0.0  # seconds
    period: float = 0.0  # seconds; 0 for no byo-yomi
    moves: int = 1  # within a period: 1 for Japanese byo-yomi, more for Canadian
    increment: float = 0.0  # seconds added after each move (Fischer)
    max_main: float = math.inf  # seconds: increments never raise the main time above it
    max_move: float = math.inf  # seconds for one move
    periods: float = math.inf  # of Japanese byo-yomi, until the time is out

    def __post_init__(self) -> None:
        for name in ("main", "period", "increment"):
            value = getattr(self, name)
            if not 0 <= value < 1e9:
                raise UserError(f"{name} {value!r}: wanted 0 to 1e9 seconds")
        for name in ("max_main", "max_move", "periods"):
            value = getattr(self, name)
            if not value >= 0:
                raise UserError(f"{name} {value!r}: wanted 0 or more")
        if not 0 <= self.moves < 10**6:
            raise UserError(f"moves {self.moves!r}: wanted 0 to 1,000,000")


@dataclass
class Clock:
    """One player's clock."""

    control: TimeControl
    main_left: float = field(init=False)
    in_period: bool = field(init=False)
    period_left: float = field(init=False)
    moves_left: int = field(init=False)
    periods_left: float = field(init=False)

    def __post_init__(self) -> None:
        self.main_left = self.control.main
        self.periods_left = self.control.periods
        self.in_period = self.control.main <= 0 < self.control.period
        self.period_left = self.control.period
        self.moves_left = max(1, self.control.moves)

    def set(self, seconds: float, moves: int) -> None:
        """Set the clock to what a controller says is left.

        Args:
            seconds: of the main time, or of the period.
            moves: 0 in the main time, else the moves left in the period. In Japanese byo-yomi
                servers send the number of periods instead; a period is always one move there.
        """
        if moves > 0:
            self.in_period, self.period_left = True, seconds
            if self.control.moves == 1:
                self.moves_left, self.periods_left = 1, moves
            else:
                self.moves_left = moves
        else:
            self.in_period, self.main_left = False, seconds

    def spend(self, seconds: float) -> None:
        """Count the time of a move. A move may begin in the main time and end in a period."""
        self.run(seconds)
        if not self.in_period:
            left = self.main_left + self.control.increment
            self.main_left = min(left, self.control.max_main)
            return
        self.moves_left -= 1
        if self.moves_left <= 0 or self.control.moves == 1:
            self.period_left = self.control.period
            self.moves_left = max(1, self.control.moves)

    def run(self, seconds: float) -> None:
        """Let the clock run, while its player thinks."""
        if not self.in_period:
            self.main_left -= seconds
            if self.main_left > 0 or not self.control.period:
                return
            self.in_period = True
            seconds = -self.main_left
            self.main_left = 0.0
        self.period_left -= seconds
        if self.control.moves == 1 and self.period_left <= 0:
            used = 1 + int(-self.period_left // self.control.period)
            self.periods_left = max(0.0, self.periods_left - used)
            self.period_left += used * self.control.period

    def after(self, seconds: float) -> "Clock":
        """The clock as it will be if its player thinks for so long."""
        later = copy.copy(self)
        later.run(seconds)
        return later

    @property
    def seconds_left(self) -> float:
        """Of the main time, or of the period."""
        return self.period_left if self.in_period else self.main_left

    @property
    def is_out(self) -> bool:
        """Whether the time is up."""
        if self.in_period and self.control.moves == 1:
            return self.periods_left <= 0
        return self.seconds_left <= 0

    def seconds_for(self, position: Position) -> float:
        """The seconds that the next move may take."""
        share = min(self._share_for(position), self.control.max_move)
        return max(MIN_SECONDS, share - LAG)

    def _share_for(self, position: Position) -> float:
        """The next move's share of the time that is left, in seconds."""
        if self.in_period:
            return self.period_left / self.moves_left
        played = position.num_moves // 2
        expected = int(OWN_MOVES_PER_POINT * position.rules.num_points) - played
        share = self.main_left / max(MIN_MOVES_LEFT, expected) + 0.9 * self.control.increment
        left = self.main_left
        if self.control.period:  # byo-yomi follows, so the main time may be used up
            per_move = self.control.period / max(1, self.control.moves)
            share, left = max(share, per_move), left + per_move
        return min(share, left)


class Clocks:
    """Both players' clocks. Without a time control there is no limit."""

    def __init__(self, control: TimeControl | None = None) -> None:
        self.by_colour = {colour: Clock(control) for colour in (BLACK, WHITE)} if control else {}

    def seconds_for(self, position: Position) -> float | None:
        """The seconds that the player to move may take; None for no limit."""
        clock = self.by_colour.get(position.to_play)
        return clock.seconds_for(position) if clock else None
