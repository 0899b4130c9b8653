"""Lessons: a net trained on games that were played already, without any self-play.

What it learned so far is saved now and then beside the package that it will be, so that a killed
lesson goes on where it stood: state and sampler, as a run's checkpoints.
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
from insei.selfplay.learner import Learner
from insei.selfplay.lineage import Lineage
from insei.selfplay.run import DATASET
from insei.selfplay.train_config import TrainConfig
from insei.system.files import new_folder

STEPS_BETWEEN_SAVES = 500


@dataclass(frozen=True)
class Book:
    """The rows of a dataset to learn from, and those of games held out."""

    learned: Window
    held: Window
    num_games: int  # in the dataset


def open_book(run: Path, config: TrainConfig, num_rows: int) -> Book:
    """Read the newest rows of a run.

    Raises:
        ValueError: it has no games, games of other rules or planes, or too few to learn from.
    """
    path = run / DATASET
    if not path.is_dir():
        raise ValueError(f"{run} holds no games: wanted {DATASET} in it")
    dataset = GameDataset(path, config.rules)
    least = max(config.learner.batch_size, config.window.smallest // 4)
    if min(dataset.num_rows, num_rows) < least:
        raise ValueError(
            f"{path}: {min(dataset.num_rows, num_rows)} rows; wanted {least} or more to learn from"
        )
    learned, held = split_held_out(dataset.newest(num_rows), config.window.held_out)
    book = Book(*windows_of(config), dataset.num_games)
    book.learned.update(learned, num_rows)
    book.held.update(held, num_rows)
    return book


def teach(
    book: Book,
    architecture: NetworkConfig,
    config: TrainConfig,
    card: PlayerCard,
    num_steps: int,
    saves: Path,
    tell: Callable[[int, float], None],
) -> tuple[dict[str, NDArray[np.float32]], Validation | None]:
    """Train a net from random weights on a book, by the run's own learner and schedule.

    Args:
        card: of the package to be; kept with each save.
        saves: a folder of states, from whose newest one the lesson goes on; left to the caller.
        tell: told steps done and the loss, now and then.

    Returns:
        the weights that play, and how they do on games held out.

    Raises:
        Diverged: the loss is no number any more.
        DamagedPackage: the newest save is cut short or altered.
    """
    learner = Learner(architecture, config.learner, config.seed)
    rng = np.random.default_rng(config.seed)
    found = sorted(one for one in saves.glob("*") if one.name.isdigit())
    if found:
        try:
            progress, state = read_checkpoint(found[-1])
        except DamagedPackage as error:
            raise DamagedPackage(f"{error}; move {saves} away to begin again") from error
        learner.restore(state, progress.num_steps)
        rng.bit_generator.state = progress.random_state
    batch_size = config.learner.batch_size
    while learner.num_steps < num_steps:
        batch = book.learned.sample(batch_size, rng)
        losses = learner.step(batch, learner.num_steps / num_steps)
        done = learner.num_steps
        if done % STEPS_BETWEEN_SAVES == 0 and done < num_steps:
            random_state = dict(rng.bit_generator.state)
            progress = Progress(Lineage(), done, done * batch_size, random_state, 0.0)
            with new_folder(saves / f"{done:09}") as unfinished:
                write_checkpoint(
                    unfinished, progress, learner.playing_weights(), card, learner.state()
                )
            for old in sorted(one for one in saves.glob("*") if one.name.isdigit())[:-1]:
                shutil.rmtree(old)
        if done % 50 == 0 or done == num_steps:
            tell(done, losses.total)
    found_there = validate(learner, book.learned, book.held, np.random.default_rng(config.seed))
    return learner.playing_weights(), found_there
