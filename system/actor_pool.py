"""One pool of actors, for self-play, ratings and tournaments: tasks in, results out.

An actor is a plain object in a process of its own. The pool starts actors, gives tasks to those
that have started, and replaces those that die, fail, or fall silent. It grows and shrinks with the
room that there is. Where the processes live is the business of a backend: `ray_actors.py` has
Ray's.

    pool = ActorPool(backend, make_player, size=4)
    pool.broadcast("load", weights)             # every actor, and each one that is started later
    while pool.num_free:                        # back-pressure: tasks for free actors alone
        pool.submit("play", 8)
    for done in pool.wait(1.0):                 # whatever has ended within a second
        keep(done.task, done.result)
"""

import itertools
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable
from typing import Any

from insei.system.actors.backend import OUT_OF_MEMORY, ActorLost, Backend, Birth, NodeUnfit
from insei.system.actors.faults import MOST_DEATHS, QUARANTINE_SECONDS, Faults
from insei.system.actors.patience import PATIENCE_SECONDS, Patience
from insei.system.actors.staffing import PlaceReport, to_give_up, to_start, within
from insei.system.actors.task import Actor, Call, Done, Kind, Task
from insei.system.error_log import keep_traceback
from insei.system.errors import ClusterMissing, UserError, WorkersExited
from insei.system.shown import shown_line
from insei.system.worker_range import WorkerRange

ROOM_SECONDS = 3.0  # between two looks for room
PLACE_SECONDS = 10.0  # until actors without a place are reported
LATE_SECONDS = 30.0  # until an actor without a place is given up, where none is needed
START_SECONDS = 300.0  # until an actor that does not start, although there is room, has failed
SLICE_SECONDS = 1.0  # between two looks for silent workers
CLOSE_SECONDS = 10.0  # for idle actors to close what they hold


class ActorPool:
    """Actors that work on tasks.

    An actor gets tasks once it has started. A task whose actor fails is given to another one, so it
    may be begun more than once; its result is returned once. An actor fails if it dies, is silent,
    is stuck in a call, raises anything but a user's error, or sends a result that is no good. Its
    traceback goes to a file. A node whose actors fail again and again is avoided for a while.

    Args:
        backend: where the actors live.
        make: an index to the object that an actor holds, called in its process. Indices count up,
            so that a replacement can draw other random numbers than the actor that died.
        size: actors to keep alive: a number, or a range within which there are as many as find
            room.
        notice: told in one line what deserves a line.
        patience_seconds: without a sign of life until an actor is silent; see `actors.patience`.
        fault_of: what is wrong with a result, in a line; empty if nothing is.
        ahead: tasks that an actor holds at most. With 2, the next one begins without a wait.
        fatal: what an actor may raise to end the work at once.
        keep: keeps an error's traceback, and says where.
        clock: seconds, as `time.monotonic`.
        fault: told in one line that an actor was lost or replaced; None: `notice` is.
    """

    def __init__(
        self,
        backend: Backend,
        make: Callable[[int], Any],
        size: int | WorkerRange,
        notice: Callable[[str], None] = lambda line: None,
        patience_seconds: float = PATIENCE_SECONDS,
        fault_of: Callable[[Task, Any], str] = lambda task, result: "",
        ahead: int = 1,
        fatal: tuple[type[Exception], ...] = (UserError,),
        keep: Callable[[Exception], str] = keep_traceback,
        clock: Callable[[], float] = time.monotonic,
        fault: Callable[[str], None] | None = None,
    ) -> None:
        self.backend = backend
        self.make = make
        self.notice = notice
        self.fault = fault or notice
        self.patience = Patience(patience_seconds)
        self.fault_of = fault_of
        self.ahead = ahead
        self.fatal = fatal
        self.keep = keep
        self.clock = clock
        self.actors: list[Actor] = []
        self.vacant: dict[int, float] = {}  # numbers of actors to start, and when
        self.calls: dict[Hashable, Call] = {}
        self.waiting: deque[Task] = deque()
        self.standing: dict[str, tuple[Any, ...]] = {}  # broadcasts by method
        self.found: list[Done] = []
        self.failure: Exception | None = None  # to be raised once what was found is fetched
        self.faults = Faults()
        self.most_in_memory = math.inf  # actors, once one was killed for its memory
        self.orders = itertools.count()
        self.num_starts = 0
        self.has_started_one = False  # since `wait` returned
        self.report = PlaceReport()
        self.said = ""  # what the backend said of itself
        self.next_look = self.last_slice = self.clock()
        self.room = backend.room()
        self.resize(size)

    # What is to be done

    def submit(self, method: str, *arguments: Any) -> Task:
        """Have `method(*arguments)` called on a free actor; tasks begin in order."""
        task = Task(method, arguments)
        self.waiting.append(task)
        self._hand_out()
        return task

    def broadcast(self, method: str, *arguments: Any) -> None:
        """Call a method on every actor after the tasks it holds, and on those started later.

        Of several broadcasts of one method a new actor gets the last.
        """
        self.standing[method] = tuple(self.backend.share(argument) for argument in arguments)
        for actor in self.actors:
            if actor.birth:
                self._tell(actor, method)

    def wait(self, seconds: float) -> list[Done]:
        """Return the tasks that have ended, after waiting up to `seconds` for the first.

        It returns early, and may return nothing, when an actor has started that has no task, and
        has heard the broadcasts.

        Raises:
            WorkersExited: actors keep failing.
            ClusterLost: the backend is gone.
            ClusterMissing: no node can run the actors.
            Exception: what is fatal, of what a task, a broadcast, or `make` raised.
        """
        end = self.clock() + seconds
        try:
            if self.failure:
                failure, self.failure = self.failure, None
                raise failure
            while not self._turn(end):
                pass
        except Exception as error:
            if not self.found:
                raise
            self.failure = error
        found, self.found = self.found, []
        self.has_started_one = False
        return found

    def resize(self, size: int | WorkerRange) -> None:
        """Keep so many actors alive from now on; one too many ends when its tasks are done."""
        self.range = WorkerRange(size, size) if isinstance(size, int) else size
        surplus = max(0, self.size - self.range.most)
        for number in list(self.vacant)[:surplus]:
            del self.vacant[number]
            surplus -= 1
        staying = [actor for actor in self.actors if not actor.is_leaving]
        idle_first = sorted(staying, key=lambda actor: (actor.birth is not None, len(actor.tasks)))
        for actor in idle_first[:surplus]:
            actor.is_leaving = True
            if not actor.tasks:
                self._end(actor)
        self._staff()

    def close(self) -> None:
        """End all actors; idle ones close what they hold first."""
        idle = [actor for actor in self.actors if actor.birth and not actor.tasks]
        closing = {self.backend.close(actor.handle) for actor in idle}
        end = self.clock() + CLOSE_SECONDS
        while closing and (left := end - self.clock()) > 0:
            closing -= set(self.backend.wait(list(closing), left))
        for actor in self.actors:
            self.backend.kill(actor.handle)
        self.actors, self.calls, self.vacant = [], {}, {}
        self.waiting.clear()

    # How it stands

    @property
    def size(self) -> int:
        """Actors that are kept alive, those that have not started yet included."""
        return sum(not actor.is_leaving for actor in self.actors) + len(self.vacant)

    @property
    def num_started(self) -> int:
        """Actors that can be given tasks."""
        return sum(actor.birth is not None and not actor.is_leaving for actor in self.actors)

    @property
    def is_busy(self) -> bool:
        """Whether results of tasks are still to come."""
        return bool(self.waiting or self.found or any(actor.tasks for actor in self.actors))

    @property
    def num_free(self) -> int:
        """Tasks that could be submitted now and go to an actor at once."""
        free = sum(
            self.ahead - len(actor.tasks)
            for actor in self.actors
            if actor.birth and not actor.is_leaving
        )
        return max(0, free - len(self.waiting))

    @property
    def process_ids(self) -> list[int]:
        """Of the actors that have started."""
        return [actor.birth.process_id for actor in self.actors if actor.birth]

    @property
    def by_node(self) -> Counter[str]:
        """Actors that have started, by the name of their node."""
        return Counter(actor.birth.node_name for actor in self.actors if actor.birth)

    # A turn of `wait`

    def _turn(self, end: float) -> bool:
        """See what has happened, and give out what there is to do; whether `wait` is over."""
        said, self.said = self.said, self.backend.check()
        if self.said and not said:
            self.notice(self.said)
        self._collect(min(max(0.0, end - self.clock()), SLICE_SECONDS))
        self._check_nodes()
        self._check_signs()
        if self.clock() >= self.next_look:
            self._look_around()
        self._start_due()
        self._hand_out()
        if self.found or self.clock() >= end or not (self.calls or self.vacant):
            return True
        is_told = not any(call.kind == "broadcast" for call in self.calls.values())
        return self.has_started_one and is_told and self.num_free > 0

    def _hand_out(self) -> None:
        for held in range(self.ahead):
            for actor in self.actors:
                if not self.waiting:
                    return
                if actor.birth and len(actor.tasks) == held and not actor.is_leaving:
                    task = self.waiting.popleft()
                    if not actor.tasks:
                        actor.signs.began = actor.signs.seen = self.clock()
                    actor.tasks.append(task)
                    call = self.backend.call(actor.handle, task.method, task.arguments)
                    self._note_call(call, actor, "task")

    def _note_call(self, call: Hashable, actor: Actor, kind: Kind) -> None:
        self.calls[call] = Call(next(self.orders), actor, kind)

    def _tell(self, actor: Actor, method: str) -> None:
        call = self.backend.call(actor.handle, method, self.standing[method])
        self._note_call(call, actor, "broadcast")

    # Calls that end

    def _collect(self, seconds: float) -> None:
        ended = [one for one in self.backend.wait(list(self.calls), seconds) if one in self.calls]
        for handle in sorted(ended, key=lambda one: self.calls[one].order):
            call = self.calls.pop(handle, None)
            if call is not None:  # else of an actor that was replaced a moment ago
                self._note_end(call, handle)

    def _note_end(self, call: Call, handle: Hashable) -> None:
        actor = call.actor
        try:
            result = self.backend.result(handle)
        except ActorLost as loss:
            self._note_loss(actor, loss)
        except NodeUnfit as unfit:
            self._note_unfit(actor, unfit)
        except self.fatal:
            if call.kind == "task":
                actor.tasks.popleft()  # it is free again
            raise
        except Exception as error:  # of any kind: a bug on one node is not the run's end
            said = shown_line(f"{type(error).__name__}: {error}")[:300]
            where = self.keep(error)
            self._fail(actor, f"failed with {said}" + (f" (see {where})" if where else ""), error)
        else:
            actor.signs.saw(self.clock())
            if call.kind == "start":
                self._note_birth(actor, result)
            elif call.kind == "task":
                self._note_result(actor, result)

    def _note_birth(self, actor: Actor, birth: Birth) -> None:
        actor.birth = birth
        self.has_started_one = True
        for method in self.standing:
            self._tell(actor, method)

    def _note_result(self, actor: Actor, result: Any) -> None:
        task, now = actor.tasks[0], self.clock()
        if fault := self._fault_of(task, result):
            self._fail(actor, f"sent {fault}")
            return
        self.patience.note(task.method, now - actor.signs.began)
        actor.tasks.popleft()
        actor.signs.began = now
        self.faults.note_result(actor.number, actor.node)
        self.found.append(Done(task, result))
        if actor.is_leaving and not actor.tasks:
            self._end(actor)

    def _fault_of(self, task: Task, result: Any) -> str:
        try:
            return self.fault_of(task, result)
        except Exception as error:  # a result of any type can come
            return f"a result that can't be checked: {type(error).__name__}: {error}"

    # Actors that fail

    def _note_loss(self, actor: Actor, loss: ActorLost) -> None:
        fit = self.size - 1
        if loss.cause != OUT_OF_MEMORY or fit < 1 or actor.is_leaving:
            self._fail(actor, f"died ({loss.cause})", loss)
            return
        self.most_in_memory = fit
        self._give_back(actor)
        self.fault(
            f"worker {actor.number}{self._place(actor)} was killed because memory ran out; "
            f"{fit} fit, and work on"
        )

    def _note_unfit(self, actor: Actor, unfit: NodeUnfit) -> None:
        is_new = unfit.node not in self.faults.unfit
        self.faults.unfit[unfit.node] = str(unfit)
        self._end(actor)
        self.vacant[actor.number] = self.clock()
        if is_new:
            self.backend.avoid(self.faults.avoided)
            self._look_around()  # which raises if no node is left
            self.notice(f"{unfit}; no worker runs there")

    def _fail(self, actor: Actor, what: str, error: Exception | None = None) -> None:
        """Replace an actor, unless others went the same way before it."""
        task = actor.task
        self.faults.note_fault(actor.number, actor.node, actor.index, self.num_starts)
        if task is not None and task.num_deaths >= MOST_DEATHS:
            number = task.num_deaths + 1
            how = f"{number} workers failed at the same task"
        elif self.faults.are_too_many(self.size):
            how = f"{self.faults.in_a_row} workers failed one after the other"
        else:
            self._replace(actor, what)
            return
        last = f"died by {error}" if isinstance(error, ActorLost) else what
        raise WorkersExited(f"{how}; the last one {last}", task) from error

    def _replace(self, actor: Actor, what: str) -> None:
        """End an actor, and start another in its place."""
        now, task = self.clock(), actor.task
        had_task = " and its task" if task else ""
        is_leaving, place = actor.is_leaving, self._place(actor)
        self._give_back(actor)
        if is_leaving:
            return
        pause = self.faults.pause(actor.number)
        self.vacant[actor.number] = now + pause
        later = f" in {pause:g} s" if pause else ""
        self.fault(f"worker {actor.number}{place} {what}; another takes its place{had_task}{later}")
        self._quarantine(actor)
        self._start_due()

    def _quarantine(self, actor: Actor) -> None:
        if actor.birth and self.faults.quarantine(actor.node, self.room.nodes, self.clock()):
            self.backend.avoid(self.faults.avoided)
            self.notice(
                f"workers on {actor.birth.node_name} fail again and again: none is started there "
                f"for {QUARANTINE_SECONDS / 60:.0f} minutes"
            )

    def _place(self, actor: Actor) -> str:
        """Where an actor is, if there is more than one place."""
        if actor.birth is None or not actor.birth.node_name or len(self.room.nodes) < 2:
            return ""
        return f" on {actor.birth.node_name}"

    def _give_back(self, actor: Actor) -> None:
        """End an actor, and have its tasks done first of all."""
        self._end(actor)
        if actor.tasks:
            actor.tasks[0].num_deaths += 1
        self.waiting.extendleft(reversed(actor.tasks))

    def _end(self, actor: Actor) -> None:
        """Kill an actor, and forget its calls."""
        self.backend.kill(actor.handle, actor.birth if actor.is_silent else None)
        self.actors.remove(actor)
        self.calls = {
            handle: call for handle, call in self.calls.items() if call.actor is not actor
        }

    def _check_nodes(self) -> None:
        """Replace the actors whose nodes have ended."""
        gone = self.backend.gone()
        for actor in [one for one in self.actors if one.node and one.node in gone]:
            self._fail(actor, "died (its node is gone)")

    def _check_signs(self) -> None:
        """Ask busy actors whether they live, and replace those that are silent or stuck."""
        now = self.clock()
        gap = now - self.last_slice
        self.last_slice = now
        silent = []
        for actor in self.actors:
            if actor.task is None:
                continue
            if actor.signs.must_ask(now, gap, self.patience):
                self._note_call(self.backend.pulse(actor.handle), actor, "pulse")
            if what := actor.signs.fault(now, actor.task.method, self.patience):
                silent.append((actor, what))
        for actor, what in silent:
            actor.is_silent = True
            self._fail(actor, what)
        if silent:
            self.patience.double()

    # Actors that come and go

    def _look_around(self) -> None:
        """Start and give up actors by the room that there is now."""
        now = self.clock()
        self.next_look = now + ROOM_SECONDS
        if self.faults.release(now):
            self.backend.avoid(self.faults.avoided)
        nodes, self.room = self.room.nodes, self.backend.room()
        if self.faults.unfit and not self.room.nodes:
            raise ClusterMissing(f"no node can run workers: {[*self.faults.unfit.values()][-1]}")
        if nodes != self.room.nodes:
            self.most_in_memory = math.inf
        late = [
            actor
            for actor in self.actors
            if actor.birth is None and now - actor.started > LATE_SECONDS
        ]
        for actor in late[: to_give_up(self.range, self.size, len(late))]:
            self._end(actor)
        for actor in [one for one in late if one in self.actors]:
            if self.room.free and now - actor.started > START_SECONDS:
                self._fail(actor, f"has not started within {START_SECONDS:.0f} s")
        self._staff()
        wanted = within(self.range, self.most_in_memory)
        is_late = any(
            actor.birth is None and now - actor.started > PLACE_SECONDS for actor in self.actors
        )
        if line := self.report.line(self.num_started, wanted, is_late, self.room, now):
            self.notice(line)

    def _staff(self) -> None:
        """Start the actors that are lacking."""
        unplaced = self.size - self.num_started
        wanted = within(self.range, self.most_in_memory)
        taken = {actor.number for actor in self.actors} | set(self.vacant)
        numbers = (number for number in itertools.count() if number not in taken)
        for _ in range(to_start(wanted, self.size, unplaced, self.room)):
            self.vacant[next(numbers)] = self.clock()
        self._start_due()

    def _start_due(self) -> None:
        now = self.clock()
        for number in [number for number, when in self.vacant.items() if when <= now]:
            del self.vacant[number]
            handle, call = self.backend.start(self.make, self.num_starts)
            actor = Actor(number, handle, self.num_starts, now)
            self.num_starts += 1
            self.actors.append(actor)
            self._note_call(call, actor, "start")
