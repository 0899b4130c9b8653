"""A run on disk: everything that is needed to go on after any crash.

    config.yaml        as resolved
    games.lance        every game whole, and a row for each searched ply
    checkpoints/N      the net after N generations (checkpoints.py)
    milestones/N       a few of them, kept for good
    ratings.jsonl      ratings of the nets (net_rating.py)
    tensorboard/       curves
    log.txt            notices, with times
    lock               held by the program that trains

A checkpoint appears whole or not at all. The dataset's commits are atomic. Games are committed,
and flushed to disk, before the checkpoint that follows them. So a run goes on from its newest
checkpoint, and has the games that came after it too.
"""

import errno
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.find_package import CHECKPOINTS, check_nameable
from insei.agents.net.package import DamagedPackage, PlayerCard
from insei.selfplay.checkpoints import (
    MILESTONES,
    STATE_FILE,
    Progress,
    checkpoints_of,
    read_checkpoint,
    write_checkpoint,
)
from insei.selfplay.net_rating import NetRating
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import build
from insei.system.errors import UserError
from insei.system.files import (
    append_lines,
    delete_unfinished,
    new_folder,
    read_text,
    write_text,
)
from insei.system.lock import FolderLock
from insei.system.plain_yaml import parse_yaml
from insei.system.records import Lines, append_records, read_lines
from insei.system.shown import shown_line

C = TypeVar("C", TrainConfig, LearnConfig)
COMMANDS = {"train": TrainConfig, "learn": LearnConfig}  # that make runs

CONFIG_FILE = "config.yaml"
DATASET = "games.lance"
RATINGS_FILE = "ratings.jsonl"
LOG_FILE = "log.txt"

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFull(UserError, OSError):
    """The disk has no room for what a run writes."""


@contextmanager
def stops_in_words(run: "RunFolder", command: str) -> Iterator[None]:
    """Say in one line why a run's learning stops, and how it goes on.

    Args:
        command: that continues it, "train" or "learn".

    Raises:
        UserError: the loss is NaN or infinite.
        DiskFull: there is no room; the run is whole up to its newest checkpoint and games.
    """
    from insei.selfplay.learner.learner import Diverged  # here, because it needs torch

    try:
        yield
    except Diverged as error:
        run.log(f"stopped: {error}")
        raise UserError(
            f"{run.path} stops, its loss is NaN or infinite ({error}); its newest checkpoint is "
            f"unharmed: `insei {command} {run.path} --set learner.learning_rate=...` goes on, lower"
        ) from error
    except (OSError, RuntimeError, ValueError) as error:  # Lance raises each of them
        if not is_disk_full(error):
            raise
        raise DiskFull(
            f"no room on the disk for {run.path}: the run stops, and nothing in it is lost; "
            f"make room, then `insei {command} {run.path}` goes on"
        ) from error


def is_disk_full(error: Exception) -> bool:
    """Whether an error means a full disk; Lance's errors have no number, only the message."""
    number = error.errno if isinstance(error, OSError) else None
    message = str(error)
    return number in FULL or any(os.strerror(code) in message for code in FULL)


class RunFolder:
    """The folder of a training run, locked for this program.

    Raises:
        UserError: another program trains there, or there is no run.
    """

    def __init__(self, path: Path) -> None:
        check_run(path)
        self.path = path
        self.is_new = False  # whether this command made it
        self.lock = FolderLock(path)
        delete_unfinished(path)
        for folder in (CHECKPOINTS, MILESTONES):
            if (path / folder).is_dir():
                delete_unfinished(path / folder)

    @classmethod
    def create(cls, path: Path, config_text: str) -> "RunFolder":
        """Make a new run.

        Raises:
            UserError: a run is there already.
        """
        check_nameable(path)
        if path.exists():
            raise UserError(f"{path} exists already: wanted a new run, or `insei train {path}`")
        with new_folder(path) as unfinished:
            write_text(unfinished / CONFIG_FILE, config_text)
        run = cls(path)
        run.is_new = True
        return run

    @property
    def config_text(self) -> str:
        """The configuration as it was resolved when the run began."""
        return read_text(self.path / CONFIG_FILE)

    @property
    def dataset_path(self) -> Path:
        """Where the games are."""
        return self.path / DATASET

    def log(self, line: str) -> None:
        """Keep a notice with its time."""
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        append_lines(self.path / LOG_FILE, [f"{stamp} {shown_line(line)}"])

    def save(
        self,
        progress: Progress,
        weights: dict[str, NDArray[np.float32]],
        card: PlayerCard,
        learner_state: dict[str, NDArray[np.float32]],
        keep: int,
        needed: Collection[int] = (),
    ) -> None:
        """Write a checkpoint, and delete the oldest beyond `keep` but for those `needed`."""
        path = self.path / CHECKPOINTS / f"{progress.generation:06}"
        with new_folder(path) as unfinished:
            write_checkpoint(unfinished, progress, weights, card, learner_state)
        for old in checkpoints_of(self.path)[:-keep]:
            if int(old.name) not in needed:
                shutil.rmtree(old)

    def newest(self) -> tuple[Progress, dict[str, NDArray[np.float32]]] | None:
        """Read the newest checkpoint: progress and the learner's state; None in a new run.

        Raises:
            DamagedPackage: it is cut short or altered; says which one, and how to go on.
        """
        found = checkpoints_of(self.path)
        if not found:
            return None
        folder = found[-1]
        try:
            progress, state = read_checkpoint(folder)
            if progress.generation != int(folder.name):
                raise DamagedPackage(
                    f"{folder / STATE_FILE}: generation {progress.generation}, wanted "
                    f"{int(folder.name)}"
                )
        except DamagedPackage as error:
            back = f"; the one before is {found[-2]}" if len(found) > 1 else ""
            raise DamagedPackage(
                f"{error}; to go on from an older checkpoint, move {folder} away{back}"
            ) from error
        return progress, state

    def has_checkpoint(self, generation: int) -> bool:
        """Whether the net of this generation is there, whole."""
        return any(int(path.name) == generation for path in checkpoints_of(self.path))

    def add_rating(self, rating: NetRating) -> None:
        """Append a net's rating."""
        append_records(self.path / RATINGS_FILE, [rating])

    def ratings(self) -> list[NetRating]:
        """The ratings of the run's nets, oldest first; the newest one of each generation."""
        return ratings_in(self.path)

    def rating_lines(self) -> Lines[NetRating]:
        """The lines of `ratings.jsonl`; those that are no ratings are set aside."""
        return read_lines(NetRating, self.path / RATINGS_FILE)

    def forget_unless_begun(self) -> None:
        """Delete a run that this command made, if it came to nothing: it has no net and no game."""
        if self.is_new and not checkpoints_of(self.path) and not self.dataset_path.exists():
            shutil.rmtree(self.path)

    def close(self) -> None:
        """Let others in."""
        self.lock.close()


def ratings_in(path: Path) -> list[NetRating]:
    """The ratings in a run's folder, which may be in training; see `RunFolder.ratings`."""
    lines = read_lines(NetRating, path / RATINGS_FILE)
    by_generation = {rating.generation: rating for rating in lines.values}
    return [by_generation[generation] for generation in sorted(by_generation)]


def write_config(path: Path, text: str) -> None:
    """Replace a run's configuration, whole or not at all."""
    write_text(path / CONFIG_FILE, text)


def config_of(path: Path, kind: type[C]) -> C:
    """The configuration of the run in a folder, which may be in training.

    Args:
        kind: TrainConfig, or LearnConfig.

    Raises:
        ValueError: there is no run, or one of the other kind.
    """
    check_run(path)
    return config_in(path, values_in(path, kind), kind)


def any_config_of(path: Path) -> TrainConfig | LearnConfig:
    """The configuration of a run of either kind.

    Raises:
        UserError: there is no run.
    """
    check_run(path)
    file = path / CONFIG_FILE
    if "dataset" in parse_yaml(read_text(file), str(file)):
        return config_of(path, LearnConfig)
    return config_of(path, TrainConfig)


def check_run(path: Path) -> None:
    """Raise UserError unless there is a run."""
    if not (path / CONFIG_FILE).is_file():
        raise UserError(f"{path} is no run: wanted {CONFIG_FILE} in it")


def values_in(path: Path, kind: type[TrainConfig] | type[LearnConfig]) -> dict[str, Any]:
    """The keys and values of the configuration in a run's folder.

    Raises:
        UserError: it is not YAML, of the other command's kind, or was cut short: a run's file
            states every key.
    """
    file = path / CONFIG_FILE
    text = read_text(file)
    values = parse_yaml(text, str(file))
    keys = {field.name for field in fields(kind)}
    for command, other in COMMANDS.items():
        if other is not kind and any(field.name in values.keys() - keys for field in fields(other)):
            raise UserError(
                f"{path} is a run of `insei {command}`: wanted `insei {command} {path}`"
            )
    last = fields(kind)[-1].name
    if not text.endswith("\n") or last not in values:
        raise UserError(f"{file} is cut short: wanted all keys, to the end of {last}")
    return values


def config_in(path: Path, values: dict[str, Any], kind: type[C]) -> C:
    """A run's configuration from its keys and values; raises UserError with the file's name."""
    try:
        return build(kind, values)
    except UserError as error:
        raise UserError(f"{path / CONFIG_FILE}: {error}") from error
