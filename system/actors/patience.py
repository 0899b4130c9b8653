"""How long an actor may be silent, and how long its call may take, from calls that were measured.

A process that is stopped, or whose node is cut off, does not answer `pulse`: it is silent after
`seconds`. A process that answers may be stuck in its call all the same: it is, after `STUCK_FACTOR`
times the median of that method's calls, and never before `STUCK_FLOOR` times `seconds`. Until
`MEASURED_CALLS` of a method have ended, the limit is `LONGEST_SECONDS`: a first call may take
hours.

After each process that was silent `seconds` double, up to `MOST_PATIENCE` times what they were.
"""

import statistics
from collections import deque

PATIENCE_SECONDS = 60.0
STUCK_FACTOR = 20.0
STUCK_FLOOR = 10.0
MOST_PATIENCE = 4.0
MEASURED_CALLS = 5  # of a method, before its median counts
REMEMBERED_CALLS = 101
LONGEST_SECONDS = 4 * 3600.0


class Patience:
    """Measures calls, and says how long to wait.

    Args:
        seconds: without an answer until an actor is silent.
    """

    def __init__(self, seconds: float = PATIENCE_SECONDS) -> None:
        self.seconds = seconds
        self.most = MOST_PATIENCE * seconds
        self.times: dict[str, deque[float]] = {}

    @property
    def pulse_seconds(self) -> float:
        """Time between an actor's last sign of life and the question whether it lives."""
        return self.seconds / 4

    def note(self, method: str, seconds: float) -> None:
        """Remember how long a call of a method took."""
        self.times.setdefault(method, deque(maxlen=REMEMBERED_CALLS)).append(seconds)

    def call_seconds(self, method: str) -> float:
        """How long a call of a method may take."""
        times = self.times.get(method, ())
        floor = STUCK_FLOOR * self.seconds
        if len(times) < MEASURED_CALLS:
            return max(floor, LONGEST_SECONDS)
        return max(floor, STUCK_FACTOR * statistics.median(times))

    def double(self) -> None:
        """Be twice as patient, within bounds, so that slow processes answer in the end."""
        self.seconds = min(2 * self.seconds, self.most)
