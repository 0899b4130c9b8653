"""Judges: two nets, each trained on one half of the games, which judge the other half.

A net that has learned from a wrong label may repeat it. The net of the other half has not seen it
(cross-fitting; Chernozhukov et al. 2018, and confident learning, Northcutt et al. 2021).
"""

import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from insei.agents.net.network import Network, network_from
from insei.agents.net.package import load_package
from insei.selfplay.data.batch import Batch
from insei.selfplay.data.columns import LOSS, WIN
from insei.selfplay.data.window import Window
from insei.selfplay.health import chosen
from insei.selfplay.learner.losses import row_losses
from insei.selfplay.mining.mined import FOLDER
from insei.selfplay.mining.recording import Recording
from insei.selfplay.mining.taught import beginning, key_of, teach
from insei.selfplay.studies.retraining import RecordedRows, RetrainingStatus
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.records import json_of
from insei.system.setting import Setting, check_settings

JUDGES = "judges"  # their folder
ROWS_AT_A_TIME = 256
PASSES_FROM_RANDOM, PASSES_FROM_NET = 8.0, 2.0
FEWEST_GAMES = 4
KEPT = 4  # judges; a run that trains gets new ones each time


@dataclass(frozen=True)
class JudgesConfig:
    """How the judges are trained.

    Raises:
        ValueError: a field is out of its bounds.
    """

    player: Annotated[
        str | None,
        Setting(
            "a net that the judges begin with, and that has not learned from the games; null: the "
            "net that the run began with, or random weights"
        ),
    ] = None
    blocks: Annotated[int, Setting("residual blocks of a judge from random weights", 1, 100)] = 4
    channels: Annotated[int, Setting("channels of a judge from random weights", 4, 1024)] = 32
    passes: Annotated[
        float | None,
        Setting(
            "times that each row is learned from; null: 8 from random weights, 2 from a net",
            above=0,
            high=1000,
        ),
    ] = None
    most_steps: Annotated[int, Setting("steps of a judge, at most", 1, 10**6)] = 2000
    seed: Annotated[int, Setting("random seed of weights and samples", 0, 2**40)] = 1

    def __post_init__(self) -> None:
        check_settings(self)


class Judges(NamedTuple):
    """The two nets, and who judges which row."""

    networks: tuple[Network, Network]
    hashes: tuple[str, str]  # SHA-256 of the weights
    of_row: NDArray[np.int64]  # [N] 0 or 1: the net that did not learn from the row's game

    @property
    def plane_groups(self) -> int:
        """The groups of extra planes that both nets see, as bits."""
        return self.networks[0].config.plane_groups


class Judged(NamedTuple):
    """What the judges say of N rows; losses in nats."""

    outcome: NDArray[np.float32]  # [N] loss of the recorded outcome
    ownership: NDArray[np.float32]  # [N] loss of the recorded owners, mean over the points
    policy: NDArray[np.float32]  # [N] divergence of the recorded policy from the judge's
    value: NDArray[np.float32]  # [N] chance of a win less that of a loss, for the mover
    score: NDArray[np.float32]  # [N] points


def half_of(game: str) -> int:
    """The half that a game belongs to, 0 or 1; its id decides."""
    return zlib.crc32(b"half" + game.encode()) & 1


def judges_of(
    recording: Recording,
    config: JudgesConfig,
    watch: Callable[[int, RetrainingStatus], None] = lambda judge, status: None,
) -> Judges:
    """Train the judges of a recording, or read those that were trained for it before.

    They are kept in the run's folder, `mined/judges`.

    Args:
        watch: told the number of a judge, 0 or 1, and how its training stands.

    Raises:
        UserError: there are too few games.
    """
    halves = np.array([half_of(game) for game in recording.ids])
    if min(np.bincount(halves, minlength=2)) * 2 < FEWEST_GAMES:
        raise UserError(
            f"{recording.run}: {len(halves)} games; wanted {FEWEST_GAMES} or more, for two judges "
            "that each learn from one half"
        )
    half = np.repeat(halves, recording.lengths)
    packages = []
    for judge in (0, 1):
        folder = trained(recording, config, judge, half == judge, watch)
        packages.append(load_package(folder))
    first, second = packages
    return Judges(
        (
            network_from(first.weights, first.card.architecture),
            network_from(second.weights, second.card.architecture),
        ),
        (first.card.weights_sha256, second.card.weights_sha256),
        1 - half,
    )


@dataclass(frozen=True)
class Lesson:
    """What a judge begins with, and how long it learns."""

    training: TrainConfig
    first: dict[str, NDArray[np.float32]] | None  # None: random weights
    origin: dict[str, Any]  # for its card


def lesson_of(recording: Recording, config: JudgesConfig, judge: int, num_rows: int) -> Lesson:
    """The lesson of one judge.

    Raises:
        UserError: the player to begin with isn't there.
    """
    training = recording.config
    begins_with = config.player or training.start_from
    learner = replace(training.learner, compiled=False)
    network = replace(training.network, blocks=config.blocks, channels=config.channels)
    training = replace(training, learner=learner, seed=config.seed + judge, network=network)
    training, first, sha256 = beginning(training, begins_with)
    passes = config.passes or (PASSES_FROM_RANDOM if first is None else PASSES_FROM_NET)
    steps = min(config.most_steps, max(1, round(passes * num_rows / learner.batch_size)))
    origin = {
        "judge": judge,
        "dataset": recording.name.content,
        "rows": num_rows,
        "steps": steps,
        "seed": training.seed,
        "began_with_sha256": sha256,
        "learner": json_of(learner),
        "network": json_of(training.network),
    }
    return Lesson(training, first, origin)


def trained(
    recording: Recording,
    config: JudgesConfig,
    judge: int,
    own: NDArray[np.bool_],
    watch: Callable[[int, RetrainingStatus], None],
) -> Path:
    """The package of one judge; trained unless it is there."""
    learned = recording.window(chosen(recording.rows, own))
    lesson = lesson_of(recording, config, judge, len(learned))
    path = recording.run / FOLDER / JUDGES / key_of(lesson.origin)
    rules = recording.config.rules
    rows = RecordedRows(learned, Window(rules.height, rules.width), 0)
    teach(
        path, rows, lesson.training, lesson.origin, lambda status: watch(judge, status),
        lesson.first,
    )  # fmt: skip
    others = [folder for folder in path.parent.iterdir() if folder != path]
    for old in sorted(others, key=lambda folder: -folder.stat().st_mtime)[KEPT - 1 :]:
        shutil.rmtree(old)
    return path


def judged(
    judges: Judges, window: Window, watch: Callable[[int], None] = lambda rows: None
) -> Judged:
    """Judge every row by the net that did not learn from its game.

    Args:
        window: the recording's rows, in their order.
        watch: told the rows done.
    """
    count = len(window)
    found = Judged(*(np.zeros(count, np.float32) for _ in Judged._fields))
    for rows, judge in parts_of(judges):
        batch = window.batch(rows, np.zeros(len(rows), np.int64))
        output = row_output(judges.networks[judge], batch)
        for column, values in zip(found, output, strict=True):
            column[rows] = values
        watch(int(rows.max()) + 1)
    return found


def parts_of(judges: Judges) -> Iterator[tuple[NDArray[np.int64], int]]:
    """The rows some hundreds at a time, in their order, each part with its judge."""
    for start in range(0, len(judges.of_row), ROWS_AT_A_TIME):
        part = np.arange(start, min(start + ROWS_AT_A_TIME, len(judges.of_row)))
        for judge in (0, 1):
            rows = part[judges.of_row[part] == judge]
            if len(rows):
                yield rows, judge


@torch.inference_mode()
def row_output(network: Network, batch: Batch) -> Judged:
    """What a net says of a batch of rows, whose outcome is that of their games' ends."""
    device = torch.device("cpu")
    losses, output = row_losses(network.eval(), batch.by_ends(), device, autocasts=False)
    policy = torch.from_numpy(batch["policy"])
    entropy = -torch.special.xlogy(policy, policy).sum(1)
    chances = output.outcome.softmax(1)
    found = (
        losses["outcome"],
        losses["ownership"],
        losses["policy"] - entropy,
        chances[:, WIN] - chances[:, LOSS],
        output.score,
    )
    return Judged(*(numbers.float().numpy() for numbers in found))
