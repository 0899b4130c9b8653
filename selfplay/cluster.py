"""Self-play on Ray: plain workers wrapped as actors, watched and replaced by their crew.

A call plays a few whole games, never a move, so that what Ray costs vanishes. A worker that dies
or falls silent loses the games it had under way, and nothing else: the crew says so once, starts
another in its place, and asks it for the same number of games.
"""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import RayActorError

from selfplay.crew import Haul
from selfplay.worker import Weights, Worker

RemoteWorker = ray.remote(Worker)


class RayCrew:
    """Workers as Ray actors.

    Args:
        make_arguments: the arguments of `Worker` for the worker of an index; the crew counts up
            indices, so that a replacement draws other random numbers than the one that died.
        num_workers: actors to keep alive.
        games_per_call: games that a call plays.
        notice: told in one line what happened to a worker.
        gpus: of each worker, by Ray's count.
        patience_seconds: a call that takes longer belongs to a worker gone silent.

    Raises:
        ValueError: Ray has fewer GPUs than the workers want.
    """

    def __init__(
        self,
        make_arguments: Callable[[int], tuple[Any, ...]],
        num_workers: int,
        games_per_call: int,
        notice: Callable[[str], None],
        gpus: float = 0.0,
        patience_seconds: float = 900.0,
    ) -> None:
        has = ray.cluster_resources().get("GPU", 0)
        if gpus * num_workers > has:
            raise ValueError(
                f"selfplay.gpus {gpus:g} for each of {num_workers} workers: wanted at most the "
                f"{has:g} that Ray has, together"
            )
        self.make_arguments = make_arguments
        self.games_per_call = games_per_call
        self.notice = notice
        self.gpus = gpus
        self.patience_seconds = patience_seconds
        self.num_hired = 0
        self.calls_left = 0
        self.calls: dict[Any, tuple[int, float]] = {}  # a call to its worker, and when it began
        self.published: tuple[Any, int, float] | None = None
        self.workers: list[Any] = [self._hire() for _ in range(num_workers)]
        self.idle = list(range(num_workers))

    def _hire(self) -> Any:
        actor = RemoteWorker.options(
            num_cpus=1,
            num_gpus=self.gpus,
            max_restarts=0,
            max_task_retries=0,
            runtime_env={"env_vars": {"OMP_NUM_THREADS": "1"}},
        ).remote(*self.make_arguments(self.num_hired))
        self.num_hired += 1
        if self.published is not None:
            actor.load.remote(*self.published)
        return actor

    def publish(self, weights: Weights, generation: int, progress: float) -> None:
        """Send these weights to every worker; calls made from now on play with them."""
        self.published = (ray.put(weights), generation, progress)
        for actor in self.workers:
            actor.load.remote(*self.published)

    def begin(self, num_games: int) -> None:
        """Have at least `num_games` more games played."""
        self.calls_left += math.ceil(num_games / self.games_per_call)
        self._hand_out()

    @property
    def is_busy(self) -> bool:
        """Whether games that were begun are still to come."""
        return bool(self.calls or self.calls_left)

    def _hand_out(self) -> None:
        while self.idle and self.calls_left:
            index = self.idle.pop()
            call = self.workers[index].play.remote(self.games_per_call)
            self.calls[call] = index, time.monotonic()
            self.calls_left -= 1

    def poll(self, seconds: float) -> list[Haul]:
        """Return the calls that have come back, after waiting up to `seconds` for the first."""
        if not self.calls:
            return []
        ready, _ = ray.wait(list(self.calls), num_returns=len(self.calls), timeout=0)
        if not ready and seconds > 0:
            ready, _ = ray.wait(list(self.calls), num_returns=1, timeout=seconds)
        hauls = []
        for call in ready:
            index, _ = self.calls.pop(call)
            try:
                hauls.append(ray.get(call))
            except RayActorError as error:
                self._replace(index, f"died ({type(error).__name__})")
            self.idle.append(index)
        self._check_patience()
        self._hand_out()
        return hauls

    def _check_patience(self) -> None:
        late = time.monotonic() - self.patience_seconds
        for call, (index, began) in list(self.calls.items()):
            if began < late:
                del self.calls[call]
                self._replace(index, f"gave no answer for {self.patience_seconds:.0f} s")
                self.idle.append(index)

    def _replace(self, index: int, what: str) -> None:
        self.notice(f"worker {index} {what}; its games under way are lost, another takes its place")
        with suppress(RayActorError):
            ray.kill(self.workers[index])
        self.workers[index] = self._hire()
        self.calls_left += 1

    def close(self) -> None:
        """End the actors; Ray itself stays up."""
        for actor in self.workers:
            with suppress(RayActorError):
                ray.kill(actor)
