"""The mind's process: it answers, its end is told, another follows, and it never stays behind."""

import queue
import time

import pytest

from insei.client.mind import Mind
from insei.client.thinking import GLANCE_VISITS, Decided, Failed, Task, Thinker, Thoughts
from insei.engine.position import Position
from insei.engine.rules import Rules

pytestmark = pytest.mark.slow

ANALYST = "search:go5,rule=puct,visits=20000"


def is_gone(process, seconds=20):
    for _ in range(int(seconds / 0.05)):
        if process.poll() is not None:
            return True
        time.sleep(0.05)
    return False


def test_a_mind_answers_and_survives_the_end_of_its_process():
    heard = queue.Queue()
    mind = Mind(heard.put, ANALYST, 1)
    position = Position(Rules(5, 5, 0.5)).play(12)
    mind.think(Task(position, "capture"))
    glance, move = heard.get(timeout=60), heard.get(timeout=60)
    assert isinstance(glance, Thoughts)
    assert isinstance(move, Decided)
    assert move.position is position
    assert position.is_legal(move.move)
    first = mind.process
    first.kill()
    told = heard.get(timeout=60)
    assert isinstance(told, Failed)
    assert told.is_player
    assert "ended with code -9" in told.what
    mind.think(Task(position, "nobody"))
    heard.get(timeout=60)
    refused = heard.get(timeout=60)
    assert isinstance(refused, Failed)
    assert "player 'nobody'" in refused.what
    assert mind.process is not first
    mind.close()
    assert is_gone(mind.process)


def test_a_closed_mind_takes_no_task():
    mind = Mind(queue.Queue().put, ANALYST, 1)
    mind.close()
    mind.think(Task(Position(Rules(5, 5, 0.5)), "capture"))  # as a pause does that was under way
    assert mind.process is None


def test_a_search_under_way_ends_with_the_mind():
    heard = queue.Queue()
    mind = Mind(heard.put, ANALYST, 1)
    position = Position(Rules(5, 5, 0.5))
    mind.think(Task(position, "search:go5,rule=puct,visits=50000,early=false"))
    assert isinstance(heard.get(timeout=60), Thoughts)
    mind.close()
    assert is_gone(mind.process)
    assert heard.empty()


def test_an_analysis_goes_deep_until_another_task_comes():
    tasks, heard = queue.Queue(), []
    position = Position(Rules(5, 5, 0.5))
    tasks.put((1, Task(position, goes_deep=True)))

    def tell(number, report):
        heard.append((number, report))
        if number == 2:
            tasks.put(None)
        elif len(heard) == 3:
            tasks.put((2, Task(position.play(12))))

    Thinker(tasks, tell, ANALYST, 1).work()
    numbers = [number for number, _ in heard]
    visits = [report.visits for _, report in heard]
    assert numbers == [1, 1, 1, 1, 2]
    assert visits[:4] == sorted(visits[:4])
    assert GLANCE_VISITS <= visits[4] < 2 * GLANCE_VISITS
