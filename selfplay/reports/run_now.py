"""How a run stands at this moment, as the command that trains it tells others.

    now = NowFile(run.path)
    now.show(RunNow(generation=3, games=1200))      # as often as one likes

writes `now.json` in the run's folder, whole, at most once in `SHOW_SECONDS`. `insei status` reads
it. Nothing depends on it: a run without the file, or with a damaged one, is as good as another.
"""

import math
import os
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Interval, Len

from insei.system.ray_dashboard import dashboard_address
from insei.system.records import BadRecord, read_record, write_record

if TYPE_CHECKING:
    from insei.selfplay.telemetry import Status

NOW_FILE = "now.json"
SHOW_SECONDS = 2.0
RATE_SECONDS = 60.0  # over which games a second are counted

Count = Annotated[int, Interval(ge=0, le=2**60)]
Rate = Annotated[float, Ge(0)]
Time = Annotated[float, Interval(ge=0, le=1e12)]  # seconds since 1970
MOST_TEXT = 1000
Text = Annotated[str, Len(0, MOST_TEXT)]
Generation = Annotated[int, Interval(ge=-1, le=10**9)]


@dataclass(frozen=True)
class WorkerNow:
    """A worker that plays."""

    node: Text  # its machine, by name or address
    process: Count
    started: Time
    generation: Generation = -1  # of the net that it plays with; -1: unknown


@dataclass(frozen=True)
class RunNow:
    """A run in training at one moment."""

    generation: Generation  # of the newest net
    games: Count = 0  # in the dataset
    rows: Count = 0
    steps: Count = 0  # of the optimiser
    window: Count = 0  # rows that are learned from
    losses: dict[str, float] = field(default_factory=dict)  # newest ones, by head
    evaluations_per_second: Rate = 0.0  # positions that nets evaluated, all workers together
    lag: Rate = 0.0  # nets that the learner is behind the games
    busy_share: Rate = 0.0  # of the workers' time that they play; 0: unknown
    games_waiting: Count = 0  # that came back and are not committed yet
    workers: tuple[WorkerNow, ...] = ()  # that play
    workers_wanted: Count = 0
    faults: Count = 0  # workers and learners replaced, since the command began
    last_fault: Text = ""  # in one line
    dashboard: Text = ""  # the address of Ray's; empty if it has none
    # `NowFile` sets these.
    games_per_second: Rate = 0.0  # over the last minute
    time: Time = 0.0  # when this was written
    process: Count = 0  # of the command
    host: Text = ""  # where that runs


class FaultCount:
    """Counts the workers and learners that failed since the command began.

    Args:
        notice: told the line of each.
    """

    def __init__(self, notice: Callable[[str], None]) -> None:
        self.notice = notice
        self.count = 0
        self.last = ""

    def note(self, line: str) -> None:
        """Tell that the pool lost or replaced a worker, or the loop its learner."""
        self.count += 1
        self.last = line[:MOST_TEXT]
        self.notice(line)


class NowFile:
    """Writes how a run stands.

    Args:
        run: its folder.
        clock: seconds since 1970.
    """

    def __init__(self, run: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = run / NOW_FILE
        self.clock = clock
        self.shown_at = float("-inf")
        self.counts: deque[tuple[float, int]] = deque()  # times, and the games at each

    @property
    def is_due(self) -> bool:
        """Whether it is time to write again."""
        passed = self.clock() - self.shown_at
        return not 0 <= passed < SHOW_SECONDS  # also if the clock was set back

    def show(self, now: RunNow) -> None:
        """Write how the run stands, unless that was done just now."""
        if not self.is_due:
            return
        moment = self.shown_at = self.clock()
        told = replace(
            now,
            games_per_second=self._games_per_second(moment, now.games),
            time=moment,
            process=os.getpid(),
            host=socket.gethostname(),
        )
        write_record(self.path, told)

    def _games_per_second(self, moment: float, games: int) -> float:
        counts = self.counts
        if counts and moment < counts[-1][0]:  # the clock was set back
            counts.clear()
        counts.append((moment, games))
        while len(counts) > 2 and counts[1][0] <= moment - RATE_SECONDS:
            counts.popleft()
        began, before = counts[0]
        return max(0, games - before) / (moment - began) if moment > began else 0.0


def now_of(
    status: "Status", num_workers: int, workers: tuple[WorkerNow, ...], faults: FaultCount
) -> RunNow:
    """What a loop tells its watcher, as the file holds it.

    Args:
        num_workers: that are wanted.
        workers: that play.
    """
    loss = status.loss
    return RunNow(
        status.generation,
        status.games,
        status.rows,
        status.steps,
        status.window,
        {} if loss is None or not math.isfinite(loss) else {"total": loss},
        status.evaluations_per_second,
        status.lag,
        status.busy_share,
        status.waiting,
        workers,
        num_workers,
        faults.count,
        faults.last,
        dashboard_address(),
    )


def read_now(run: Path) -> RunNow | None:
    """How a run stood when that was last written; None if it never was, or the file is damaged."""
    try:
        return read_record(RunNow, run / NOW_FILE)
    except (BadRecord, FileNotFoundError):
        return None
