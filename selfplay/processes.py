"""Where a run's workers live: in this process, or in actors on Ray.

Actors load this module, so that torch stays out of it: a worker of the processor needs none.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from insei.selfplay.train_config import TrainConfig
from insei.selfplay.worker import MakeEvaluator, Worker, compiled
from insei.selfplay.workers import (
    CALLS_AHEAD,
    LocalWorkers,
    PooledWorkers,
    WorkerActor,
    Workers,
)
from insei.system.actor_pool import ActorPool
from insei.system.worker_range import WorkerRange

if TYPE_CHECKING:
    from insei.selfplay.learner.calls import MakeLearner

MakeWorkers = Callable[[int], Workers]


def processes_of(
    config: TrainConfig,
    address: str | None,
    notice: Callable[[str], None],
    fault: Callable[[str], None] | None = None,
) -> "tuple[MakeWorkers, MakeLearner]":
    """How to make a run's workers, and after them its learner, as the configuration wants them.

    Args:
        address: of a Ray cluster to join; None starts Ray on this machine.
        notice: told in one line how many workers there are, or that a node can't run one.
        fault: told in one line that a worker was lost or replaced; None: `notice` is.
    """
    from insei.selfplay.learner.processes import make_learner

    make = partial(make_workers, config, address, notice, fault=fault)
    return make, partial(make_learner, config, notice)


def make_workers(
    config: TrainConfig,
    address: str | None,
    notice: Callable[[str], None],
    seed: int,
    fault: Callable[[str], None] | None = None,
) -> Workers:
    """Workers in this process, or on Ray.

    Args:
        notice, fault: as of `processes_of`.
        seed: new at each start; it is not for a worker in this process, whose games repeat.
    """
    gpus = config.selfplay.gpus
    per_call = config.selfplay.games_per_call
    make_evaluator = evaluators_of(config)
    wanted = WorkerRange.of(config.workers)
    if wanted.is_none:

        def make_local(generation: int) -> Worker:
            own_seed = seed_of(config.seed, generation)
            return worker_of(config, make_evaluator, own_seed, config.games_per_generation)

        return LocalWorkers(make_local, per_call)
    from insei.system.ray_actors import RayActors
    from insei.system.ray_session import check_gpus, start_ray

    def make_worker(index: int) -> Worker:
        return worker_of(config, make_evaluator, seed_of(seed, index), None)

    start_ray(wanted.least, address)
    check_gpus(wanted.least, gpus)
    make_actor = partial(WorkerActor, make_worker)
    pool = ActorPool(
        RayActors(gpus),
        make_actor,
        wanted,
        notice,
        config.patience,
        ahead=CALLS_AHEAD,
        fault=fault,
    )
    return PooledWorkers(pool, config.rules, per_call, config.games_per_generation)


def evaluators_of(config: TrainConfig) -> MakeEvaluator:
    """How workers make a net's evaluator: on a processor, or on a GPU."""
    if config.selfplay.gpus:
        from insei.selfplay.on_gpu import NetsOnGpu

        return NetsOnGpu(config.network)
    return partial(
        compiled,
        config.network,
        config.rules.height,
        config.rules.width,
        config.selfplay.precision,
    )


def worker_of(
    config: TrainConfig, make_evaluator: MakeEvaluator, seed: int, most_games: int | None
) -> Worker:
    """A worker as the configuration wants it."""
    groups = config.network.plane_groups
    return Worker(config.mix, config.selfplay, make_evaluator, seed, groups, most_games)


def seed_of(seed: int, index: int) -> int:
    """A seed of its own for each index."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0])
