"""The controller without a screen: which replies it heeds, pauses, and what undo restores."""

from dataclasses import replace

import pytest

from insei.client import controller
from insei.client.controller import GameController
from insei.client.game import ClientGame
from insei.client.player_tasks import AnalysisTask, ChosenMove, MoveTask
from tests.helpers.client import ANALYST, SETUP


class RecordingProcess:
    """Keeps the tasks and never replies."""

    def __init__(self, on_reply, analyst, seed):
        self.tasks = []
        self.is_closed = False

    def submit(self, task):
        self.tasks.append(task)

    def close(self):
        self.is_closed = True


@pytest.fixture
def begin(monkeypatch):
    monkeypatch.setattr(controller, "PlayerProcess", RecordingProcess)

    def begin(setup=SETUP, pause=0.0, later=None):
        game = ClientGame.begin(setup)

        def call_later(seconds, call):
            later.append((seconds, call))

        return GameController(game, ANALYST, lambda *reply: None, False, False, pause, call_later)

    return begin


def test_a_reply_for_an_earlier_game_is_ignored(begin):
    session = begin()
    session.play(12)
    earlier = session.process
    reply = ChosenMove(session.game.position, 7)
    session.switch_to(ClientGame.begin(SETUP), False)
    session.game.line.history[0] = reply.position  # even if the position is the same
    session.receive(earlier, reply)
    assert earlier.is_closed
    assert len(session.game.history) == 1
    session.receive(session.process, reply)
    assert len(session.game.history) == 2


def test_watched_players_move_after_a_pause(begin):
    later = []
    session = begin(replace(SETUP, black="random"), pause=1.5, later=later)
    session.advance()
    assert session.process.tasks == []
    [(seconds, call)] = later
    assert seconds == 1.5
    call()
    assert session.process.tasks == [MoveTask(session.game.position, "random")]


def test_a_player_against_people_moves_at_once(begin):
    session = begin(pause=1.5, later=[])
    session.play(12)
    assert session.process.tasks == [MoveTask(session.game.position, "capture", is_level=True)]


def test_undo_after_the_end_goes_on_with_the_game(begin):
    session = begin()
    session.play(12)
    session.receive(session.process, ChosenMove(session.game.position, 7))
    session.resign()
    assert session.game.result == "W+R"
    session.undo()
    assert session.game.result == ""
    assert session.game.is_your_turn()
    assert session.process.tasks[-1] == AnalysisTask(session.game.position)


def test_a_move_costs_its_player_the_time_it_took(begin, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("insei.client.game.time.monotonic", lambda: now[0])
    session = begin(replace(SETUP, minutes=1))
    session.game.begin_turn()
    now[0] += 7
    session.play(12)
    now[0] += 2
    assert session.game.clock_now(1).main_left == 53
    assert session.game.clock_now(2).main_left == 60  # it has not begun to think
