"""What each player's moves cost: time, operations, memory, and the player's own size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from insei.tournament.cost import PlayerCost
from insei.tournament.match import PlayedGame, Side
from insei.tournament.memory_use import MemoryUse


@dataclass(frozen=True)
class Times:
    """How long moves take, in milliseconds."""

    median: float
    p99: float
    spread: float  # p99 / median; 1 for constant time


@dataclass(frozen=True)
class Pace:
    """A player's moves: how many, how long, how costly; and the player's size."""

    player: str
    moves: int
    wall: Times
    cpu: Times | None  # processor time; None if unknown
    operations: float  # a move, in `unit`
    unit: str
    multiply_adds: float  # a move; 0 if the player has no net
    parameters: int  # learned
    lines: int  # of code written by hand; 0 if the source is not available
    memory: MemoryUse | None


def times_of(seconds: Sequence[float]) -> Times:
    """Median and 99th percentile."""
    median, p99 = np.percentile(seconds, [50, 99]) * 1000
    return Times(float(median), float(p99), float(p99 / median) if median else 0.0)


def pace_of(
    player: str, games: Sequence[PlayedGame], cost: PlayerCost, memory: MemoryUse | None
) -> Pace:
    """A player's time and cost a move over all its games."""
    wall: list[float] = []
    cpu: list[float] = []
    operations = 0
    for game in games:
        seats: tuple[tuple[Side, str], ...] = (("black", game.black), ("white", game.white))
        for side, name in seats:
            if name == player:
                wall += game.seconds[side]
                of_game = game.cpu_seconds.get(side, [])
                cpu += [seconds for seconds in of_game if seconds is not None]
                operations += game.operations[side]
    each = operations / len(wall) if wall else 0.0
    return Pace(
        player,
        len(wall),
        times_of(wall) if wall else Times(0, 0, 0),
        times_of(cpu) if cpu else None,
        each,
        cost.unit,
        each * cost.multiply_adds,
        cost.parameters,
        cost.lines,
        memory,
    )
