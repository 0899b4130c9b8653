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
from ray.exceptions import RayError, RayTaskError

from insei.selfplay.crew import Haul
from insei.selfplay.worker import Weights, Worker
from insei.system.ray_session import cause_of, last_line

RemoteWorker = ray.remote(Worker)
MOST_DEATHS = 5  # of each worker, without a game between them


class RayCrew:
    """Workers as Ray actors.

    `poll` raises ChildProcessError where workers do nothing but die.

    Args:
        make_arguments: the arguments of `Worker` for the worker of an index; the crew counts up
            indices, so that a replacement draws other random numbers than the one that died.
        num_workers: actors to keep alive.
        games_per_call: games that a call plays.
        notice: told in one line what happened to a worker.
        gpus: of each worker, by Ray's count.
        patience_seconds: a call that takes longer belongs to a worker gone silent; twice as long
            from then on, so that games which are merely slow come back in the end.

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
        self.deaths = 0  # since games last came in
        self.calls_left = 0
        self.calls: dict[Any, tuple[int, float]] = {}  # a call to its worker, and when it began
        self.published: tuple[Any, int, float] | None = None
        self.loads: list[Any] = []  # that have not come back yet
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
            self.loads.append(actor.load.remote(*self.published))
        return actor

    def publish(self, weights: Weights, generation: int, progress: float) -> None:
        """Send these weights to every worker; calls made from now on play with them."""
        self.published = (ray.put(weights), generation, progress)
        self.loads += [actor.load.remote(*self.published) for actor in self.workers]

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
        self._check_loads()
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
                self.deaths = 0
            except RayTaskError as error:  # the worker lives, and what it does is wrong
                raise cause_of(error) from None
            except RayError as error:  # its process, its node or its memory is gone
                self.deaths += 1
                if self.deaths > MOST_DEATHS * len(self.workers):
                    raise ChildProcessError(
                        f"{self.deaths} workers died one after the other, the last by "
                        f"{type(error).__name__}: {last_line(error)}"
                    ) from None
                self._replace(index, f"died ({type(error).__name__})")
            self.idle.append(index)
        self._check_patience()
        self._hand_out()
        return hauls

    def _check_loads(self) -> None:
        """See that the nets sent out are played with; a worker that died is seen by its call."""
        if not self.loads:
            return
        ready, self.loads = ray.wait(self.loads, num_returns=len(self.loads), timeout=0)
        for one in ready:
            try:
                ray.get(one)
            except RayTaskError as error:
                raise cause_of(error) from None
            except RayError:
                pass

    def _check_patience(self) -> None:
        late = time.monotonic() - self.patience_seconds
        silent = [call for call, (_, began) in self.calls.items() if began < late]
        for call in silent:
            index, _ = self.calls.pop(call)
            self._replace(index, f"gave no answer for {self.patience_seconds:.0f} s")
            self.idle.append(index)
        if silent:
            self.patience_seconds *= 2

    def _replace(self, index: int, what: str) -> None:
        self.notice(f"worker {index} {what}; its games under way are lost, another takes its place")
        with suppress(RayError):
            ray.kill(self.workers[index])
        self.workers[index] = self._hire()
        self.calls_left += 1

    def close(self) -> None:
        """End the actors; Ray itself stays up."""
        for actor in self.workers:
            with suppress(RayError):
                ray.kill(actor)
