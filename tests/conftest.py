"""Fixtures that tests share: one Ray for all of them, and a small net."""

import shutil

import pytest

from tests.helpers.nets import TINY, random_weights
from tests.helpers.paths import HELPERS


def pytest_addoption(parser):
    parser.addoption("--rewrite-screens", action="store_true", help="accept the client's screens")


@pytest.fixture(autouse=True)
def users_folders(tmp_path_factory, monkeypatch):
    """Folders of the user's in which tests may leave games and logs."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home


@pytest.fixture(scope="session")
def ray_session():
    from insei.system.ray_session import start_ray, stop_ray

    start_ray(2)
    import ray

    yield ray
    stop_ray()


@pytest.fixture(scope="session")
def tiny_weights():
    return random_weights(TINY, 3)


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
    """A copy of tests/helpers/programs/python_players.py, which a test may change."""
    return shutil.copy(HELPERS / "programs" / "python_players.py", tmp_path / "own.py")
