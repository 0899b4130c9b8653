"""Retraining: a net trained on games that were played already, without any self-play.

Its state is saved now and then beside the package that it will be, so that an interrupted training
continues where it stood: weights, optimiser and sampler, as a run's checkpoints.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.package import DamagedPackage, PlayerCard
from insei.selfplay.checkpoints import Progress, read_checkpoint, write_checkpoint
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.window import Window, windows_of
from insei.selfplay.health import Validation, split_held_out, validate
from insei.selfplay.learner.learner import Learner
from insei.selfplay.lineage import Lineage
from insei.selfplay.run import DATASET
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.files import new_folder

STEPS_BETWEEN_SAVES = 500
STEPS_BETWEEN_REPORTS = 50


@dataclass(frozen=True)
class RecordedRows:
    """The rows of a dataset to learn from, and those of games held out."""

    learned: Window
    held: Window
    num_games: int  # in the dataset


@dataclass(frozen=True)
class RetrainingStatus:
    """What a watcher of a retraining is told."""

    step: int
    num_steps: int
    loss: float


def read_rows(run: Path, config: TrainConfig, num_rows: int) -> RecordedRows:
    """Read the newest rows of a run.

    Raises:
        ValueError: it has no games, games of other rules or planes, or too few to learn from.
    """
    path = run / DATASET
    if not path.is_dir():
        raise UserError(f"{run} holds no games: wanted {DATASET} in it")
    dataset = GameDataset(path, config.rules)
    least = max(config.learner.batch_size, config.window.smallest // 4)
    if min(dataset.num_rows, num_rows) < least:
        raise UserError(
            f"{path}: {min(dataset.num_rows, num_rows)} rows; wanted {least} or more to learn from"
        )
    learned, held = split_held_out(dataset.newest(num_rows), config.window.held_out)
    rows = RecordedRows(*windows_of(config), dataset.num_games)
    rows.learned.update(learned, num_rows)
    rows.held.update(held, num_rows)
    return rows


def retrain(
    rows: RecordedRows,
    architecture: NetworkConfig,
    config: TrainConfig,
    card: PlayerCard,
    num_steps: int,
    saves: Path,
    watch: Callable[[RetrainingStatus], None],
    first: dict[str, NDArray[np.float32]] | None = None,
) -> tuple[dict[str, NDArray[np.float32]], Validation | None]:
    """Train a net on recorded rows, by the run's own learner and schedule.

    Args:
        card: of the package to be; kept with each save.
        saves: a folder of states, from whose newest one the training goes on; not deleted here.
        watch: told the steps done and the loss, now and then.
        first: weights to begin with; None for random ones.

    Returns:
        the weights that play, and their losses on games held out.

    Raises:
        Diverged: the loss is NaN or infinite.
        DamagedPackage: the newest save is cut short or altered.
    """
    for window in (rows.learned, rows.held):
        window.groups = architecture.plane_groups
    learner = Learner(architecture, config.learner, config.seed)
    if first is not None:
        learner.begin_with(first)
    rng = np.random.default_rng(config.seed)
    resume(learner, rng, saves)
    batch_size = config.learner.batch_size
    while learner.num_steps < num_steps:
        batch = rows.learned.sample(batch_size, rng)
        losses = learner.step(batch, learner.num_steps / num_steps)
        done = learner.num_steps
        if done % STEPS_BETWEEN_SAVES == 0 and done < num_steps:
            save(learner, rng, card, batch_size, saves)
        if done % STEPS_BETWEEN_REPORTS == 0 or done == num_steps:
            watch(RetrainingStatus(done, num_steps, losses.total))
    validation = validate(learner, rows.learned, rows.held, np.random.default_rng(config.seed))
    return learner.playing_weights(), validation


def saved_states(saves: Path) -> list[Path]:
    """The states in a folder, oldest first."""
    return sorted(save for save in saves.glob("*") if save.name.isdigit())


def resume(learner: Learner, rng: np.random.Generator, saves: Path) -> None:
    """Go on from the newest state, if there is one.

    Raises:
        DamagedPackage: it is cut short or altered.
    """
    found = saved_states(saves)
    if not found:
        return
    try:
        progress, state = read_checkpoint(found[-1])
    except DamagedPackage as error:
        raise DamagedPackage(f"{error}; move {saves} away to begin again") from error
    learner.restore(state, progress.num_steps)
    rng.bit_generator.state = progress.random_state


def save(
    learner: Learner, rng: np.random.Generator, card: PlayerCard, batch_size: int, saves: Path
) -> None:
    """Save the state, and delete the ones before it."""
    done = learner.num_steps
    progress = Progress(Lineage(), done, done * batch_size, dict(rng.bit_generator.state), 0.0)
    with new_folder(saves / f"{done:09}") as unfinished:
        write_checkpoint(unfinished, progress, learner.playing_weights(), card, learner.state())
    for old in saved_states(saves)[:-1]:
        shutil.rmtree(old)
