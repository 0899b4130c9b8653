"""Where a run's learner lives: in this process, in an actor on Ray, or in several."""

from collections.abc import Callable
from functools import partial

from insei.selfplay.learner.calls import LearnerCalls, LocalCalls, RemoteCalls
from insei.selfplay.learner.group_calls import GroupCalls
from insei.selfplay.learner.windowed_learner import WindowedLearner
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.worker_range import WorkerRange


def make_learner(config: TrainConfig, notice: Callable[[str], None]) -> LearnerCalls:
    """The learner: in this process, or an actor of its own on Ray, which runs by then, or several.

    Ray's count reserves the threads and a GPU of each, where the workers leave as many. Where they
    don't, as on two cores with two workers, or where they are as many as find room, it shares with
    them. So does one that finds no place, because not all nodes that were counted can be used.

    Args:
        notice: told in one line that a node can't run the learner.

    Raises:
        UserError: there is no GPU for each of several.
    """
    wanted, count = WorkerRange.of(config.workers), config.learners
    if wanted.is_none:
        return LocalCalls(WindowedLearner(config))
    from insei.system.ray_actors import RayActors
    from insei.system.ray_session import resources

    cpus = max(0.0, resources("CPU") - wanted.most) // count
    gpus = 0.0
    if config.learner.device != "cpu":
        gpus = max(0.0, resources("GPU") - wanted.most * config.selfplay.gpus)
        if count > 1 and gpus < count:
            raise UserError(
                f"learners {count} on {config.learner.device}: wanted at most the {int(gpus)} GPUs "
                "that the workers leave, because each learner needs one of its own"
            )
    gpus = min(1.0, gpus)
    backend = RayActors(gpus, min(float(config.learner.threads), cpus))
    make, sharing = partial(learner_of, config), RayActors(gpus, 0.0)
    if count > 1:
        return GroupCalls(backend, make, count, config.patience, notice=notice, sharing=sharing)
    return RemoteCalls(backend, make, config.patience, notice=notice, sharing=sharing)


def learner_of(config: TrainConfig, index: int) -> WindowedLearner:
    """A learner, in the process of an actor, whose index means nothing here."""
    from insei.system.ray_session import node_address

    return WindowedLearner(config, node_address())
