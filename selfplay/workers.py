"""The workers of a run, which play its games: one in this process, or a pool of actors."""

import math
from collections.abc import Callable
from contextlib import closing
from typing import Any, Protocol

from insei.engine.rules import Rules
from insei.selfplay.data.game import SelfPlayGame
from insei.selfplay.worker import PlayCounts, Weights, Worker
from insei.system.actor_pool import ActorPool, Task
from insei.tournament.match import GameRunner, Job, PlayedGame

PlayResult = tuple[list[SelfPlayGame], PlayCounts]  # what a worker's call gives back
PATIENCE_SECONDS = 900.0  # until a worker whose call has not come back is silent


class Workers(Protocol):
    """Workers as the loop sees them."""

    def publish(self, weights: Weights, generation: int, progress: float) -> None:
        """Play with these weights from now on; `progress` is the share of the run that is done."""

    def begin(self, num_games: int) -> None:
        """Have at least `num_games` more games played."""

    def poll(self, seconds: float) -> list[PlayResult]:
        """Return the calls that have come back, after waiting up to `seconds` for the first."""

    def play_jobs(self, jobs: list[Job]) -> list[PlayedGame]:
        """Play the games of a rating."""

    @property
    def is_busy(self) -> bool:
        """Whether games that were begun are still to come."""

    def close(self) -> None:
        """End the workers."""


def play_jobs_here(jobs: list[Job]) -> list[PlayedGame]:
    """Play rating games in this process."""
    with closing(GameRunner()) as runner:
        return runner.play(jobs)


class LocalWorkers:
    """One worker in this process: for debugging, and for the smallest runs."""

    def __init__(self, worker: Worker, games_per_call: int) -> None:
        self.worker = worker
        self.games_per_call = games_per_call
        self.num_missing = 0

    def publish(self, weights: Weights, generation: int, progress: float) -> None:
        """Play with these weights from now on; `progress` is the share of the run that is done."""
        self.worker.load(weights, generation, progress)

    def begin(self, num_games: int) -> None:
        """Have at least `num_games` more games played, as `poll` is called."""
        self.num_missing = max(0, self.num_missing) + num_games

    def poll(self, seconds: float) -> list[PlayResult]:
        """Play one call's games now."""
        if self.num_missing <= 0:
            return []
        games, counts = self.worker.play(min(self.num_missing, self.games_per_call))
        self.num_missing -= len(games)
        return [(games, counts)]

    def play_jobs(self, jobs: list[Job]) -> list[PlayedGame]:
        """Play the games of a rating."""
        return play_jobs_here(jobs)

    @property
    def is_busy(self) -> bool:
        """Whether games that were begun are still to come."""
        return self.num_missing > 0

    def close(self) -> None:
        """Nothing to end."""


class WorkerActor:
    """What an actor of the pool holds: a self-play worker, which also plays rating games.

    Args:
        make_worker: an index to the worker.
        index: of the actor.
    """

    def __init__(self, make_worker: Callable[[int], Worker], index: int) -> None:
        self.worker = make_worker(index)

    def load(self, weights: Weights, generation: int, progress: float) -> None:
        """Play with these weights from now on."""
        self.worker.load(weights, generation, progress)

    def play(self, num_games: int) -> PlayResult:
        """Play at least `num_games` games of self-play."""
        return self.worker.play(num_games)

    def play_jobs(self, jobs: list[Job]) -> list[PlayedGame]:
        """Play rating games."""
        return play_jobs_here(jobs)


def fault_of_call(frame: Rules, task: Task, result: Any) -> str:
    """What is wrong with what a worker's call gave back; empty if nothing is.

    Args:
        frame: the run's rules, on its largest board.
    """
    if task.method != "play":
        return ""
    games, _ = result
    return next((fault for game in games if (fault := game.fault(frame))), "")


class PooledWorkers:
    """Workers as actors of a pool, which replaces those that die or fall silent.

    A call plays a few whole games, never a move. A worker that is replaced loses the games that it
    had under way, and nothing else: its call is made again on another.

    Args:
        pool: of `WorkerActor`s.
        games_per_call: games that a call plays.
    """

    def __init__(self, pool: ActorPool, games_per_call: int) -> None:
        self.pool = pool
        self.games_per_call = games_per_call
        self.waiting: list[PlayResult] = []  # that came back while rating games were played

    def publish(self, weights: Weights, generation: int, progress: float) -> None:
        """Send these weights to every worker; calls made from now on play with them."""
        self.pool.broadcast("load", weights, generation, progress)

    def begin(self, num_games: int) -> None:
        """Have at least `num_games` more games played."""
        for _ in range(math.ceil(num_games / self.games_per_call)):
            self.pool.submit("play", self.games_per_call)

    def poll(self, seconds: float) -> list[PlayResult]:
        """Return the calls that have come back, after waiting up to `seconds` for the first."""
        waiting, self.waiting = self.waiting, []
        return waiting or [done.result for done in self.pool.wait(seconds)]

    def play_jobs(self, jobs: list[Job]) -> list[PlayedGame]:
        """Play the games of a rating, an equal share on each worker; in the order of the jobs."""
        share = max(1, math.ceil(len(jobs) / max(1, self.pool.size)))
        tasks: dict[Task, Any] = {
            self.pool.submit("play_jobs", jobs[first : first + share]): None
            for first in range(0, len(jobs), share)
        }
        missing = len(tasks)
        while missing:
            for done in self.pool.wait(1.0):
                if done.task in tasks:
                    tasks[done.task] = done.result
                    missing -= 1
                else:
                    self.waiting.append(done.result)
        return [game for games in tasks.values() for game in games]

    @property
    def is_busy(self) -> bool:
        """Whether games that were begun are still to come."""
        return self.pool.is_busy or bool(self.waiting)

    def close(self) -> None:
        """End the actors; Ray itself stays up."""
        self.pool.close()
