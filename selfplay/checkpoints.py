"""A run's nets on disk: checkpoints to go on from, and milestones that are kept for good.

    checkpoints/N      the net after N generations: a player package, and the learner's state
    milestones/N       a copy of a few of them; the newest two hold the learner's state too, and
                       those that a rating is played against, so that a run can roll back to them

A checkpoint is a folder that appears whole or not at all. Which nets become milestones is said in
`lineage.py`. They serve the run's ladder, its curve, and the way back.
"""

import shutil
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Interval
from numpy.typing import NDArray
from safetensors.numpy import save as save_tensors

from insei.agents.net.find_package import CHECKPOINTS, numbered_packages
from insei.agents.net.package import (
    CARD_FILE,
    WEIGHTS_FILE,
    DamagedPackage,
    PlayerCard,
    Sha256,
    read_card,
    read_tensors,
    sha256_of,
    write_package,
)
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.lineage import Generation, Lineage, Rollback
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.files import new_folder
from insei.system.records import read_record, write_record

Count = Annotated[int, Interval(ge=0, le=10**15)]

MILESTONES = "milestones"
LEARNER_FILE = "learner.safetensors"
STATE_FILE = "state.json"
WAYS_BACK = 2  # milestones that hold the learner's state


@dataclass(frozen=True)
class Progress:
    """Where a run stands at a checkpoint."""

    lineage: Lineage
    num_steps: int  # of the optimiser
    num_rows_learned: int  # rows trained on, repeats counted
    random_state: dict[str, Any]  # of the sampler, numpy's own form
    seconds: float  # spent so far, pauses not counted
    rate_scale: float = 1.0  # of the learning rate; less after each roll-back
    num_games: int | None = None  # that had come when the net was due; None: not known
    num_rows: int | None = None  # of them

    @property
    def generation(self) -> int:
        """Number of the checkpoint's net, which plays next."""
        return self.lineage.generation

    @property
    def num_learned(self) -> int:
        """Generations of the run's length that lie behind this checkpoint."""
        return self.lineage.num_learned


@dataclass(frozen=True)
class Pcg64State:
    """The state of numpy's generator PCG64."""

    state: Annotated[int, Interval(ge=0, lt=2**128)]
    inc: Annotated[int, Interval(ge=0, lt=2**128)]


@dataclass(frozen=True)
class RandomState:
    """The state of the sampler, numpy's own form."""

    bit_generator: Literal["PCG64"]
    state: Pcg64State
    has_uint32: Annotated[int, Interval(ge=0, le=1)]
    uinteger: Annotated[int, Interval(ge=0, lt=2**32)]


@dataclass(frozen=True)
class SavedProgress:
    """A `Progress` as `state.json` holds it; older runs lack the last fields."""

    generation: Generation
    num_steps: Count
    num_rows_learned: Count
    random_state: RandomState
    seconds: Annotated[float, Interval(ge=0, le=1e10)]
    rate_scale: Annotated[float, Interval(gt=0, le=1)] = 1.0
    rollbacks: tuple[tuple[Generation, Annotated[int, Interval(ge=-1, le=10**9)]], ...] = ()
    taken_back: Count = 0
    skipped: Count = 0
    num_games: Count | None = None
    num_rows: Count | None = None

    def __post_init__(self) -> None:
        if self.skipped > self.generation or self.taken_back > len(self.rollbacks):
            raise UserError("more numbers skipped, or roll-backs made by hand, than there are")

    @classmethod
    def of(cls, progress: Progress) -> "SavedProgress":
        """The form to be saved."""
        lineage, random = progress.lineage, progress.random_state
        return cls(
            lineage.generation,
            progress.num_steps,
            progress.num_rows_learned,
            RandomState(**random | {"state": Pcg64State(**random["state"])}),
            progress.seconds,
            progress.rate_scale,
            lineage.rollbacks,
            lineage.taken_back,
            lineage.skipped,
            progress.num_games,
            progress.num_rows,
        )

    @property
    def progress(self) -> Progress:
        """What was saved."""
        rollbacks = tuple(Rollback(left, to) for left, to in self.rollbacks)
        return Progress(
            Lineage(self.generation, rollbacks, self.taken_back, self.skipped),
            self.num_steps,
            self.num_rows_learned,
            asdict(self.random_state),
            self.seconds,
            self.rate_scale,
            self.num_games,
            self.num_rows,
        )


@dataclass(frozen=True)
class CheckpointState:
    """The file `state.json`."""

    learner_sha256: Sha256
    progress: SavedProgress


def checkpoints_of(run: Path) -> list[Path]:
    """A run's checkpoints, oldest first."""
    return numbered_packages(run / CHECKPOINTS)


def milestones_of(run: Path) -> dict[int, Path]:
    """A run's milestones by generation, oldest first."""
    return {int(folder.name): folder for folder in numbered_packages(run / MILESTONES)}


def keep_milestone(run: Path, lineage: Lineage, needed: Collection[int] = ()) -> None:
    """Copy the present net's checkpoint among the milestones, unless it is there.

    Args:
        needed: further milestones that the run may go back to.
    """
    if lineage.generation not in milestones_of(run):
        source = run / CHECKPOINTS / f"{lineage.generation:06}"
        with new_folder(run / MILESTONES / source.name) as unfinished:
            for file in source.iterdir():
                shutil.copy(file, unfinished / file.name)
    milestones = milestones_of(run)
    ways_back = {*lineage.ancestors(milestones)[-WAYS_BACK:], *needed}
    for generation, folder in milestones.items():
        if generation not in ways_back:
            for file in folder.iterdir():
                if file.name not in (CARD_FILE, WEIGHTS_FILE):
                    file.unlink()


def read_checkpoint(folder: Path) -> tuple[Progress, dict[str, NDArray[np.float32]]]:
    """Read a checkpoint: progress and the learner's state.

    Raises:
        DamagedPackage: it is cut short or altered.
    """
    path = folder / STATE_FILE
    try:
        state = read_record(CheckpointState, path)
    except OSError as error:
        raise DamagedPackage(f"{path}: {error.strerror}") from error
    except UserError as error:
        raise DamagedPackage(f"{error}; wanted a checkpoint's state") from error
    card = read_card(folder)
    read_tensors(folder / WEIGHTS_FILE, card.weights_sha256)
    return state.progress.progress, read_tensors(folder / LEARNER_FILE, state.learner_sha256)


def write_checkpoint(
    folder: Path,
    progress: Progress,
    weights: dict[str, NDArray[np.float32]],
    card: PlayerCard,
    learner_state: dict[str, NDArray[np.float32]],
) -> None:
    """Write a checkpoint's files into an existing folder."""
    data = save_tensors(learner_state)
    state = CheckpointState(sha256_of(data), SavedProgress.of(progress))
    write_package(folder, weights, card)
    (folder / LEARNER_FILE).write_bytes(data)
    write_record(folder / STATE_FILE, state)


def card_of(
    config: TrainConfig,
    progress: Progress,
    dataset: GameDataset,
    started_from: dict[str, Any] | None,
) -> PlayerCard:
    """What is known of a run's net.

    Args:
        started_from: the training of the net that the run began with; None: random weights.
    """
    rules = config.rules
    return PlayerCard(
        config.network,
        rules.width,
        rules.height,
        rules.komi,
        training={
            "run": config.name,
            "generation": progress.generation,
            "games": dataset.num_games,
            "rows": dataset.num_rows,
            "steps": progress.num_steps,
            "hours": round(progress.seconds / 3600, 4),
            "dataset": dataset.name.card,
            **({"started_from": started_from} if started_from else {}),
        },
        scoring=rules.scoring,
        sizes=config.mix.komi_by_size,
    )
