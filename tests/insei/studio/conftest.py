"""A run to look at, and its sessions."""

import shutil

import pytest

from insei.studio import app
from insei.studio.session import Session
from tests.helpers.history.small import small_run
from tests.helpers.terminals.studio import TalkingProcess


@pytest.fixture(scope="session")
def small_made(tmp_path_factory):
    return small_run(tmp_path_factory.mktemp("studio") / "run", 8)


@pytest.fixture
def made(small_made, tmp_path):
    """A run of eight games on 5x5, and the games."""
    path, games = small_made
    return shutil.copytree(path, tmp_path / "run"), games


@pytest.fixture
def session(made):
    return Session(made[0], author="Ada")


@pytest.fixture
def talking(monkeypatch):
    monkeypatch.setattr(app, "PlayerProcess", TalkingProcess)
