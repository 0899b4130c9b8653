"""A run's nets on disk: checkpoints to go on from, and milestones that are kept for good.

    checkpoints/N      the net after N generations: a player package, and the learner's state
    milestones/N       a copy of a few of them; the newest two hold the learner's state too, so
                       that a run can roll back to them

A checkpoint is a folder that appears whole or not at all. Which nets become milestones is said in
`lineage.py`. They serve the run's ladder, its curve, and the way back.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as save_tensors

from insei.agents.net.find_package import CHECKPOINTS, numbered_packages
from insei.agents.net.package import (
    CARD_FILE,
    WEIGHTS_FILE,
    DamagedPackage,
    PlayerCard,
    read_card,
    read_tensors,
    sha256_of,
    write_package,
)
from insei.selfplay.lineage import Lineage, Rollback
from insei.selfplay.train_config import TrainConfig
from insei.system.files import new_folder

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

    @property
    def generation(self) -> int:
        """Number of the checkpoint's net, which plays next."""
        return self.lineage.generation

    @property
    def num_learned(self) -> int:
        """Generations of the run's length that lie behind this checkpoint."""
        return self.lineage.num_learned

    def to_json(self) -> dict[str, Any]:
        """As `state.json` holds it."""
        lineage = self.lineage
        return {
            "generation": lineage.generation,
            "num_steps": self.num_steps,
            "num_rows_learned": self.num_rows_learned,
            "random_state": self.random_state,
            "seconds": self.seconds,
            "rate_scale": self.rate_scale,
            "rollbacks": [list(rollback) for rollback in lineage.rollbacks],
            "taken_back": lineage.taken_back,
            "skipped": lineage.skipped,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Progress":
        """Read what `to_json` gave; the first runs know neither roll-backs nor the rate's scale.

        Raises:
            KeyError, TypeError, ValueError: the values are no progress.
        """
        rollbacks = tuple(Rollback(left, to) for left, to in values.get("rollbacks", ()))
        return cls(
            Lineage(
                values["generation"],
                rollbacks,
                values.get("taken_back", 0),
                values.get("skipped", 0),
            ),
            values["num_steps"],
            values["num_rows_learned"],
            values["random_state"],
            values["seconds"],
            values.get("rate_scale", 1.0),
        )


def checkpoints_of(run: Path) -> list[Path]:
    """A run's checkpoints, oldest first."""
    return numbered_packages(run / CHECKPOINTS)


def milestones_of(run: Path) -> dict[int, Path]:
    """A run's milestones by generation, oldest first."""
    return {int(folder.name): folder for folder in numbered_packages(run / MILESTONES)}


def keep_milestone(run: Path, lineage: Lineage) -> None:
    """Copy the present net's checkpoint among the milestones, unless it is there."""
    if lineage.generation not in milestones_of(run):
        source = run / CHECKPOINTS / f"{lineage.generation:06}"
        with new_folder(run / MILESTONES / source.name) as unfinished:
            for file in source.iterdir():
                shutil.copy(file, unfinished / file.name)
    milestones = milestones_of(run)
    ways_back = lineage.ancestors(milestones)[-WAYS_BACK:]
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
        values = json.loads(path.read_text())
        progress = Progress.from_json(values["progress"])
        sha256 = values["learner_sha256"]
    except OSError as error:
        raise DamagedPackage(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedPackage(f"{path}: not a checkpoint's state ({error})") from error
    card = read_card(folder)
    read_tensors(folder / WEIGHTS_FILE, card.weights_sha256)
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
    state = {"learner_sha256": sha256_of(data), "progress": progress.to_json()}
    write_package(folder, weights, card)
    (folder / LEARNER_FILE).write_bytes(data)
    (folder / STATE_FILE).write_text(json.dumps(state, indent=2) + "\n")


def card_of(
    config: TrainConfig,
    progress: Progress,
    num_games: int,
    num_rows: int,
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
            "games": num_games,
            "rows": num_rows,
            "steps": progress.num_steps,
            "hours": round(progress.seconds / 3600, 4),
            **({"started_from": started_from} if started_from else {}),
        },
        scoring=rules.scoring,
        sizes=config.mix.komi_by_size,
    )
