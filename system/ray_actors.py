"""Actors on Ray, for `ActorPool`; a plain class is wrapped here, and nowhere else."""

import os
import time
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import ray
import ray.cloudpickle
from ray.exceptions import RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from insei.system.actors.backend import OUT_OF_MEMORY, ActorLost, Birth, NodeUnfit, Room
from insei.system.ray_head import last_line
from insei.system.ray_session import is_cut_off, watches
from insei.system.version import version

NODE_LABEL = "ray.io/node-id"


def host_class() -> type:
    """The class that lives in an actor's process: it holds the object, and calls its methods.

    Made in a function, so that it travels by value: a node that lacks insei can say so.
    """

    class Host:
        def start(self, make: bytes, index: int, wanted: str) -> tuple[Any, ...]:
            import ray.cloudpickle

            node = ray.get_runtime_context().get_node_id()
            name = f"{ray.util.get_node_ip_address()} ({node[:6]})"
            try:
                from insei.system.version import version

                if version() != wanted:
                    return (node, f"node {name} has insei {version()}: wanted {wanted}, as here")
                made = ray.cloudpickle.loads(make)
            except ImportError as error:
                return (node, f"node {name} can't import insei: {error}")
            self.held = made(index)
            return (os.getpid(), node, name)

        def call(self, method: str, *arguments: Any) -> Any:
            return getattr(self.held, method)(*arguments)

        def pulse(self) -> None:
            pass

        def close(self) -> None:
            if hasattr(self.held, "close"):
                self.held.close()

    return Host


class RayActors:
    """A backend for `ActorPool`: each actor is a process of the Ray cluster.

    One thread of it works, and another answers whether it lives. Ray must be running (`start_ray`).

    Args:
        gpus: of each actor, by Ray's count.
        cpus: of each actor, by Ray's count; 0 where it shares others'.
    """

    def __init__(self, gpus: float = 0.0, cpus: float = 1.0) -> None:
        self.needs = {name: count for name, count in (("CPU", cpus), ("GPU", gpus)) if count}
        self.avoided: set[str] = set()
        self.starts: dict[Hashable, Any] = {}  # calls that are to return a birth, each of an actor
        self.births: dict[Any, Birth] = {}  # of actors
        self.host = ray.remote(concurrency_groups={"work": 1, "pulse": 1})(host_class())
        self.options = {
            "num_cpus": cpus,
            "num_gpus": gpus,
            "max_restarts": 0,
            "max_task_retries": 0,
            "runtime_env": {"env_vars": {"OMP_NUM_THREADS": "1"}},
        }

    def start(self, make: Callable[[int], Any], index: int) -> tuple[Any, Hashable]:
        """Start an actor; Ray places it where there is room, now or later."""
        avoided = sorted(self.avoided | self.gone())
        selector = {NODE_LABEL: f"!in({', '.join(avoided)})"} if avoided else None
        actor = self.host.options(**self.options, label_selector=selector).remote()
        words = (ray.cloudpickle.dumps(make), index, version())
        call = actor.start.options(concurrency_group="work").remote(*words)
        self.starts[call] = actor
        return actor, call

    def call(self, actor: Any, method: str, arguments: Sequence[Any]) -> Hashable:
        """Call a method of the actor's object; stand-ins arrive as what they stand for."""
        return actor.call.options(concurrency_group="work").remote(method, *arguments)

    def pulse(self, actor: Any) -> Hashable:
        """Ask the actor's process whether it lives."""
        return actor.pulse.options(concurrency_group="pulse").remote()

    def share(self, value: Any) -> Any:
        """Put a value into Ray's object store."""
        return ray.put(value)

    def wait(self, calls: Sequence[Hashable], seconds: float) -> list[Hashable]:
        """The calls that have ended, after waiting up to `seconds` for the first."""
        if not calls:
            time.sleep(seconds)
            return []
        ended, _ = ray.wait(list(calls), num_returns=len(calls), timeout=0)
        if not ended and seconds > 0:
            ended, _ = ray.wait(list(calls), num_returns=1, timeout=seconds)
        return list(ended)

    def result(self, call: Hashable) -> Any:
        """What a call returned; raises what its method raised, with Ray's account as the cause."""
        starting = self.starts.pop(call, None)
        try:
            result = ray.get(call)
        except RayTaskError as error:
            if isinstance(error.cause, Exception) and not isinstance(error.cause, RayError):
                raise error.cause from RuntimeError(str(error))
            raise
        except RayError as error:
            raise ActorLost(cause_of(error), last_line(error)) from error
        if starting is None:
            return result
        if len(result) == 2:
            raise NodeUnfit(*result)
        birth = self.births[starting] = Birth(*result)
        return birth

    def close(self, actor: Any) -> Hashable:
        """Call the object's `close`, if it has one."""
        return actor.close.options(concurrency_group="work").remote()

    def kill(self, actor: Any, silent: Birth | None = None) -> None:
        """End the process at once.

        One that is silent ends by a signal from its own node. So does one on this node while the
        head is out of reach, through which Ray would end it.
        """
        self.starts = {call: one for call, one in self.starts.items() if one is not actor}
        birth = self.births.pop(actor, None)
        with suppress(RayError):
            ray.kill(actor)
        is_cut = is_cut_off()
        if is_cut:
            silent = birth
        if silent is None:
            return
        if silent.node == ray.get_runtime_context().get_node_id():
            killer()(silent.process_id)
        elif not is_cut:  # else Ray would wait for the head
            there = NodeAffinitySchedulingStrategy(silent.node, soft=False)
            kill = ray.remote(num_cpus=0, max_retries=0)(killer())
            kill.options(scheduling_strategy=there).remote(silent.process_id)

    def avoid(self, nodes: Collection[str]) -> None:
        """Start no more actors on these nodes."""
        self.avoided = set(nodes)

    def room(self) -> Room:
        """Where actors can be placed now, by what the head said a moment ago."""
        nodes = {node: facts for watch in watches for node, facts in watch.nodes.items()}
        for node in self.avoided | self.gone():
            nodes.pop(node, None)
        total = {node: self._slots(facts.total) for node, facts in nodes.items()}
        free = sum(self._slots(facts.free) for facts in nodes.values())
        able = frozenset(node for node, slots in total.items() if slots)
        scarce = "GPU" if "GPU" in self.needs else "processor"
        return Room(free, sum(total.values()), able, scarce)

    def gone(self) -> set[str]:
        """Nodes that have ended, before Ray notices."""
        return {node for watch in watches for node in watch.gone}

    def check(self) -> str:
        """Check that Ray's head is there; raises ClusterLost once it is away for long."""
        return next((line for watch in watches if (line := watch.check())), "")

    def _slots(self, has: Mapping[str, float]) -> int:
        """How many actors such resources hold."""
        found = (int(has.get(name, 0) / need + 1e-6) for name, need in self.needs.items())
        return min(found, default=1)


def killer() -> Callable[[int], None]:
    """A function that kills a process of Ray's, if that is what it still is.

    Made in a function, so that it travels by value.
    """

    def kill(process_id: int) -> None:
        import os
        import signal
        from contextlib import suppress

        with suppress(OSError), open(f"/proc/{process_id}/cmdline", "rb") as file:
            if file.read().startswith(b"ray::"):
                os.kill(process_id, signal.SIGKILL)

    return kill


def cause_of(error: RayError) -> str:
    """Why an actor is lost, in a word."""
    if "running low on memory" in str(error):
        return OUT_OF_MEMORY
    return type(error).__name__
