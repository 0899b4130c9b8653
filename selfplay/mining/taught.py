"""A net taught by recorded rows alone: its package, made once and whole."""

import hashlib
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.find_package import find_package
from insei.agents.net.package import PlayerCard, load_package, write_package
from insei.selfplay.start import starting_net
from insei.selfplay.studies.retraining import RecordedRows, RetrainingStatus, retrain
from insei.selfplay.train_config import TrainConfig
from insei.system.files import delete_unfinished, new_folder
from insei.system.records import json_of


def key_of(origin: dict[str, Any]) -> str:
    """A short hash of all that makes a net: 16 hexadecimal digits."""
    return hashlib.sha256(json_of(origin).encode()).hexdigest()[:16]


class Beginning(NamedTuple):
    """What a net that is taught begins with."""

    training: TrainConfig  # its network is that of the weights
    weights: dict[str, NDArray[np.float32]] | None  # None: random ones
    sha256: str  # of the weights; empty for random ones


def beginning(training: TrainConfig, player: str | None) -> Beginning:
    """The weights of a player, and its network; or random weights.

    Raises:
        UserError: the player isn't there.
    """
    if player is None:
        return Beginning(training, None, "")
    own = load_package(find_package(player)).card.architecture
    training = replace(training, start_from=player, network=own)
    weights, card = starting_net(training)
    return Beginning(training, weights, card.weights_sha256)


def teach(
    path: Path,
    rows: RecordedRows,
    training: TrainConfig,
    origin: dict[str, Any],
    watch: Callable[[RetrainingStatus], None],
    first: dict[str, NDArray[np.float32]] | None = None,
) -> None:
    """Train a net, and write its package; one that is there is kept.

    An interrupted training goes on from its last save.

    Args:
        path: named by `key_of(origin)`, so that another net has another path.
        training: its seed and its network are the net's.
        origin: what makes the net, for its card; `steps` of it are learned.
        first: weights to begin with; None for random ones.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    delete_unfinished(path.parent)
    rules, network = training.rules, training.network
    card = PlayerCard(
        network, rules.width, rules.height, rules.komi, dict(origin), scoring=rules.scoring,
        sizes=training.mix.komi_by_size,
    )  # fmt: skip
    saves = path.with_name(f"{path.name}-unfinished")
    delete_unfinished(saves)
    weights, validation = retrain(
        rows, network, training, card, origin["steps"], saves, watch, first
    )
    if validation is not None:
        card.training["held_out"] = {
            name: round(loss, 5)
            for name, loss in asdict(validation).items()
            if math.isfinite(loss)  # the gap's interval is infinite with one game
        }
    with new_folder(path) as unfinished:
        write_package(unfinished, weights, card)
    shutil.rmtree(saves, ignore_errors=True)
