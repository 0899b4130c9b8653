"""How many actors a pool starts and gives up, from what it wants and the room that there is."""

import math

from insei.system.actors.backend import Room
from insei.system.worker_range import WorkerRange

MOST_WAITING = 16  # actors that are asked for where there is no room, so that a cluster can grow
TOLD_SECONDS = 30.0  # between two lines on workers without a place


def to_start(wanted: WorkerRange, size: int, num_unplaced: int, room: Room) -> int:
    """How many actors to start now.

    Args:
        size: actors that are kept alive, those without a place included.
        num_unplaced: actors that have not started yet.
    """
    lacking = max(0, wanted.least - size)
    asked_for = min(lacking, max(0, max(MOST_WAITING, room.free) - num_unplaced))
    if asked_for < lacking:
        return asked_for
    beyond = min(wanted.most - size - lacking, room.free - num_unplaced - lacking)
    return lacking + max(0, beyond)


def to_give_up(wanted: WorkerRange, size: int, num_late: int) -> int:
    """How many of the actors that have found no place for long are not needed."""
    return max(0, min(num_late, size - wanted.least))


def within(wanted: WorkerRange, most: float = math.inf) -> WorkerRange:
    """The range with another upper bound, as memory has shown it; one worker stays."""
    if wanted.most <= most:
        return wanted
    bound = max(1, int(most))
    return WorkerRange(min(wanted.least, bound), bound)


class PlaceReport:
    """Says in a line how many workers wait for a place, and when they no longer do."""

    def __init__(self) -> None:
        self.told: tuple[int, int] | None = None  # workers that work, and that wait
        self.next_told = 0.0

    def line(
        self, num_started: int, wanted: WorkerRange, is_late: bool, room: Room, now: float
    ) -> str:
        """What there is to say now; mostly nothing.

        Args:
            is_late: whether some have waited for a while.
        """
        waits = wanted.least - num_started if is_late else 0
        if waits > 0 and self.told != (num_started, waits) and now >= self.next_told:
            self.told, self.next_told = (num_started, waits), now + TOLD_SECONDS
            return (
                f"{num_started} of {wanted.least} workers work; {waits} wait for a "
                f"{room.scarce}: {room.free} of {room.total} are free"
            )
        if self.told and num_started >= wanted.least:
            self.told = None
            return f"all {num_started} workers work"
        return ""
