"""A training run from Python.

    from insei.selfplay.session import train

    run = train("go5", settings=["generations=1"], watch=print)

begins or continues runs/go5, tells `print` how it stands, and returns where the net is.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from insei.selfplay.beginning import open_run
from insei.selfplay.loop import Status, Training
from insei.selfplay.named_programs import programs_of
from insei.selfplay.run import RunFolder, stops_in_words, write_config
from insei.selfplay.train_config import TrainConfig
from insei.selfplay.worker import MakeEvaluator, Worker, compiled
from insei.selfplay.workers import (
    PATIENCE_SECONDS,
    LocalWorkers,
    PooledWorkers,
    WorkerActor,
    Workers,
    fault_of_call,
)
from insei.system.actor_pool import ActorPool
from insei.system.configuration import to_yaml


@dataclass(frozen=True)
class TrainedRun:
    """A run whose training is done."""

    path: Path
    config: TrainConfig
    generations_learned: int

    @property
    def player(self) -> str:
        """Its newest net with a search, by the player grammar."""
        return f"search:{self.path}"


def ignore(what: object) -> None:
    """Watch nothing."""


def train(
    source: Path | str,
    *,
    runs: Path | str = "runs",
    settings: Sequence[str] = (),
    address: str | None = None,
    watch: Callable[[Status], None] = ignore,
    notice: Callable[[str], None] = ignore,
) -> TrainedRun:
    """Train a run to its end, from a configuration or from where it stands.

    Args:
        source: a YAML file, or the name of a configuration that comes with insei, which begins a
            run or continues the one it began; or a run's folder.
        runs: where new runs go.
        settings: KEY=VALUE over the configuration, as "learner.batch_size=128".
        address: of a Ray cluster to join; None starts Ray on this machine.
        watch: told how the run stands, several times a second.
        notice: told in one line what deserves a line; the run's log has these lines too.

    Raises:
        ValueError: the source can't be used, or the loss is NaN or infinite.
        DiskFull: there is no room; the run is whole up to its newest checkpoint and games.
    """
    run, config = open_run(Path(source), Path(runs), settings)
    with closing(run):
        return train_run(run, config, address, watch, notice)


def train_run(
    run: RunFolder,
    config: TrainConfig,
    address: str | None = None,
    watch: Callable[[Status], None] = ignore,
    notice: Callable[[str], None] = ignore,
) -> TrainedRun:
    """Train an open run to its end; see `train`."""

    def log(line: str) -> None:
        run.log(line)
        notice(line)

    if said := run.rating_lines().notice:
        log(said)
    if programs := programs_of(config):
        log(f"its ratings start {', '.join(programs)}")
    with stops_in_words(run, "train"):
        training = Training(run, config, partial(make_workers, config, address, log), watch, log)
        if to_yaml(config) != run.config_text:  # replaced once it is known to fit the run
            write_config(run.path, to_yaml(config))
        with closing(training):
            training.play()
    return TrainedRun(run.path, config, training.progress.num_learned)


def make_workers(
    config: TrainConfig, address: str | None, notice: Callable[[str], None], seed: int
) -> Workers:
    """Workers as the configuration wants them: in this process, or on Ray."""
    gpus = config.selfplay.gpus
    make_evaluator: MakeEvaluator = partial(
        compiled,
        config.network,
        config.rules.height,
        config.rules.width,
        config.selfplay.precision,
    )
    if gpus:
        from insei.selfplay.on_gpu import NetsOnGpu

        make_evaluator = NetsOnGpu(config.network)

    def make_worker(index: int) -> Worker:
        worker_seed = int(np.random.SeedSequence([seed, index]).generate_state(1)[0])
        groups = config.network.plane_groups
        return Worker(config.mix, config.selfplay, make_evaluator, worker_seed, groups)

    per_call = config.selfplay.games_per_call
    if config.workers == 0:
        return LocalWorkers(make_worker(0), per_call)
    from insei.system.ray_actors import RayActors
    from insei.system.ray_session import check_gpus, start_ray

    start_ray(config.workers, address)
    check_gpus(config.workers, gpus)
    make_actor = partial(WorkerActor, make_worker)
    fault_of = partial(fault_of_call, config.rules)
    pool = ActorPool(
        RayActors(gpus), make_actor, config.workers, notice, PATIENCE_SECONDS, fault_of
    )
    return PooledWorkers(pool, per_call)
