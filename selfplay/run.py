"""A run on disk: everything that is needed to go on after any crash.

    config.yaml        as resolved
    games.lance        every searched ply
    checkpoints/N      the net after N generations: a player package, and the learner's state
    milestones/N       the same of a few N, for good (milestones.py)
    ratings.jsonl      what the nets were worth
    tensorboard/       curves
    log.txt            notices, with times
    lock               held by the program that trains

A checkpoint is a folder that appears whole or not at all. The dataset's commits are atomic.
Between the two, order decides: games are committed first, so that a run goes on from its newest
checkpoint and plays only the games of its generation that the dataset lacks.
"""

import errno
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as save_tensors

from insei.agents.net.find_package import CHECKPOINTS, check_nameable, checkpoints_of
from insei.agents.net.package import DamagedPackage, PlayerCard, read_card, read_tensors, sha256_of
from insei.agents.net.package import write_package as write_player
from insei.selfplay.milestones import MILESTONES
from insei.system.errors import UserError
from insei.system.files import (
    append_json,
    delete_unfinished,
    new_folder,
    read_json_lines,
    write_text,
)
from insei.system.lock import FolderLock

CONFIG_FILE = "config.yaml"
DATASET = "games.lance"
LEARNER_FILE = "learner.safetensors"
STATE_FILE = "state.json"
RATINGS_FILE = "ratings.jsonl"
LOG_FILE = "log.txt"


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFull(UserError, OSError):
    """There is no room for what a run wants to write."""


def is_disk_full(error: Exception) -> bool:
    """Whether an error says so; Lance's tells it in words alone."""
    number = error.errno if isinstance(error, OSError) else None
    said = str(error)
    return number in FULL or any(os.strerror(one) in said for one in FULL)


@dataclass(frozen=True)
class Progress:
    """Where a run stands at a checkpoint."""

    generation: int  # generations learned; the net of this number plays next
    num_steps: int  # of the optimiser
    num_rows_learned: int  # rows trained on, repeats counted
    random_state: dict[str, Any]  # of the sampler, numpy's own form
    seconds: float  # spent so far, pauses not counted
    rate_scale: float = 1.0  # of the learning rate; less after each roll-back
    rollbacks: tuple[tuple[int, int], ...] = ()  # from which generation, and to which
    taken_back: int = 0  # roll-backs among those that were made by hand
    skipped: int = 0  # generations counted but not learned, where the run was taken back by hand

    @property
    def num_learned(self) -> int:
        """Generations that the net of this checkpoint has learned."""
        return self.generation - self.skipped


class RunFolder:
    """The folder of a training run, locked for this program.

    Raises:
        UserError: another program trains there, or there is no run.
    """

    def __init__(self, path: Path) -> None:
        if not (path / CONFIG_FILE).is_file():
            raise UserError(f"{path} is no run: wanted {CONFIG_FILE} in it")
        self.path = path
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
            (unfinished / CONFIG_FILE).write_text(config_text)
        return cls(path)

    @property
    def config_text(self) -> str:
        """The configuration as it was resolved when the run began."""
        return (self.path / CONFIG_FILE).read_text()

    @property
    def dataset_path(self) -> Path:
        """Where the games are."""
        return self.path / DATASET

    def log(self, line: str) -> None:
        """Keep a notice with its time."""
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        with (self.path / LOG_FILE).open("a") as file:
            file.write(f"{stamp} {line}\n")

    def save(
        self,
        progress: Progress,
        weights: dict[str, NDArray[np.float32]],
        card: PlayerCard,
        learner_state: dict[str, NDArray[np.float32]],
        keep: int,
    ) -> None:
        """Write a checkpoint, and delete the oldest beyond `keep`."""
        path = self.path / CHECKPOINTS / f"{progress.generation:06}"
        with new_folder(path) as unfinished:
            write_checkpoint(unfinished, progress, weights, card, learner_state)
        for old in checkpoints_of(self.path)[:-keep]:
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
            return read_checkpoint(folder)
        except DamagedPackage as error:
            back = f"; the one before is {found[-2]}" if len(found) > 1 else ""
            raise DamagedPackage(
                f"{error}; to go on from an older checkpoint, move {folder} away{back}"
            ) from error

    def has_checkpoint(self, generation: int) -> bool:
        """Whether the net of this generation is there, whole."""
        return any(int(one.name) == generation for one in checkpoints_of(self.path))

    def add_rating(self, rating: dict[str, Any]) -> None:
        """Append what a net was worth."""
        append_json(self.path / RATINGS_FILE, [rating])

    def ratings(self) -> list[dict[str, Any]]:
        """What nets were worth, oldest first; of one generation the newest measurement."""
        by_generation = {
            one["generation"]: one for one in read_json_lines(self.path / RATINGS_FILE)
        }
        return [by_generation[generation] for generation in sorted(by_generation)]

    def close(self) -> None:
        """Let others in."""
        self.lock.close()


def write_config(path: Path, text: str) -> None:
    """Replace a run's configuration, whole or not at all."""
    write_text(path / CONFIG_FILE, text)


def read_checkpoint(folder: Path) -> tuple[Progress, dict[str, NDArray[np.float32]]]:
    """Read a checkpoint: progress and the learner's state.

    Raises:
        DamagedPackage: it is cut short or altered.
    """
    path = folder / STATE_FILE
    try:
        values = json.loads(path.read_text())
        rollbacks = tuple((left, back) for left, back in values["progress"].pop("rollbacks", ()))
        progress = Progress(**values["progress"], rollbacks=rollbacks)
        sha256 = values["learner_sha256"]
    except OSError as error:
        raise DamagedPackage(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedPackage(f"{path}: not a checkpoint's state ({error})") from error
    card = read_card(folder)
    read_tensors(folder / "weights.safetensors", card.weights_sha256)
    return progress, read_tensors(folder / LEARNER_FILE, sha256)


def write_checkpoint(
    folder: Path,
    progress: Progress,
    weights: dict[str, NDArray[np.float32]],
    card: PlayerCard,
    learner_state: dict[str, NDArray[np.float32]],
) -> None:
    """Write a checkpoint's files into an existing folder."""
    data = save_tensors(learner_state)
    state = {"learner_sha256": sha256_of(data), "progress": asdict(progress)}
    write_player(folder, weights, card)
    (folder / LEARNER_FILE).write_bytes(data)
    (folder / STATE_FILE).write_text(json.dumps(state, indent=2) + "\n")
