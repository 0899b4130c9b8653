"""The net that a run begins with, where that is another player's."""

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.find_package import find_package
from insei.agents.net.net2net import enlarged
from insei.agents.net.package import PlayerCard, load_package
from insei.selfplay.train_config import TrainConfig


def starting_net(config: TrainConfig) -> tuple[dict[str, NDArray[np.float32]], PlayerCard]:
    """The weights of `config.start_from`, enlarged to the run's architecture, and that net's card.

    Raises:
        ValueError: there is no such player, it is damaged, or larger than the run's net.
    """
    package = load_package(find_package(config.start_from or ""))
    rng = np.random.default_rng(config.seed)
    weights = enlarged(package.weights, package.card.architecture, config.network, rng)
    return weights, package.card
