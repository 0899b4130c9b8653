"""The player process: it replies, its death is reported, it restarts, and it ends at `close`."""

import queue
import time

import pytest

from insei.client.player_process import PlayerProcess
from insei.client.player_server import QUICK_VISITS, PlayerServer
from insei.client.player_tasks import (
    AnalysisTask,
    ChosenMove,
    Failure,
    MoveTask,
    PositionAnalysis,
    ThinkingBegan,
)
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.client import ANALYST

pytestmark = pytest.mark.slow


@pytest.fixture
def replies():
    return queue.Queue()


@pytest.fixture
def players(replies):
    players = PlayerProcess(replies.put, ANALYST, 1)
    yield players
    players.close()


def has_ended(process, seconds=20):
    for _ in range(int(seconds / 0.05)):
        if process.poll() is not None:
            return True
        time.sleep(0.05)
    return False


def test_a_move_task_gets_an_analysis_and_a_move(players, replies):
    position = Position(Rules(5, 5, 0.5)).play(12)
    players.submit(MoveTask(position, "capture"))
    analysis, began, move = (replies.get(timeout=60) for _ in range(3))
    assert isinstance(analysis, PositionAnalysis)
    assert isinstance(began, ThinkingBegan)
    assert isinstance(move, ChosenMove)
    assert move.position is position
    assert position.is_legal(move.move)
    players.close()
    assert has_ended(players.process)


def test_a_dead_process_is_reported_and_the_next_task_starts_another(players, replies):
    position = Position(Rules(5, 5, 0.5)).play(12)
    players.submit(MoveTask(position, "capture"))
    while not isinstance(replies.get(timeout=60), ChosenMove):
        pass
    first = players.process
    first.kill()
    failure = replies.get(timeout=60)
    assert isinstance(failure, Failure)
    assert failure.is_player
    assert "ended with code -9" in failure.reason
    players.submit(MoveTask(position, "nobody"))
    replies.get(timeout=60)
    refused = replies.get(timeout=60)
    assert isinstance(refused, Failure)
    assert "player 'nobody'" in refused.reason
    assert players.process is not first


def test_no_process_starts_after_close(players):
    players.close()
    players.submit(MoveTask(Position(Rules(5, 5, 0.5)), "capture"))  # as at the end of a pause
    assert players.process is None


def test_a_running_search_ends_at_close(players, replies):
    position = Position(Rules(5, 5, 0.5))
    players.submit(MoveTask(position, "search:go5,rule=puct,visits=50000,early=false"))
    assert isinstance(replies.get(timeout=60), PositionAnalysis)
    players.close()
    assert has_ended(players.process)
    assert replies.empty()


def test_an_analysis_that_a_newer_task_follows_is_left_out():
    tasks, numbers = queue.Queue(), []
    position = Position(Rules(5, 5, 0.5))
    for number in (1, 2, 3):
        tasks.put((number, AnalysisTask(position)))

    def reply(number, reply):
        numbers.append(number)
        tasks.put(None)

    PlayerServer(tasks, reply, ANALYST, 1).work()
    assert numbers == [3]


def test_a_deep_analysis_goes_on_until_another_task_comes():
    tasks, replies = queue.Queue(), []
    position = Position(Rules(5, 5, 0.5))
    tasks.put((1, AnalysisTask(position, is_deep=True)))

    def reply(number, reply):
        replies.append((number, reply))
        if number == 2:
            tasks.put(None)
        elif len(replies) == 3:
            tasks.put((2, AnalysisTask(position.play(12))))

    PlayerServer(tasks, reply, ANALYST, 1).work()
    numbers = [number for number, _ in replies]
    visits = [reply.visits for _, reply in replies]
    assert numbers == [1, 1, 1, 1, 2]
    assert visits[:3] == sorted(set(visits[:3]))  # each report knows more than the last
    assert QUICK_VISITS <= visits[4] < 2 * QUICK_VISITS
