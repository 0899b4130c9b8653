"""Calls of a learner, which lives in this process or in an actor of its own.

Calls are made in order, one at a time. Whoever makes them doesn't wait: answers come later.
"""

import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, Protocol

from insei.selfplay.learner.windowed_learner import WindowedLearner
from insei.system.actors.backend import ActorLost, Backend, Birth, NodeUnfit
from insei.system.actors.patience import PATIENCE_SECONDS, Patience
from insei.system.actors.signs import Signs
from insei.system.errors import UserError

PLACE_SECONDS = 60.0  # for a learner to find a processor of its own

MakeLearner = Callable[[], "LearnerCalls"]


class Answer(NamedTuple):
    """What a call gave back."""

    method: str
    value: Any


class LearnerCalls(Protocol):
    """A learner as the loop sees it."""

    def call(self, method: str, *arguments: Any) -> None:
        """Have a method of `WindowedLearner` called after those before."""

    def answers(self, seconds: float = 0.0) -> list[Answer]:
        """The answers that have come, in order, after waiting up to `seconds` for the first.

        Raises:
            ActorLost: the learner's process or node is gone, silent, or stuck in a call.
            ClusterLost: there is nowhere to learn any more.
            Exception: what a call raised.
        """

    @property
    def num_open(self) -> int:
        """Calls whose answers were not given yet."""

    def close(self) -> None:
        """End the learner."""


class LocalCalls:
    """Calls of a learner in this process, made at once."""

    def __init__(self, held: WindowedLearner) -> None:
        self.held = held
        self.done: list[Answer] = []

    def call(self, method: str, *arguments: Any) -> None:
        """Call a method now."""
        self.done.append(Answer(method, getattr(self.held, method)(*arguments)))

    def answers(self, seconds: float = 0.0) -> list[Answer]:
        """The answers since the last time."""
        done, self.done = self.done, []
        return done

    @property
    def num_open(self) -> int:
        """Calls whose answers were not given yet."""
        return len(self.done)

    def close(self) -> None:
        """Nothing to end."""


class RemoteCalls:
    """Calls of a learner in an actor.

    Args:
        backend: where the actor lives.
        make: an index, which means nothing here, to the learner; called in the actor's process.
        patience_seconds: without a sign of life until the learner counts as lost; see
            `actors.patience`.
        clock: gives seconds.
        notice: told in one line that a node can't run the learner, and others may.
        sharing: takes over where the learner finds no place in `backend`; reserves no processor.
    """

    def __init__(
        self,
        backend: Backend,
        make: Callable[[int], WindowedLearner],
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        notice: Callable[[str], None] = lambda line: None,
        sharing: Backend | None = None,
    ) -> None:
        self.backend = backend
        self.make = make
        self.notice = notice
        self.sharing = sharing
        self.patience = Patience(patience_seconds)
        self.clock = clock
        self.birth: Birth | None = None  # None until it has started
        self.is_silent = False
        self.signs = Signs()
        self.pulse: Hashable | None = None  # the question whether it lives, where it is open
        self.last_look = clock()
        self.unfit: set[str] = set()  # nodes that can't run it
        self.open: deque[tuple[Hashable, str]] = deque()
        self.early: list[tuple[str, tuple[Any, ...]]] = []  # calls made before it has started
        self._start()

    def _start(self) -> None:
        """Start the actor, and make the calls that were made before."""
        self.started = self.clock()
        self.actor, start = self.backend.start(self.make, 0)
        calls = [(self.backend.call(self.actor, *call), call[0]) for call in self.early]
        self.open = deque([(start, ""), *calls])

    def call(self, method: str, *arguments: Any) -> None:
        """Have a method called after those before; large arguments go through the object store."""
        if not self.open:
            self.signs = Signs(self.clock(), self.clock())
        if self.birth is None:
            self.early.append((method, arguments))
        self.open.append((self.backend.call(self.actor, method, arguments), method))

    def answers(self, seconds: float = 0.0) -> list[Answer]:
        """The answers that have come, in order.

        Raises:
            ActorLost: the learner's process or node is gone, silent, or stuck in a call.
            ClusterLost: there is nowhere to learn any more.
            UserError: no node can run it, because of what is installed there.
        """
        self.backend.check()
        found: list[Answer] = []
        while self.open:
            handle, method = self.open[0]
            if not self.backend.wait([handle], 0.0 if found else seconds):
                break
            self.open.popleft()
            try:
                value = self.backend.result(handle)
            except NodeUnfit as unfit:
                self._start_elsewhere(unfit)
                break
            now = self.clock()
            if method:
                self.patience.note(method, now - self.signs.began)
                found.append(Answer(method, value))
            else:
                self.birth, self.early = value, []
            self.signs = Signs(now, now)
        if self.birth is None and self.sharing and self.clock() - self.started > PLACE_SECONDS:
            self._start_again()
        if self.birth and self.birth.node in self.backend.gone():
            raise ActorLost("NodeGone", "its node is gone")
        if self.open and self.birth:
            self._look(self.open[0][1])
        return found

    def _start_elsewhere(self, unfit: NodeUnfit) -> None:
        """Start the learner on a node that may run it.

        Raises:
            UserError: there is none.
        """
        self.unfit.add(unfit.node)
        self.backend.avoid(self.unfit)
        if not self.backend.room().nodes:
            raise UserError(f"the learner can't start: {unfit}") from unfit
        self.notice(f"{unfit}; the learner starts elsewhere")
        self._start_again()

    def _start_again(self) -> None:
        """Start the learner where it shares a processor, because workers may hold all others."""
        self.backend.kill(self.actor)
        if self.sharing:
            self.backend, self.sharing = self.sharing, None
        self.backend.avoid(self.unfit)
        self._start()

    def _look(self, method: str) -> None:
        """Ask the learner, whose call of a method is under way, whether it lives.

        Raises:
            ActorLost: it does not.
        """
        now = self.clock()
        gap, self.last_look = now - self.last_look, now
        if self.pulse is not None and self.backend.wait([self.pulse], 0.0):
            self.pulse = None
            self.signs.saw(now)
        if self.signs.must_ask(now, gap, self.patience):
            self.pulse = self.backend.pulse(self.actor)
        if what := self.signs.fault(now, method, self.patience):
            self.is_silent = True
            raise ActorLost("Silent", f"it {what}")

    @property
    def num_open(self) -> int:
        """Calls whose answers were not given yet."""
        return len(self.open)

    def close(self) -> None:
        """End the actor."""
        self.backend.kill(self.actor, self.birth if self.is_silent else None)
