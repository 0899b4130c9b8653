"""Self-play on Ray: plain workers wrapped as actors, watched and replaced by their crew.

A call plays a few whole games, never a move, so that what Ray costs vanishes. A worker that dies
or falls silent loses the games it had under way, and nothing else: the crew says so once, starts
another in its place, and asks it for the same number of games.
"""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayActorError

from selfplay.game import SelfPlayGame
from selfplay.worker import PlayCounts, Weights, Worker

RemoteWorker = ray.remote(Worker)


def start_ray(num_workers: int, address: str | None) -> None:
    """Join the cluster at `address`, or start Ray on this machine; nothing if it is running."""
    if ray.is_initialized():
        return
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if address is not None:
        ray.init(address=address, log_to_driver=False)
        return
    ray.init(
        address="local",
        num_cpus=max(num_workers, os.cpu_count() or 1),
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
    )


class RayCrew:
    """Workers as Ray actors.

    Args:
        make_arguments: the arguments of `Worker` for the worker of an index; the crew counts up
            indices, so that a replacement draws other random numbers than the one that died.
        num_workers: actors to keep alive.
        games_per_call: games that a call plays.
        notice: told in one line what happened to a worker.
        patience_seconds: a call that takes longer belongs to a worker gone silent.
    """

    def __init__(
        self,
        make_arguments: Callable[[int], tuple[Any, ...]],
        num_workers: int,
        games_per_call: int,
        notice: Callable[[str], None],
        patience_seconds: float = 900.0,
    ) -> None:
        self.make_arguments = make_arguments
        self.games_per_call = games_per_call
        self.notice = notice
        self.patience_seconds = patience_seconds
        self.num_hired = 0
        self.published: tuple[Any, int] | None = None
        self.workers: list[Any] = [self._hire() for _ in range(num_workers)]

    def _hire(self) -> Any:
        actor = RemoteWorker.options(
            num_cpus=1,
            max_restarts=0,
            max_task_retries=0,
            runtime_env={"env_vars": {"OMP_NUM_THREADS": "1"}},
        ).remote(*self.make_arguments(self.num_hired))
        self.num_hired += 1
        if self.published is not None:
            actor.load.remote(*self.published)
        return actor

    def publish(self, weights: Weights, generation: int) -> None:
        """Send these weights to every worker; calls made from now on play with them."""
        self.published = (ray.put(weights), generation)
        for actor in self.workers:
            actor.load.remote(*self.published)

    def collect(self, num_games: int) -> Iterator[tuple[list[SelfPlayGame], PlayCounts]]:
        """Play at least `num_games` games; yields them as calls come back."""
        calls_left = math.ceil(num_games / self.games_per_call)
        calls: dict[Any, int] = {}
        idle = list(range(len(self.workers)))
        while calls or calls_left:
            while idle and calls_left:
                index = idle.pop()
                calls[self.workers[index].play.remote(self.games_per_call)] = index
                calls_left -= 1
            ready, _ = ray.wait(list(calls), num_returns=1, timeout=self.patience_seconds)
            if not ready:
                for index in calls.values():
                    self._replace(index, f"gave no answer for {self.patience_seconds:.0f} s")
                idle += calls.values()
                calls_left += len(calls)
                calls.clear()
                continue
            index = calls.pop(ready[0])
            idle.append(index)
            try:
                yield ray.get(ready[0], timeout=self.patience_seconds)
            except (RayActorError, GetTimeoutError) as error:
                self._replace(index, f"died ({type(error).__name__})")
                calls_left += 1

    def _replace(self, index: int, what: str) -> None:
        self.notice(f"worker {index} {what}; its games under way are lost, another takes its place")
        with suppress(RayActorError):
            ray.kill(self.workers[index])
        self.workers[index] = self._hire()

    def close(self) -> None:
        """End the actors; Ray itself stays up."""
        for actor in self.workers:
            ray.kill(actor)
