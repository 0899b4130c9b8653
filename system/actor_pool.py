"""One pool of actors, for self-play, ratings and tournaments: tasks in, results out.

An actor is a plain object in a process of its own. The pool starts actors, gives each one task at a
time, and replaces those that die or fall silent. Where the processes live is the business of a
backend: `ray_actors.py` has Ray's.

    pool = ActorPool(backend, make_player, size=4)
    pool.broadcast("load", weights)             # every actor, and each one that is started later
    while pool.num_free:                        # back-pressure: one task for each free actor
        pool.submit("play", 8)
    for done in pool.wait(1.0):                 # whatever has ended within a second
        keep(done.task, done.result)
"""

import itertools
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from insei.system.errors import WorkersExited

MOST_DEATHS = 5  # of the workers of one task; and for each worker, without a result between
START_SECONDS = 60.0  # until a worker that has not started is reported
SLICE_SECONDS = 1.0  # between two looks for silent workers
CLOSE_SECONDS = 10.0  # for idle actors to close what they hold


class ActorLost(Exception):
    """An actor's process, node or memory is gone.

    Args:
        cause: in a word, as "OutOfMemoryError".
        detail: in a line; empty if nothing more is known.
    """

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause = cause


class Backend(Protocol):
    """Where actors live. An actor and a call are whatever the backend says; calls are hashable."""

    def start(self, make: Callable[[int], Any], index: int) -> tuple[Any, Hashable]:
        """Start a process that makes the object `make(index)`.

        Returns:
            the actor, and a call whose result is its process's id, once it has started.
        """

    def call(self, actor: Any, method: str, arguments: Sequence[Any]) -> Hashable:
        """Call a method of the actor's object; an actor's calls run in order, one at a time."""

    def share(self, value: Any) -> Any:
        """A stand-in for a large argument of many calls, sent to each node once."""

    def wait(self, calls: Sequence[Hashable], seconds: float) -> list[Hashable]:
        """The calls that have ended, after waiting up to `seconds` for the first."""

    def result(self, call: Hashable) -> Any:
        """What an ended call returned.

        Raises:
            ActorLost: its actor is gone.
            Exception: what the method raised.
        """

    def close(self, actor: Any) -> Hashable:
        """Call the object's `close`, if it has one."""

    def kill(self, actor: Any) -> None:
        """End the process at once."""


@dataclass(eq=False)
class Task:
    """A call of an actor's method, to be made on whichever actor is free."""

    method: str
    arguments: tuple[Any, ...]
    num_deaths: int = 0  # actors that died or were silent with it


@dataclass(frozen=True)
class Done:
    """A task that has ended."""

    task: Task
    result: Any


@dataclass(eq=False)
class Actor:
    """An actor as the pool sees it."""

    number: int  # as notices name it; a replacement keeps it
    handle: Any
    began: float  # when it was started, or its task was given to it
    process_id: int = 0  # 0 until it has started
    task: Task | None = None
    is_leaving: bool = False  # to be ended once its task is done


@dataclass(frozen=True)
class Call:
    """A call under way."""

    actor: Actor
    is_start: bool = False
    task: Task | None = None


class ActorPool:
    """Actors that work on tasks.

    A task whose actor dies or falls silent is given to another one, so it may be begun more than
    once; its result is returned once. What a task raises is raised by `wait`. An actor whose result
    is no good is replaced as if it had died.

    Args:
        backend: where the actors live.
        make: an index to the object that an actor holds, called in its process. Indices count up,
            so that a replacement can draw other random numbers than the actor that died.
        size: actors to keep alive.
        notice: told in one line that an actor was replaced.
        patience_seconds: an actor whose task takes longer is silent, and is replaced. The patience
            then doubles, so that slow tasks come back in the end.
        fault_of: what is wrong with a result, in a line; empty if nothing is.
        clock: seconds, as `time.monotonic`.
    """

    def __init__(
        self,
        backend: Backend,
        make: Callable[[int], Any],
        size: int,
        notice: Callable[[str], None] = lambda line: None,
        patience_seconds: float = float("inf"),
        fault_of: Callable[[Task, Any], str] = lambda task, result: "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.backend = backend
        self.make = make
        self.notice = notice
        self.patience_seconds = patience_seconds
        self.fault_of = fault_of
        self.clock = clock
        self.actors: list[Actor] = []
        self.calls: dict[Hashable, Call] = {}
        self.waiting: deque[Task] = deque()
        self.standing: dict[str, tuple[Any, ...]] = {}  # broadcasts by method
        self.found: list[Done] = []
        self.deaths = 0  # since the last result
        self.indices = itertools.count()
        self.late: set[Actor] = set()  # those whose start was reported to be slow
        self.resize(size)

    # What is to be done

    def submit(self, method: str, *arguments: Any) -> Task:
        """Have `method(*arguments)` called on a free actor; tasks begin in order."""
        task = Task(method, arguments)
        self.waiting.append(task)
        self._hand_out()
        return task

    def broadcast(self, method: str, *arguments: Any) -> None:
        """Call a method on every actor before its next task, and on those started later.

        Of several broadcasts of one method a new actor gets the last.
        """
        self.standing[method] = tuple(self.backend.share(argument) for argument in arguments)
        for actor in self.actors:
            self._tell(actor, method)

    def wait(self, seconds: float) -> list[Done]:
        """Return the tasks that have ended, after waiting up to `seconds` for the first.

        Raises:
            WorkersExited: actors keep dying.
            Exception: what a task, a broadcast, or `make` raised.
        """
        end = self.clock() + seconds
        while True:
            left = max(0.0, end - self.clock())
            self._collect(min(left, SLICE_SECONDS))
            self._check_silence()
            self._hand_out()
            if self.found or not self.calls or self.clock() >= end:
                found, self.found = self.found, []
                return found

    def resize(self, size: int) -> None:
        """Keep `size` actors alive from now on; one too many ends when its task is done."""
        staying = [actor for actor in self.actors if not actor.is_leaving]
        surplus = max(0, len(staying) - size)
        for actor in sorted(staying, key=lambda actor: actor.task is not None)[
            :surplus
        ]:  # idle first
            actor.is_leaving = True
            if actor.task is None:
                self._end(actor)
        taken = {actor.number for actor in self.actors}
        numbers = (number for number in itertools.count() if number not in taken)
        for _ in range(size - len(staying)):
            self.actors.append(self._start(next(numbers)))

    def close(self) -> None:
        """End all actors; idle ones close what they hold first."""
        idle = [actor for actor in self.actors if actor.process_id and actor.task is None]
        closing = {self.backend.close(actor.handle) for actor in idle}
        end = self.clock() + CLOSE_SECONDS
        while closing and (left := end - self.clock()) > 0:
            closing -= set(self.backend.wait(list(closing), left))
        for actor in self.actors:
            self.backend.kill(actor.handle)
        self.actors, self.calls = [], {}
        self.waiting.clear()

    # How it stands

    @property
    def size(self) -> int:
        """Actors that are kept alive."""
        return sum(not actor.is_leaving for actor in self.actors)

    @property
    def is_busy(self) -> bool:
        """Whether results of tasks are still to come."""
        return bool(self.waiting or self.found or any(actor.task for actor in self.actors))

    @property
    def num_free(self) -> int:
        """Tasks that could be submitted now and begin without waiting for another one's end."""
        free = sum(actor.task is None and not actor.is_leaving for actor in self.actors)
        return max(0, free - len(self.waiting))

    @property
    def process_ids(self) -> list[int]:
        """Of the actors that have started."""
        return [actor.process_id for actor in self.actors if actor.process_id]

    # Actors

    def _start(self, number: int) -> Actor:
        handle, call = self.backend.start(self.make, next(self.indices))
        actor = Actor(number, handle, self.clock())
        self.calls[call] = Call(actor, is_start=True)
        for method in self.standing:
            self._tell(actor, method)
        return actor

    def _tell(self, actor: Actor, method: str) -> None:
        call = self.backend.call(actor.handle, method, self.standing[method])
        self.calls[call] = Call(actor)

    def _end(self, actor: Actor) -> None:
        """Kill an actor, and forget its calls."""
        self.backend.kill(actor.handle)
        self.actors.remove(actor)
        self.late.discard(actor)
        self.calls = {
            handle: call for handle, call in self.calls.items() if call.actor is not actor
        }

    def _replace(self, actor: Actor, what: str) -> None:
        """End an actor, start another in its place, and have its task done first of all."""
        self._end(actor)
        if actor.task is not None:
            actor.task.num_deaths += 1
            self.waiting.appendleft(actor.task)
        if actor.is_leaving:
            return
        self.notice(f"worker {actor.number} {what}; another takes its place and its task")
        self.actors.append(self._start(actor.number))

    def _hand_out(self) -> None:
        for actor in self.actors:
            if not self.waiting:
                return
            if actor.process_id and actor.task is None and not actor.is_leaving:
                task = self.waiting.popleft()
                actor.task, actor.began = task, self.clock()
                call = self.backend.call(actor.handle, task.method, task.arguments)
                self.calls[call] = Call(actor, task=task)

    # Calls that end

    def _collect(self, seconds: float) -> None:
        if not self.calls:
            return
        for ended in self.backend.wait(list(self.calls), seconds):
            call = self.calls.pop(ended, None)
            if call is None:  # of an actor that was replaced a moment ago
                continue
            try:
                result = self.backend.result(ended)
            except ActorLost as loss:
                self._note_death(call.actor, f"died ({loss.cause})", loss)
                continue
            except Exception:
                if call.task is not None:
                    call.actor.task = None  # it is free again
                raise
            if call.is_start:
                call.actor.process_id = result
            elif call.task is not None:
                if fault := self.fault_of(call.task, result):
                    self._note_death(call.actor, f"sent {fault}")
                else:
                    self._note_result(call.actor, call.task, result)

    def _note_result(self, actor: Actor, task: Task, result: Any) -> None:
        self.deaths = 0
        actor.task = None
        self.found.append(Done(task, result))
        if actor.is_leaving:
            self._end(actor)

    def _note_death(self, actor: Actor, what: str, loss: ActorLost | None = None) -> None:
        """Replace an actor, unless others went the same way before it."""
        self.deaths += 1
        task = actor.task
        verb, last = ("died", f"by {loss}") if loss else ("failed", f"one {what}")
        if task is not None and task.num_deaths >= MOST_DEATHS:
            number = task.num_deaths + 1
            raise WorkersExited(f"{number} workers {verb} at the same task, the last {last}", task)
        if self.deaths > MOST_DEATHS * max(1, self.size):
            raise WorkersExited(
                f"{self.deaths} workers {verb} one after the other, the last {last}", task
            )
        self._replace(actor, what)

    def _check_silence(self) -> None:
        now = self.clock()
        silent = [
            actor
            for actor in self.actors
            if actor.task is not None and now - actor.began > self.patience_seconds
        ]
        for actor in silent:
            self._replace(actor, f"gave no answer for {self.patience_seconds:.0f} s")
        if silent:
            self.patience_seconds *= 2
        for actor in self.actors:
            waited = now - actor.began
            if not actor.process_id and waited > START_SECONDS and actor not in self.late:
                self.late.add(actor)
                self.notice(
                    f"worker {actor.number} has not started within {START_SECONDS:.0f} s: its "
                    "machine is slow, or there is no room for it; the others work on"
                )
