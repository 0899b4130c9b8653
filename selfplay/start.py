"""Where a run begins, or goes on: the net, the sampler and the progress that it starts with."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.find_package import find_package
from insei.agents.net.net2net import enlarged
from insei.agents.net.package import PlayerCard, load_package, read_card
from insei.selfplay.checkpoints import Progress, checkpoints_of, milestones_of
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.learner.learner import Learner
from insei.selfplay.learner.windowed_learner import Tensors
from insei.selfplay.lineage import RANDOM_WEIGHTS, Lineage
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError


@dataclass(frozen=True)
class Start:
    """Where a run goes on."""

    progress: Progress
    started_from: dict[str, Any] | None  # the training of the net that it began with, if another's
    state: Tensors | None = None  # of the learner; None in a new run
    weights: Tensors | None = None  # of the net that a new run begins with; None: random ones
    notice: str = ""  # what a user should know of it


def begin_or_resume(run: RunFolder, config: TrainConfig, dataset: GameDataset) -> Start:
    """Where the run's newest checkpoint says that it goes on.

    Raises:
        ValueError: the newest checkpoint is damaged, or the player to start from is not there.
    """
    checkpoint = run.newest()
    if checkpoint is None:
        unused = np.random.default_rng(config.seed).bit_generator.state
        progress = Progress(Lineage(), 0, 0, dict(unused), 0.0, num_games=0, num_rows=0)
        weights, started_from = None, None
        if config.start_from:
            weights, started_from = net_to_start_from(config)
        start = Start(progress, started_from, weights=weights)
        present = RANDOM_WEIGHTS
    else:
        progress, state = checkpoint
        training = read_card(checkpoints_of(run.path)[-1]).training
        check_games(run, dataset, training.get("games", 0))
        progress = with_counts(progress, dataset)
        start = Start(progress, training.get("started_from"), state)
        present = progress.generation
    return counted_on(start, present, run, dataset)


def with_counts(progress: Progress, dataset: GameDataset) -> Progress:
    """Progress that knows what it has learned from; checkpoints of older runs don't say it."""
    if progress.num_games is not None and progress.num_rows is not None:
        return replace(
            progress,
            num_games=min(progress.num_games, dataset.num_games),
            num_rows=min(progress.num_rows, dataset.num_rows),
        )
    number = progress.generation
    return replace(
        progress, num_games=dataset.games_before(number), num_rows=dataset.rows_before(number)
    )


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
    weights, started_from = net_to_start_from(config)
    learner.begin_with(weights)
    return started_from


def net_to_start_from(config: BeginsWithNet) -> tuple[Tensors, dict[str, Any]]:
    """The weights of `config.start_from`, and what is known of that player's training."""
    weights, card = starting_net(config)
    return weights, {
        "player": config.start_from,
        "weights_sha256": card.weights_sha256,
        **card.training,
    }


def starting_net(config: BeginsWithNet) -> tuple[Tensors, PlayerCard]:
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


def counted_on(start: Start, present: int, run: RunFolder, dataset: GameDataset) -> Start:
    """Count on beyond all numbers in use, if somebody took later checkpoints away.

    The games stay in the window. The schedules go on from where the present net stood.
    """
    highest = highest_in_use(run, dataset)
    if highest <= present:
        return start
    net = f"checkpoint {present}" if present != RANDOM_WEIGHTS else "a new net (no checkpoint left)"
    progress = replace(
        start.progress,
        lineage=start.progress.lineage.count_on(present, highest),
        num_games=dataset.num_games,
        num_rows=dataset.num_rows,
    )
    return replace(
        start,
        progress=progress,
        notice=f"later checkpoints were taken away: going on from {net}, and counting on from "
        f"generation {highest}, the last one with games, a rating or a milestone",
    )
