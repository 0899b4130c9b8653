"""The client's tests run players in a thread instead of a process, unless they say otherwise."""

import pytest

from insei.client import controller
from tests.helpers.player_thread import PlayerThread


@pytest.fixture
def player_thread(monkeypatch):
    monkeypatch.setattr(controller, "PlayerProcess", PlayerThread)
