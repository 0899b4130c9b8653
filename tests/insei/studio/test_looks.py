"""The process that asks the net and searches: what it answers, when it stops, and its failures."""

import queue
import threading

import numpy as np
import pytest

from insei.agents.net.find_package import SHIPPED
from insei.client.player_process import PlayerProcess
from insei.client.player_tasks import Failure
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.studio.look_server import SERVE, LookServer
from insei.studio.looks import Look, LookTask
from insei.studio.opening import player_of
from insei.system.errors import UserError
from tests.helpers.tables import run_with

POSITION = Position(Rules(5, 5, 4.5)).play_all([12, 7, 6])


def answers_of(name, *positions, seed=3):
    """All that a server answers to positions, one after another."""
    tasks, found = queue.Queue(), []
    server = LookServer(tasks, lambda number, answer: found.append((number, answer)), name, seed)
    for number, position in enumerate(positions):
        tasks.put((number, LookTask(position)))
    tasks.put(None)
    server.work()
    return found


def one_look(name, position, seed=3):
    """The answers to one position."""
    tasks, found = queue.Queue(), []
    server = LookServer(tasks, lambda number, answer: found.append(answer), name, seed)
    thread = threading.Thread(target=server.work)
    thread.start()
    tasks.put((1, LookTask(position)))
    for _ in range(6000):
        if found and (isinstance(found[-1], Failure) or found[-1].search):
            break
        threading.Event().wait(0.01)
    tasks.put(None)
    thread.join()
    return found


def test_the_net_answers_first_then_the_search(tiny_package):
    first, last = one_look(f"search:{tiny_package},visits=40", POSITION)
    assert first.search is None
    assert isinstance(last, Look)
    assert np.array_equal(first.net.policy, last.net.policy)
    assert last.visits == 40
    assert len(last.fingerprint) == 64
    for view in (last.net, last.search):
        assert view.policy.shape == (26,)
        assert view.policy.sum() == pytest.approx(1, abs=1e-3)
        assert view.policy[[12, 7, 6]].max() < 1e-6  # stones are there
        assert view.ownership.shape == (5, 5)
        assert -1 <= view.value <= 1
    assert not np.allclose(last.net.policy, last.search.policy)


@pytest.mark.parametrize("rule", ["gumbel", "puct"])
def test_a_position_gets_the_same_answer_whatever_came_before(tiny_package, rule):
    name = f"search:{tiny_package},visits=30,rule={rule}"
    alone = one_look(name, POSITION)[-1]
    tasks, found = queue.Queue(), []
    server = LookServer(tasks, lambda number, answer: found.append(answer), name, 3)
    thread = threading.Thread(target=server.work)
    thread.start()
    for position in (POSITION.play(0), POSITION):
        count = len(found)
        tasks.put((1, LookTask(position)))
        while len(found) < count + 2:
            threading.Event().wait(0.01)
    tasks.put(None)
    thread.join()
    assert np.array_equal(found[-1].search.policy, alone.search.policy)
    assert found[-1].search.value == alone.search.value


def test_outdated_tasks_are_left_out(tiny_package):
    name = f"search:{tiny_package},visits=20"
    found = answers_of(name, POSITION, POSITION.play(0), POSITION.play(1))
    assert found == []  # None came after the last one: nobody looks any more


@pytest.mark.parametrize(
    ("name", "position", "why"),
    [
        ("search:nowhere", POSITION, "no player at nowhere"),
        ("random", POSITION, "wanted one that searches"),
        ("search:go5,visit=3", POSITION, "unknown setting 'visit'"),
    ],
)
def test_failures_are_one_line(name, position, why):
    [failure] = one_look(name, position)
    assert isinstance(failure, Failure)
    assert why in failure.reason
    assert "\n" not in failure.reason


def test_a_bug_leaves_its_traceback_and_says_where(users_folders):
    [failure] = one_look("search:go5,visits=8", POSITION.play_all([25, 25]))
    assert failure.reason.startswith("a bug: ValueError: ")
    [log] = (users_folders / "state" / "insei").iterdir()
    assert failure.reason.endswith(f"its traceback is in {log}")
    assert "look_server.py" in log.read_text()


def test_the_process_answers_and_its_end_is_told(tiny_package):
    found, came = [], threading.Event()

    def take(answer):
        found.append(answer)
        if isinstance(answer, Failure) or answer.search is not None:
            came.set()

    process = PlayerProcess(take, f"search:{tiny_package},visits=20", 3, SERVE)
    try:
        process.submit(LookTask(POSITION))
        assert came.wait(60)
        assert found[-1].position is POSITION
        assert found[-1].search is not None
        came.clear()
        process.submit(LookTask(POSITION.play(0)))
        assert came.wait(60)
        came.clear()
        process.process.kill()
        assert came.wait(60)
        assert "ended with code" in found[-1].reason
    finally:
        process.close()


def test_the_run_s_net_searches_if_nobody_is_named(tmp_path, tiny_package):
    run = run_with(tmp_path / "run")
    name, why = player_of(run, None, None)
    assert name == ""
    assert "holds no player" in why
    assert "--player" in why
    checkpoint = run / "checkpoints" / "3"
    checkpoint.mkdir(parents=True)
    for file in tiny_package.iterdir():
        (checkpoint / file.name).write_bytes(file.read_bytes())
    assert player_of(run, None, None) == (f"search:{run},visits=400", "")
    assert player_of(run, None, 50) == (f"search:{run},visits=50", "")


@pytest.mark.parametrize(
    ("said", "visits", "name"),
    [
        ("search:go5", None, "search:go5,visits=400"),
        ("search:go5,visits=9", None, "search:go5,visits=9"),
        ("search:go5,visits=9", 12, "search:go5,visits=12"),
        ("search:go5,rule=puct", 12, "search:go5,rule=puct,visits=12"),
    ],
)
def test_visits_are_the_command_s_then_the_player_s(said, visits, name, tmp_path):
    assert (SHIPPED / "go5").is_dir()
    assert player_of(tmp_path, said, visits) == (name, "")


@pytest.mark.parametrize("said", ["random", "net:go5", "go5", "search:nowhere"])
def test_players_that_don_t_search_are_refused(said, tmp_path):
    with pytest.raises(UserError) as refused:
        player_of(tmp_path, said, None)
    assert "\n" not in str(refused.value)
