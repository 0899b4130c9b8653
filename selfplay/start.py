"""Where a run begins, or goes on: the net, the sampler and the progress that it starts with."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.find_package import find_package
from insei.agents.net.net2net import enlarged
from insei.agents.net.package import PlayerCard, load_package, read_card
from insei.selfplay.checkpoints import Progress, checkpoints_of, milestones_of
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.learner.learner import Learner
from insei.selfplay.lineage import RANDOM_WEIGHTS, Lineage
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError


@dataclass(frozen=True)
class Start:
    """Where a run goes on."""

    progress: Progress
    started_from: dict[str, Any] | None  # the training of the net that it began with, if another's
    notice: str = ""  # what a user should know of it


def begin_or_resume(
    run: RunFolder,
    config: TrainConfig,
    dataset: GameDataset,
    learner: Learner,
    rng: np.random.Generator,
) -> Start:
    """Put the learner and the sampler where the run's newest checkpoint says.

    Raises:
        ValueError: the newest checkpoint is damaged, or does not fit the configuration; or the
            player to start from is not there.
    """
    checkpoint = run.newest()
    if checkpoint is None:
        started_from = take_starting_net(config, learner) if config.start_from else None
        progress = Progress(Lineage(), 0, 0, dict(rng.bit_generator.state), 0.0)
        present = RANDOM_WEIGHTS
    else:
        progress, state = checkpoint
        training = read_card(checkpoints_of(run.path)[-1]).training
        check_games(run, dataset, training.get("games", 0))
        started_from = training.get("started_from")
        learner.restore(state, progress.num_steps)
        learner.rate_scale = progress.rate_scale
        rng.bit_generator.state = progress.random_state
        present = progress.generation
    return counted_on(Start(progress, started_from), present, highest_in_use(run, dataset))


def check_games(run: RunFolder, dataset: GameDataset, known: int) -> None:
    """Check that a run still has games if its newest checkpoint knew some.

    Raises:
        UserError: it has none.
    """
    if known and not dataset.num_games:
        raise UserError(
            f"{run.dataset_path}: not there, or empty, but the newest checkpoint knew {known:,} "
            f"games; wanted it back, or another run with start_from: {run.path}"
        )


class BeginsWithNet(Protocol):
    """A configuration of a run that may start from another player's net."""

    @property
    def start_from(self) -> str | None:
        """The player; None for random weights."""

    @property
    def network(self) -> NetworkConfig:
        """The run's net."""

    @property
    def seed(self) -> int:
        """Of new weights."""


def take_starting_net(config: BeginsWithNet, learner: Learner) -> dict[str, Any]:
    """Give the learner another player's net; returns what is known of that one's training."""
    weights, card = starting_net(config)
    learner.begin_with(weights)
    return {
        "player": config.start_from,
        "weights_sha256": card.weights_sha256,
        **card.training,
    }


def starting_net(
    config: BeginsWithNet,
) -> tuple[dict[str, NDArray[np.float32]], PlayerCard]:
    """The weights of `config.start_from`, enlarged to the run's architecture, and that net's card.

    Raises:
        ValueError: there is no such player, it is damaged, or larger than the run's net.
    """
    package = load_package(find_package(config.start_from or ""))
    rng = np.random.default_rng(config.seed)
    weights = enlarged(package.weights, package.card.architecture, config.network, rng)
    return weights, package.card


def highest_in_use(run: RunFolder, dataset: GameDataset) -> int:
    """The highest generation that a milestone, a rating or a game has; RANDOM_WEIGHTS for none."""
    rated = (rating.generation for rating in run.ratings())
    used = [*milestones_of(run.path), *rated, *dataset.games_by_generation]
    return max(used, default=RANDOM_WEIGHTS)


def counted_on(start: Start, present: int, highest: int) -> Start:
    """Count on beyond all numbers in use, if somebody took later checkpoints away.

    The games stay in the window. The schedules go on from where the present net stood.
    """
    if highest <= present:
        return start
    progress = start.progress
    lineage = progress.lineage.count_on(present, highest)
    net = f"checkpoint {present}" if present != RANDOM_WEIGHTS else "a new net (no checkpoint left)"
    return Start(
        replace(progress, lineage=lineage),
        start.started_from,
        f"later checkpoints were taken away: going on from {net}, and counting on from "
        f"generation {highest}, the last one with games, a rating or a milestone",
    )
