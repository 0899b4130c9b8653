"""Actors on Ray, for `ActorPool`; a plain class is wrapped here, and nowhere else."""

import os
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from insei.system.actor_pool import ActorLost
from insei.system.ray_session import last_line


class Host:
    """Lives in an actor's process: holds the object, and calls its methods."""

    def start(self, make: Callable[[int], Any], index: int) -> int:
        """Make the object; returns the process's id."""
        self.held = make(index)
        return os.getpid()

    def call(self, method: str, *arguments: Any) -> Any:
        """Call one of its methods."""
        return getattr(self.held, method)(*arguments)

    def close(self) -> None:
        """Let it give back what it holds."""
        if hasattr(self.held, "close"):
            self.held.close()


class RayActors:
    """A backend for `ActorPool`: each actor is a process of the Ray cluster, with one thread.

    Ray must be running (`start_ray`).

    Args:
        gpus: of each actor, by Ray's count.
    """

    def __init__(self, gpus: float = 0.0) -> None:
        self.remote = ray.remote(Host).options(
            num_cpus=1,
            num_gpus=gpus,
            max_restarts=0,
            max_task_retries=0,
            runtime_env={"env_vars": {"OMP_NUM_THREADS": "1"}},
        )

    def start(self, make: Callable[[int], Any], index: int) -> tuple[Any, Hashable]:
        """Start an actor; Ray places it where there is room, now or later."""
        actor = self.remote.remote()
        return actor, actor.start.remote(make, index)

    def call(self, actor: Any, method: str, arguments: Sequence[Any]) -> Hashable:
        """Call a method of the actor's object; stand-ins arrive as what they stand for."""
        return actor.call.remote(method, *arguments)

    def share(self, value: Any) -> Any:
        """Put a value into Ray's object store."""
        return ray.put(value)

    def wait(self, calls: Sequence[Hashable], seconds: float) -> list[Hashable]:
        """The calls that have ended, after waiting up to `seconds` for the first."""
        ended, _ = ray.wait(list(calls), num_returns=len(calls), timeout=0)
        if not ended and seconds > 0:
            ended, _ = ray.wait(list(calls), num_returns=1, timeout=seconds)
        return list(ended)

    def result(self, call: Hashable) -> Any:
        """What a call returned; raises what its method raised, with Ray's account as the cause."""
        try:
            return ray.get(call)
        except RayTaskError as error:
            if isinstance(error.cause, Exception) and not isinstance(error.cause, RayError):
                raise error.cause from RuntimeError(str(error))
            raise
        except RayError as error:
            raise ActorLost(type(error).__name__, last_line(error)) from error

    def close(self, actor: Any) -> Hashable:
        """Call the object's `close`, if it has one."""
        return actor.close.remote()

    def kill(self, actor: Any) -> None:
        """End the process at once."""
        with suppress(RayError):
            ray.kill(actor)
