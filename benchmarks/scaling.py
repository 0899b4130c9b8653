"""How training scales: python -m benchmarks.scaling [--json] [--only FIGURE] [--full].

The loop, its pool of actors, its dataset and its messages are the real ones. Only what costs a
core is simulated: a worker sleeps as long as its games would take to play, then sends games that
were played before under new ids; a learner takes rows into its windows, and sleeps as long as its
steps would take on a GPU. Simulated workers share processes, eight in each, and sleep side by side.

    efficiency        games a second of 64 simulated workers over 64 times those of one, with
                      generations of 100 games of each worker, and of 300 games in all
    driver            games of 60 rows that the driver takes in, checks and commits in a second, and
                      its processor seconds for a thousand; workers and learner don't sleep
    memory            what driver, learner, a worker's process and the object store grow by while
                      10,000 games pass through
    busy              processor time of workers and learner of a real run on this machine over that
                      of its cores
"""

import argparse
import itertools
import os
import tempfile
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import ray

from benchmarks.measure import parser, tell
from insei.agents.net.architecture import NetworkConfig
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.selfplay.data.dataset import COMMITS_BETWEEN_COMPACTIONS, GameDataset
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.learner.calls import RemoteCalls
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.learner.windowed_learner import StepsTaken, WindowedLearner
from insei.selfplay.loop import Training
from insei.selfplay.processes import processes_of, worker_of
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import RatingConfig, SelfPlayConfig, TrainConfig, WindowConfig
from insei.selfplay.worker import PlayCounts
from insei.selfplay.workers import CALLS_AHEAD, PlayResult, PooledWorkers, PublishedNet
from insei.system.actor_pool import ActorPool
from insei.system.actors.backend import Birth, Room
from insei.system.configuration import to_yaml
from insei.system.ray_actors import RayActors
from insei.system.ray_session import start_ray
from insei.system.worker_range import MOST_WORKERS

SIZE = 9
ROWS_OF_A_GAME = 60
GAMES_PER_SECOND = 1.85  # of a worker: 9x9, measured on one core
ROWS_PER_SECOND = 36_000.0  # of a learner on a GPU
SLOTS = 8  # simulated workers of a process
CONFIG = TrainConfig(
    name="scaling",
    generations=10**6,
    games_per_generation=300,
    workers=2,
    rules=Rules(SIZE, SIZE, 7.0),
    network=NetworkConfig(blocks=1, channels=8),
    selfplay=SelfPlayConfig(search=SearchSettings(visits=2), games_in_flight=16),
    window=WindowConfig(smallest=20_000, largest=100_000),
    rating=RatingConfig(every=None),
    milestone_every=None,
    keep_checkpoints=2,
)


def some_games(config: TrainConfig, count: int) -> SelfPlayGames:
    """Games of a net of random weights, of about 60 rows each on 9x9."""
    from insei.selfplay.learner.learner import Learner
    from insei.selfplay.processes import evaluators_of

    worker = worker_of(config, evaluators_of(config), 1, None)
    weights = Learner(config.network, config.learner, 1).playing_weights()
    worker.load(weights, 0)
    games = worker.play(count)[0][:count]
    most = ROWS_OF_A_GAME if config.rules.width == SIZE else 10**6
    return SelfPlayGames.of(
        [
            replace(game, rows={name: rows[:most] for name, rows in game.rows.items()})
            for game in games
        ]
    )


class SimulatedActor:
    """A worker that plays no game: it waits, and sends games from before under new ids."""

    def __init__(self, games: SelfPlayGames, seconds: float, index: int) -> None:
        self.games = games
        self.seconds = seconds  # of a game
        self.rng = np.random.default_rng(index)

    def play(self, num_games: int, net: PublishedNet) -> PlayResult:
        """What a call of a real worker would give back, after as long as it would take."""
        began = time.monotonic()
        parts = [self.games] * -(-num_games // len(self.games))
        whole = SelfPlayGames.together(parts)
        games = whole.without(set()) if len(whole) == num_games else first_of(whole, num_games)
        ids = [f"{number:016x}".encode() for number in self.rng.integers(2**63, size=num_games)]
        games = replace(
            games,
            game=np.array(ids, "S16"),
            generation=np.full(num_games, net.generation, np.int32),
        )
        time.sleep(max(0.0, num_games * self.seconds - (time.monotonic() - began)))
        return PlayResult(games, PlayCounts(seconds=time.monotonic() - began))


def first_of(games: SelfPlayGames, count: int) -> SelfPlayGames:
    """The first of some games."""
    rows, moves = int(games.num_plies[:count].sum()), int(games.num_moves[:count].sum())
    of_games = ("game", "generation", "width", "height", "komi", "num_moves", "num_plies")
    return SelfPlayGames(
        **{name: getattr(games, name)[:count] for name in of_games},
        moves=games.moves[:moves],
        rows={name: column[:rows] for name, column in games.rows.items()},
    )


class SimulatedLearner(WindowedLearner):
    """A learner whose steps take time and change nothing."""

    def __init__(self, config: TrainConfig, rows_per_second: float) -> None:
        super().__init__(config)
        self.rows_per_second = rows_per_second

    def learn(self, num_steps: int, share_done: float) -> StepsTaken:
        """Wait as long as the steps would take."""
        seconds = num_steps * self.config.learner.batch_size / self.rows_per_second
        time.sleep(seconds)
        self.learner.num_steps += num_steps
        return StepsTaken([], seconds, self.learner.num_steps, 0.0)


def simulated_learner(config: TrainConfig, rows_per_second: float, index: int) -> SimulatedLearner:
    """The learner of an actor."""
    return SimulatedLearner(config, rows_per_second)


class ManyActors:
    """What a process of several simulated workers holds."""

    def __init__(self) -> None:
        self.held: dict[int, Any] = {}
        self.locks: dict[int, threading.Lock] = {}

    def start(self, slot: int, make: Callable[[int], Any], index: int) -> tuple[int, str, str]:
        """Make an object; returns the process's id, and its node's id and name."""
        self.held[slot], self.locks[slot] = make(index), threading.Lock()
        node = ray.get_runtime_context().get_node_id()
        return os.getpid(), node, node[:8]

    def pulse(self) -> None:
        """Answer."""

    def call(self, slot: int, method: str, *arguments: Any) -> Any:
        """Call a method of an object, one call at a time."""
        with self.locks[slot]:
            return getattr(self.held[slot], method)(*arguments)


class SharedProcesses(RayActors):
    """A backend of the pool whose actors share processes, which are spread over the nodes."""

    def __init__(self, slots: int) -> None:
        super().__init__(cpus=0)
        self.slots = slots
        self.many = ray.remote(ManyActors).options(
            num_cpus=0, max_concurrency=4 * slots, scheduling_strategy="SPREAD"
        )
        self.processes: list[Any] = []
        self.numbers = itertools.count()

    def start(self, make: Callable[[int], Any], index: int) -> tuple[Any, Hashable]:
        """Start an actor in a process that has room for it."""
        number = next(self.numbers)
        if number // self.slots == len(self.processes):
            self.processes.append(self.many.remote())
        actor = self.processes[number // self.slots], number
        call = actor[0].start.remote(number, make, index)
        self.starts[call] = actor
        return actor, call

    def call(self, actor: Any, method: str, arguments: Sequence[Any]) -> Hashable:
        """Call a method of an actor's object."""
        process, slot = actor
        return process.call.remote(slot, method, *arguments)

    def pulse(self, actor: Any) -> Hashable:
        """Ask an actor's process whether it lives."""
        return actor[0].pulse.remote()

    def room(self) -> Room:
        """Room for all: they only sleep."""
        return Room(MOST_WORKERS, MOST_WORKERS, frozenset())

    def close(self, actor: Any) -> Hashable:
        """Nothing to close."""
        return ray.put(None)

    def kill(self, actor: Any, silent: Birth | None = None) -> None:
        """End the process; its other actors are ended too."""
        ray.kill(actor[0])


@contextmanager
def simulated(
    config: TrainConfig, num_workers: int, games: SelfPlayGames, seconds: float, rows: float
) -> Iterator[tuple[Training, PooledWorkers, RemoteCalls]]:
    """A training with simulated workers and learner, under way.

    Args:
        seconds: that a worker's game takes.
        rows: that the learner learns in a second.
    """
    backend = SharedProcesses(SLOTS)
    kept = ray.put(games)

    def make(index: int) -> SimulatedActor:
        return SimulatedActor(ray.get(kept), seconds, index)

    pool = ActorPool(backend, make, num_workers, print, ahead=CALLS_AHEAD)
    workers = PooledWorkers(
        pool, config.rules, config.selfplay.games_per_call, config.games_per_generation
    )
    learner = RemoteCalls(RayActors(cpus=0), partial(simulated_learner, config, rows))
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder.create(Path(folder) / config.name, to_yaml(config))
        training = Training(
            run, config, lambda seed: workers, lambda: learner, lambda status: None, print
        )
        training.publish_newest()
        while len(pool.process_ids) < num_workers:
            pool.wait(1.0)
        yield training, workers, learner
        training.close()
        run.close()


def rate(training: Training, seconds: float) -> tuple[float, float]:
    """Games committed in a second, and the driver's processor seconds for a thousand."""
    turn_for(training, seconds / 4)  # until all is in its stride
    training.commit()
    games, began, used = training.dataset.num_games, time.monotonic(), time.process_time()
    turn_for(training, seconds)
    training.commit()
    games = training.dataset.num_games - games
    elapsed, used = time.monotonic() - began, time.process_time() - used
    return games / elapsed, 1000 * used / max(1, games)


def turn_for(training: Training, seconds: float) -> None:
    """Let a training go on for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        training.turn()


def efficiency(is_full: bool) -> dict[str, float]:
    """Games a second of many workers over those of one; 64 workers on 8 nodes if full, else 16.

    A generation has 100 games of each worker; and again 300 games of all together, so that a net is
    due every few seconds. Short runs flatter: workers wait for the learner only once the games are
    two nets ahead of it.
    """
    num_workers, seconds = (64, 240.0) if is_full else (16, 15.0)
    games = some_games(CONFIG, 16)
    found = {}
    for count, per_generation in ((1, 100), (num_workers, 100 * num_workers), (num_workers, 300)):
        config = replace(CONFIG, games_per_generation=per_generation)
        with simulated(config, count, games, 1 / GAMES_PER_SECOND, ROWS_PER_SECOND) as (run, *_):
            found[count, per_generation] = rate(run, seconds)[0]
    alone = found[1, 100]
    return {
        "games_per_second_of_1_worker": alone,
        f"efficiency_{num_workers}_workers": found[num_workers, 100 * num_workers]
        / (num_workers * alone),
        f"efficiency_{num_workers}_workers_300_games": found[num_workers, 300]
        / (num_workers * alone),
    }


def driver(is_full: bool) -> dict[str, float]:
    """What the driver takes in, from two workers that don't sleep and beside a learner as quick."""
    config = replace(CONFIG, games_per_generation=20_000)
    config = replace(config, selfplay=replace(config.selfplay, games_per_call=256))
    games = some_games(config, 64)
    with simulated(config, 2, games, 0.0, 1e9) as (training, *_):
        per_second, used = rate(training, 60.0 if is_full else 10.0)
    return {
        "driver_games_per_second": per_second,
        "driver_cpu_seconds_per_1000_games": used,
        "driver_games_per_cpu_second": 1000 / used,
        "rows_of_a_game": games.num_rows / len(games),
    }


def memory(is_full: bool) -> dict[str, float]:
    """How much processes grow while 10,000 tiny games pass through, in MB."""
    config = replace(
        CONFIG,
        rules=Rules(5, 5, 14.5),
        games_per_generation=1000,
        window=WindowConfig(smallest=5000, largest=20_000),
    )
    games = some_games(config, 64)
    warm, num_games = (20_000, 100_000) if is_full else (6000, 10_000)
    with simulated(config, 2, games, 0.0, 1e9) as (training, workers, learner):
        learner.call("process_id")
        processes = {
            "driver": psutil.Process(),
            "worker": psutil.Process(workers.pool.process_ids[0]),
            "learner": psutil.Process(next(a.value for a in learner.answers(60.0))),
        }

        def megabytes() -> dict[str, float]:
            found = {name: one.memory_info().rss / 2**20 for name, one in processes.items()}
            total, free = (
                kinds.get("object_store_memory", 0.0)
                for kinds in (ray.cluster_resources(), ray.available_resources())
            )
            return found | {"object_store": (total - free) / 2**20}

        dataset = training.dataset
        while dataset.num_games < warm or (is_full and not has_compacted(dataset)):
            training.turn()
        before, games_before = megabytes(), training.dataset.num_games
        while training.dataset.num_games < games_before + num_games:
            training.turn()
        after = megabytes()
        passed = (training.dataset.num_games - games_before) / 10_000
    return {
        f"rss_growth_mb_per_10000_games_{name}": (after[name] - before[name]) / passed
        for name in after
    }


def has_compacted(dataset: GameDataset) -> bool:
    """Whether small files were put together; the first time brings in code of Lance's."""
    return dataset.num_commits > COMMITS_BETWEEN_COMPACTIONS


def busy(is_full: bool) -> dict[str, float]:
    """The share of this machine's cores that a run like go7's plays and learns, by two workers."""
    seconds = 300.0 if is_full else 30.0
    config = replace(
        CONFIG,
        games_per_generation=500,
        rules=Rules(7, 7, 9.0),
        network=NetworkConfig(blocks=4, channels=48),
        selfplay=SelfPlayConfig(search=SearchSettings(visits=32), opening_plies=2),
        learner=LearnerConfig(learning_rate=0.002),
        rating=RatingConfig(every=5, games=20, opponents=("random",)),
        milestone_every=5,
    )
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder.create(Path(folder) / config.name, to_yaml(config))
        make_workers, make_learner = processes_of(config, None, print)
        shares: list[float] = []
        training = Training(
            run, config, make_workers, make_learner,
            lambda status: shares.append(status.busy_share), print,
        )  # fmt: skip
        training.publish_newest()
        workers, learner = training.workers, training.learner
        assert isinstance(workers, PooledWorkers)
        assert isinstance(learner, RemoteCalls)
        process = learner.backend.call(learner.actor, "process_id", ())
        turn_for(training, seconds / 4)
        ids = [*workers.pool.process_ids, learner.backend.result(process)]
        used, began = sum(map(cpu_seconds, ids)), time.monotonic()
        turn_for(training, seconds)
        elapsed = time.monotonic() - began
        used = sum(map(cpu_seconds, ids)) - used
        training.close()
        run.close()
    return {
        "busy_share_2_workers": used / (elapsed * (os.cpu_count() or 1)),
        "share_of_time_in_calls": shares[-1],
    }


def cpu_seconds(process: int) -> float:
    """Processor time that a process has used."""
    times = psutil.Process(process).cpu_times()
    return float(times.user + times.system)


FIGURES = {"efficiency": efficiency, "driver": driver, "memory": memory, "busy": busy}


def arguments() -> argparse.Namespace:
    """The program's options."""
    options = parser(__doc__)
    options.add_argument("--only", choices=FIGURES, help="one figure alone")
    options.add_argument("--full", action="store_true", help="longer, 64 workers on 8 nodes")
    return options.parse_args()


def start_nodes(count: int) -> None:
    """Start Ray as a cluster of several nodes on this machine."""
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    for _ in range(count):
        cluster.add_node(num_cpus=SLOTS, object_store_memory=200 * 2**20)
    start_ray(1, cluster.address)


def main() -> None:
    """Measure what was asked for."""
    given = arguments()
    if given.full and given.only == "efficiency":
        start_nodes(8)
    else:
        start_ray(2)
    found: dict[str, float] = {}
    for name in [given.only] if given.only else FIGURES:
        found |= FIGURES[name](given.full)
    tell(found, given.json, "training, partly simulated")
    ray.shutdown()


if __name__ == "__main__":
    main()
