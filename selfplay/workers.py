"""The workers of a run, which play its games: one in this process, or a pool of actors."""

import math
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from insei.agents.carried import Packages
from insei.engine.rules import Rules
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.reports.run_now import WorkerNow
from insei.selfplay.worker import PlayCounts, Weights, Worker
from insei.system.actor_pool import ActorPool, Task
from insei.tournament.match import GameRunner, Job, PlayedGame, packages_for

CALLS_AHEAD = 2  # of each worker, whose games together are to be about a generation's at most


class PlayResult(NamedTuple):
    """What a worker's call gives back."""

    games: SelfPlayGames | None  # None: nothing was recorded
    counts: PlayCounts


@dataclass(frozen=True)
class PublishedNet:
    """A net that plays, and what a worker is to know of the run."""

    weights: Weights
    generation: int
    progress: float  # the share of the run that is done


class Workers(Protocol):
    """Workers as the loop sees them."""

    def publish(self, net: PublishedNet) -> None:
        """Play with this net from now on."""

    def go_on(self) -> None:
        """Have every worker play; to be called often."""

    def poll(self, seconds: float) -> list[PlayResult]:
        """Return the calls that have come back, after waiting up to `seconds` for the first."""

    def begin_jobs(self, jobs: list[Job]) -> None:
        """Have the games of a rating played, while self-play goes on."""

    def jobs_done(self) -> list[PlayedGame] | None:
        """Those games, in the order of the jobs; None until all are played."""

    @property
    def repeats(self) -> bool:
        """Whether a net that is published again has the same games played again."""

    @property
    def num_workers(self) -> int:
        """Workers that there are."""

    def present(self) -> tuple[WorkerNow, ...]:
        """The workers that are processes of their own."""

    def close(self) -> None:
        """End the workers."""


def play_jobs_here(jobs: list[Job], packages: Packages = MappingProxyType({})) -> list[PlayedGame]:
    """Play rating games in this process; `packages` as for `GameRunner`."""
    with closing(GameRunner(packages)) as runner:
        return runner.play(jobs)


class LocalWorkers:
    """One worker in this process: for debugging, and for the smallest runs.

    It plays the games of a generation, all to their ends, and waits for the next net. Each net has
    a worker of its own, whose games depend on nothing but the run's seed and the net. So a run that
    was stopped amid a generation plays its games again, the same.

    Args:
        make_worker: a generation to its worker.
        games_per_call: games that a poll plays.
    """

    repeats = True
    num_workers = 1

    def __init__(self, make_worker: Callable[[int], Worker], games_per_call: int) -> None:
        self.make_worker = make_worker
        self.games_per_call = games_per_call
        self.worker: Worker | None = None
        self.jobs: list[Job] | None = None

    def publish(self, net: PublishedNet) -> None:
        """Play the games of this net's generation."""
        self.worker = self.make_worker(net.generation)
        self.worker.load(net.weights, net.generation, net.progress)

    def go_on(self) -> None:
        """Nothing: games are played as they are polled for."""

    def poll(self, seconds: float) -> list[PlayResult]:
        """Play one call's games now; none once those of the generation are played."""
        if self.worker is None:
            return []
        games, counts = self.worker.play(self.games_per_call)
        return [PlayResult(SelfPlayGames.of(games), counts)] if games else []

    def begin_jobs(self, jobs: list[Job]) -> None:
        """Have the games of a rating played when they are asked for."""
        self.jobs = jobs

    def jobs_done(self) -> list[PlayedGame] | None:
        """Play the games of a rating now; None if there are none to play."""
        if self.jobs is None:
            return None
        jobs, self.jobs = self.jobs, None
        return play_jobs_here(jobs)

    def present(self) -> tuple[WorkerNow, ...]:
        """None: the worker is this process."""
        return ()

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

    def play(self, num_games: int, net: PublishedNet) -> PlayResult:
        """Play at least `num_games` games of self-play with this net."""
        if net.generation != self.worker.generation:
            self.worker.load(net.weights, net.generation, net.progress)
        games, counts = self.worker.play(num_games)
        return PlayResult(SelfPlayGames.of(games), counts)

    def play_jobs(self, jobs: list[Job], packages: Packages) -> tuple[list[PlayedGame], float]:
        """Play rating games, with nets that this machine may lack.

        Returns:
            the games, and the seconds that they took.
        """
        began = time.monotonic()
        return play_jobs_here(jobs, packages), time.monotonic() - began


class PooledWorkers:
    """Workers as actors of a pool, which replaces those that die or fall silent.

    A call plays a few whole games, never a move, with the newest net. A worker that is replaced
    loses the games that it had under way, and nothing else: its call is made again on another.

    Args:
        pool: of `WorkerActor`s.
        frame: the run's rules, on its largest board.
        most_games: that a call plays.
        games_per_generation: calls play fewer where many workers would play more than a generation
            before they see the next net.
    """

    repeats = False

    def __init__(
        self, pool: ActorPool, frame: Rules, most_games: int, games_per_generation: int
    ) -> None:
        self.pool = pool
        self.frame = frame
        self.most_games = most_games
        self.games_per_generation = games_per_generation
        self.net: Any = None  # a stand-in for the newest one
        self.newest_generation = -1
        self.jobs: dict[Task, list[PlayedGame] | None] = {}  # of a rating, with what came back
        self.job_seconds = 0.0  # that rating games took, not told yet
        pool.fault_of = self.fault_of

    @property
    def num_workers(self) -> int:
        """Workers that there are."""
        return self.pool.num_started

    def present(self) -> tuple[WorkerNow, ...]:
        """The workers that have started."""
        since = time.time() - self.pool.clock()
        return tuple(
            WorkerNow(actor.birth.node_name, actor.birth.process_id, since + actor.started)
            for actor in self.pool.actors
            if actor.birth
        )

    @property
    def games_per_call(self) -> int:
        """Games that a call plays at least."""
        share = self.games_per_generation // (CALLS_AHEAD * max(1, self.pool.size))
        return max(1, min(self.most_games, share))

    def publish(self, net: PublishedNet) -> None:
        """Play with this net in all calls made from now on; it is sent to each node once."""
        self.net = self.pool.backend.share(net)
        self.newest_generation = net.generation

    def go_on(self) -> None:
        """Give calls to all workers that have none."""
        for _ in range(self.pool.num_free):
            self.pool.submit("play", self.games_per_call, self.net)

    def poll(self, seconds: float) -> list[PlayResult]:
        """Return the calls that have come back, after waiting up to `seconds` for the first."""
        if not self.pool.is_busy:
            time.sleep(seconds)  # the pool doesn't wait where there is nothing to wait for
        found = []
        for done in self.pool.wait(seconds):
            if done.task in self.jobs:
                self.jobs[done.task], took = done.result
                self.job_seconds += took
            elif done.task.method == "play":
                found.append(done.result)
        if found:
            found[0].counts.seconds += self.job_seconds
            self.job_seconds = 0.0
        return found

    def begin_jobs(self, jobs: list[Job]) -> None:
        """Have the games of a rating played, an equal share on each worker, before more others."""
        share = max(1, math.ceil(len(jobs) / max(1, self.pool.num_started)))
        packages = packages_for(jobs)
        self.jobs = {
            self.pool.submit("play_jobs", jobs[first : first + share], packages): None
            for first in range(0, len(jobs), share)
        }

    def jobs_done(self) -> list[PlayedGame] | None:
        """The games of the rating, in the order of the jobs; None until all are played."""
        found = [games for games in self.jobs.values() if games is not None]
        if len(found) < len(self.jobs):
            return None
        self.jobs = {}
        return [game for games in found for game in games]

    def fault_of(self, task: Task, result: Any) -> str:
        """What is wrong with what a worker's call gave back; empty if nothing is."""
        if task.method != "play":
            return ""
        if not isinstance(result, PlayResult) or not isinstance(result.games, SelfPlayGames):
            return f"{type(result).__name__} instead of games"
        if fault := result.games.fault(self.frame):
            return fault
        numbers = result.games.generation
        if numbers.min() < 0 or numbers.max() > self.newest_generation:
            return f"games of generation {numbers.max()}, wanted up to {self.newest_generation}"
        return ""

    def close(self) -> None:
        """End the actors; Ray itself stays up."""
        self.pool.close()
