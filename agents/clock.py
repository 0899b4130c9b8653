"""Clocks: what a controller allows a player, and how much of it the next move may take."""

import math
from dataclasses import dataclass, field

from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE
from insei.system.errors import UserError

LAG = 0.15  # seconds kept back from every move, for the way there and back
FEWEST_MOVES = 10  # that a main time is always shared among
SHARE_OF_POINTS = 0.35  # moves of one's own that a game has, as a share of the area
SHORTEST = 0.01  # seconds that a move is given however late it is


@dataclass(frozen=True)
class TimeControl:
    """What a player may use: a main time, then so many moves within each period, or increments.

    Raises:
        UserError: a number is negative or not finite.
    """

    main: float = 0.0  # seconds
    period: float = 0.0  # seconds; 0 for none
    moves: int = 1  # within a period: 1 for Japanese byo-yomi, more for Canadian
    increment: float = 0.0  # seconds added after each move (Fischer)
    most_main: float = math.inf  # seconds, beyond which nothing is added
    most_a_move: float = math.inf  # seconds

    def __post_init__(self) -> None:
        for name in ("main", "period", "increment"):
            value = getattr(self, name)
            if not 0 <= value < 1e9:
                raise UserError(f"{name} {value!r}: wanted 0 to 1e9 seconds")
        for name in ("most_main", "most_a_move"):
            value = getattr(self, name)
            if not value >= 0:
                raise UserError(f"{name} {value!r}: wanted 0 seconds or more")
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

    def __post_init__(self) -> None:
        self.main_left = self.control.main
        self.in_period = self.control.main <= 0 < self.control.period
        self.period_left = self.control.period
        self.moves_left = max(1, self.control.moves)

    def set(self, seconds: float, moves: int) -> None:
        """Believe the controller: `moves` 0 in the main time, else moves left in the period.

        In Japanese byo-yomi servers send the periods left there; each is for one move.
        """
        if moves > 0:
            self.in_period, self.period_left = True, seconds
            self.moves_left = 1 if self.control.moves == 1 else moves
        else:
            self.in_period, self.main_left = False, seconds

    def spend(self, seconds: float) -> None:
        """Count a move that took so long; one that outlasts the main time ends within a period."""
        if not self.in_period:
            self.main_left += self.control.increment - seconds
            self.main_left = min(self.main_left, self.control.most_main)
            if self.main_left > 0 or not self.control.period:
                return
            self.in_period = True
            seconds = -self.main_left
        self.period_left -= seconds
        self.moves_left -= 1
        if self.moves_left <= 0 or self.control.moves == 1:
            self.period_left = self.control.period
            self.moves_left = max(1, self.control.moves)

    def seconds_for(self, position: Position) -> float:
        """How long the next move may take."""
        most = min(self._share_for(position), self.control.most_a_move)
        return max(SHORTEST, most - LAG)

    def _share_for(self, position: Position) -> float:
        """The next move's share of what is left, in seconds."""
        if self.in_period:
            return self.period_left / self.moves_left
        played = position.num_moves // 2
        expected = int(SHARE_OF_POINTS * position.rules.num_points) - played
        share = self.main_left / max(FEWEST_MOVES, expected) + 0.9 * self.control.increment
        left = self.main_left
        if self.control.period:  # what comes after the main time is there for every move
            each = self.control.period / max(1, self.control.moves)
            share, left = max(share, each), left + each
        return min(share, left)


class Clocks:
    """Both players' clocks; without a control nobody is hurried."""

    def __init__(self, control: TimeControl | None = None) -> None:
        self.of = {colour: Clock(control) for colour in (BLACK, WHITE)} if control else {}

    def seconds_for(self, position: Position) -> float | None:
        """How long the player to move may take; None without limit."""
        clock = self.of.get(position.to_play)
        return clock.seconds_for(position) if clock else None
