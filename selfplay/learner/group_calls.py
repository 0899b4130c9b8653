"""Calls of several learners that share each batch, and count as one.

All get the same rows and the same calls, and so hold the same weights. The first one is asked for
nets and pictures. If one is lost, so are all: whoever called replaces the group.
"""

import time
from collections.abc import Callable
from typing import Any

from insei.selfplay.learner.calls import Answer, RemoteCalls
from insei.selfplay.learner.peers import Door, PeerLost
from insei.selfplay.learner.windowed_learner import WindowedLearner
from insei.system.actors.backend import ActorLost, Backend
from insei.system.actors.patience import PATIENCE_SECONDS, STUCK_FLOOR

OF_THE_FIRST = ("snapshot", "pictures")  # methods that change nothing that is learned
OF_THE_GROUP = ("open_door", "join")  # methods that are called here
NAMED_SECONDS = 5.0  # for the end of a learner to be known, once others miss it


class GroupCalls:
    """Calls of several learners, each in an actor.

    Args:
        backend: where the actors live.
        make: the index of a learner to the learner; called in the actor's process.
        count: of learners.
        patience_seconds: without a sign of life until a learner counts as lost. One waits for
            another 10 times as long, as for a call.
        clock: gives seconds.
        notice, sharing: as of `RemoteCalls`.
    """

    def __init__(
        self,
        backend: Backend,
        make: Callable[[int], WindowedLearner],
        count: int,
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        notice: Callable[[str], None] = lambda line: None,
        sharing: Backend | None = None,
    ) -> None:
        self.backend = backend
        self.clock = clock
        self.peer_seconds = STUCK_FLOOR * patience_seconds
        self.members = [
            RemoteCalls(backend, make, patience_seconds, clock, notice, sharing)
            for _ in range(count)
        ]
        self.members[0].call("open_door")
        self.door: Door | None = None
        self.has_joined = False  # whether all have been told of the door
        self.missed: tuple[float, PeerLost] | None = None  # since when one is missed by others

    def call(self, method: str, *arguments: Any) -> None:
        """Have a method called after those before, of all learners unless the first one answers."""
        if method in OF_THE_FIRST:
            self.members[0].call(method, *arguments)
            return
        shared = [self._shared(argument) for argument in arguments]
        for member in self.members:
            member.call(method, *shared)

    def _shared(self, argument: Any) -> Any:
        """A stand-in for what is large, so that it goes to each node once."""
        is_small = argument is None or isinstance(argument, int | float)
        return argument if is_small else self.backend.share(argument)

    def answers(self, seconds: float = 0.0) -> list[Answer]:
        """The first learner's answers that have come, in order.

        Raises:
            ActorLost: a learner's process is gone, silent, or stuck in a call.
            UserError: its node can't run it, because of what is installed there.
        """
        found: list[Answer] = []
        losses: list[ActorLost] = []
        for member in self.members:
            is_open = member.num_open > 0
            try:
                answers = member.answers(seconds)
            except ActorLost as loss:
                losses.append(loss)
                continue
            if is_open:
                seconds = 0.0
            if member is self.members[0]:
                found = answers
        self._raise(losses, seconds)
        for method, value in found:
            if method == "open_door":
                self.door = value
        self._join()
        return [answer for answer in found if answer.method not in OF_THE_GROUP]

    def _raise(self, losses: list[ActorLost], seconds: float) -> None:
        """Raise a learner's loss; if only others miss one, wait a little until it is known why."""
        for loss in losses:
            if not isinstance(loss, PeerLost):
                raise loss
            self.missed = self.missed or (self.clock(), loss)
        if self.missed is None:
            return
        if not any(member.num_open for member in self.members):
            self.backend.wait([], seconds)
        since, miss = self.missed
        if self.clock() - since > NAMED_SECONDS:
            raise miss

    def _join(self) -> None:
        """Have all learners meet once each has its process."""
        if self.door is None or self.has_joined or not all(one.birth for one in self.members):
            return
        self.has_joined = True
        for rank, member in enumerate(self.members):
            member.call("join", self.door, rank, len(self.members), self.peer_seconds)

    @property
    def num_open(self) -> int:
        """Calls whose answers were not given yet, and one more while the learners don't work."""
        waits = not self.has_joined or self.missed is not None
        return max(int(waits), *(member.num_open for member in self.members))

    def close(self) -> None:
        """End the actors."""
        for member in self.members:
            member.close()
