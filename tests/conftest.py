"""What tests share: one Ray for all of them, and a small net."""

import shutil

import numpy as np
import pytest

from insei.agents.net.architecture import NetworkConfig
from tests.helpers.paths import HELPERS

TINY = NetworkConfig(blocks=2, channels=8, head_channels=8, hidden=8)


def pytest_addoption(parser):
    parser.addoption("--rewrite-screens", action="store_true", help="accept the client's screens")


@pytest.fixture(scope="session")
def ray_session():
    from insei.system.ray_session import start_ray

    start_ray(2)
    import ray

    yield ray
    ray.shutdown()


@pytest.fixture(scope="session")
def tiny_weights():
    return random_weights(TINY, 3)


def random_weights(config, seed):
    """Weights that make a lively net: every layer random, none zero."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in config.weight_shapes().items():
        fan_in = max(1, int(np.prod(shape[1:])))
        scale = 0.1 if name.endswith("bias") else (1.5 / fan_in) ** 0.5
        weights[name] = (rng.normal(size=shape) * scale).astype(np.float32)
    return weights


@pytest.fixture(scope="session")
def tiny_package(tmp_path_factory, tiny_weights):
    """A player package of a net that knows nothing."""
    from insei.agents.net.package import PlayerCard, write_package

    folder = tmp_path_factory.mktemp("players") / "tiny"
    folder.mkdir()
    write_package(folder, tiny_weights, PlayerCard(TINY, 5, 5, 14.5))
    return folder


@pytest.fixture
def player_file(tmp_path):
    """A copy of the players in tests/helpers/python_players.py, which a test may change."""
    return shutil.copy(HELPERS / "python_players.py", tmp_path / "own.py")
