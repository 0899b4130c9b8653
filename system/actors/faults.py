"""What actors' failures lead to: a pause before the next start, a node avoided, the end.

An actor fails if its process dies, falls silent, raises anything but a user's error, or sends what
can't be right. Failures are counted until a result comes: for each worker, for each node, and for
all. Of actors of one node that live at the same time, only the first failure counts
for the node: a kill of all of them is one failure.
"""

from collections import Counter
from collections.abc import Collection

MOST_DEATHS = 5  # at one task; for each worker without a result between; of a learner at one net
NODE_FAULTS = 3  # of a node, one after the other, until it is avoided
QUARANTINE_SECONDS = 600.0
FIRST_PAUSE_SECONDS = 0.5  # before a worker's third start in a row; then twice as long each time
LONGEST_PAUSE_SECONDS = 60.0


class Faults:
    """Counts failures, and knows the nodes to avoid."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self.by_worker: Counter[int] = Counter()
        self.by_node: Counter[str] = Counter()
        self.counted_to: dict[str, int] = {}  # by node: actors started before its last failure
        self.unfit: dict[str, str] = {}  # nodes that can't run us, and why
        self.quarantined: dict[str, float] = {}  # nodes, and until when

    def note_result(self, number: int, node: str) -> None:
        """A worker has done its task."""
        self.in_a_row = 0
        del self.by_worker[number], self.by_node[node]

    def note_fault(self, number: int, node: str, index: int, num_started: int) -> None:
        """A worker has failed.

        Args:
            index: how many were started before it.
            num_started: how many have been started until now.
        """
        self.in_a_row += 1
        self.by_worker[number] += 1
        if index >= self.counted_to.get(node, 0):
            self.by_node[node] += 1
            self.counted_to[node] = num_started

    def are_too_many(self, size: int) -> bool:
        """Whether so many workers do nothing but fail."""
        return self.in_a_row > MOST_DEATHS * max(1, size)

    def pause(self, number: int) -> float:
        """Seconds before a worker is started again."""
        failed = self.by_worker[number]
        if failed < 2:
            return 0.0
        return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(failed - 2, 10))

    def quarantine(self, node: str, nodes: Collection[str], now: float) -> bool:
        """Avoid a node from now on if it fails again and again, and there are others."""
        if self.by_node[node] < NODE_FAULTS or not set(nodes) - self.avoided - {node}:
            return False
        self.quarantined[node] = now + QUARANTINE_SECONDS
        del self.by_node[node]
        return True

    def release(self, now: float) -> bool:
        """Avoid no longer the nodes whose time is over; whether there were any."""
        over = [node for node, until in self.quarantined.items() if until <= now]
        for node in over:
            del self.quarantined[node]
        return bool(over)

    @property
    def avoided(self) -> set[str]:
        """Nodes on which no actor is to be started."""
        return {*self.unfit, *self.quarantined}
