"""The pool of actors on Ray itself."""

import os
import signal
import time
from contextlib import closing

import pytest

from insei.system.actor_pool import ActorPool
from insei.system.errors import UserError, WorkersExited
from insei.system.ray_actors import RayActors
from tests.helpers.fake_actors import no_fault, results


def on_ray(make, size, notice=no_fault, **options):
    return closing(ActorPool(RayActors(), make, size, notice, **options))


def make_echo(index):
    class Real:  # made here: it travels to the actor by value
        def ask(self, number):
            return index, os.getpid(), number

        def refuse(self, word):
            raise UserError(f"no {word}\nof that name")

        def fail(self):
            return 1 / 0

        def sleep(self, seconds):
            time.sleep(seconds)
            return index

        def exit(self):
            os._exit(1)

    return Real()


def test_plain_objects_answer_in_processes_of_their_own(ray_session):
    with on_ray(make_echo, 2) as pool:
        for number in range(8):
            pool.submit("ask", number)
        found = results(pool)
        assert sorted(number for _, _, number in found) == list(range(8))
        assert {process for _, process, _ in found} <= set(pool.process_ids)
        assert os.getpid() not in pool.process_ids


@pytest.mark.slow
def test_a_killed_process_is_replaced_and_loses_no_task(ray_session):
    notices = []
    with on_ray(make_echo, 1, notices.append) as pool:
        while not pool.process_ids:
            pool.wait(0.2)
        pool.submit("sleep", 1.0)
        os.kill(pool.process_ids[0], signal.SIGKILL)
        assert results(pool) == [1]
    (line,) = notices
    assert line.startswith("worker 0 died (ActorDiedError)")


def test_a_users_error_on_ray_is_the_one_that_was_raised(ray_session):
    with on_ray(make_echo, 1) as pool:
        pool.submit("refuse", "player")
        with pytest.raises(UserError) as refused:
            results(pool)
        assert type(refused.value) is UserError
        assert str(refused.value) == "no player\nof that name"


@pytest.mark.slow
def test_a_bug_on_ray_is_named_with_the_place_where_it_was_raised(ray_session):
    kept = []
    keep = lambda error: kept.append(str(error.__cause__)) or ""  # noqa: E731
    with on_ray(make_echo, 1, lambda line: None, keep=keep) as pool:
        pool.submit("fail")
        with pytest.raises(WorkersExited, match="failed with ZeroDivisionError: division by zero"):
            results(pool)
    assert "in fail" in kept[0]


@pytest.mark.slow
def test_a_process_that_is_stopped_is_silent_and_one_that_works_for_long_is_not(ray_session):
    notices = []
    with on_ray(make_echo, 2, notices.append, patience_seconds=2.0) as pool:
        while pool.num_started < 2:
            pool.wait(0.2)
        pool.submit("sleep", 8.0)
        pool.submit("sleep", 2.0)
        [stopped] = [actor for actor in pool.actors if actor.task.arguments == (2.0,)]
        os.kill(stopped.birth.process_id, signal.SIGSTOP)
        assert sorted(results(pool)) == [1 - stopped.index, 2]
    [line] = notices
    assert line.startswith(f"worker {stopped.number} gave no sign of life for ")


@pytest.mark.slow
def test_processes_that_only_exit_end_the_work(ray_session):
    with on_ray(make_echo, 1, lambda line: None) as pool:
        pool.submit("exit")
        with pytest.raises(WorkersExited, match="6 workers failed"):
            results(pool)


@pytest.mark.slow
def test_a_pool_on_ray_grows_and_closes_what_it_holds(ray_session, tmp_path):
    def make(index):
        class Closes:
            def name(self):
                return index

            def close(self):
                (tmp_path / str(index)).touch()

        return Closes()

    with on_ray(make, 1) as pool:
        pool.submit("name")
        assert results(pool) == [0]
        pool.resize(2)
        while len(pool.process_ids) < 2:
            pool.wait(0.2)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["0", "1"]
