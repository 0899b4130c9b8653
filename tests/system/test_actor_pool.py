"""The pool of actors: its logic in this process with a fake backend, then on Ray itself."""

import os
import signal
import time
from contextlib import closing

import pytest

from insei.system.actor_pool import MOST_DEATHS, START_SECONDS, ActorLost, ActorPool
from insei.system.errors import UserError, WorkersExited
from tests.helpers.fake_actors import FakeBackend


class Echo:
    """Answers with its index, what it was told, and what it was asked."""

    def __init__(self, index):
        self.index = index
        self.told = None
        self.is_closed = False

    def tell(self, word):
        self.told = word

    def ask(self, number):
        return self.index, self.told, number

    def fail(self):
        raise ZeroDivisionError("a bug")

    def die(self):
        raise ActorLost("OutOfMemoryError", "killed by the monitor")

    def die_at_first(self):
        if self.index == 0:
            self.die()
        return self.index

    def close(self):
        self.is_closed = True


def pool_of(size, make=Echo, notices=None, unplaced=(), **options):
    backend = FakeBackend(unplaced)
    notice = (lambda line: None) if notices is None else notices.append
    return ActorPool(backend, make, size, notice, clock=backend.clock, **options)


def results(pool, most=1000):
    found = []
    for _ in range(most):
        if not pool.is_busy:
            return found
        found += [done.result for done in pool.wait(1.0)]
    raise AssertionError("waited in vain")


def test_each_task_is_done_once_by_whichever_actor_is_free():
    pool = pool_of(3)
    for number in range(10):
        pool.submit("ask", number)
    found = results(pool)
    assert sorted(number for _, _, number in found) == list(range(10))
    assert {index for index, _, _ in found} == {0, 1, 2}
    assert not pool.is_busy
    assert pool.wait(5.0) == []


def test_a_result_names_its_task():
    pool = pool_of(2)
    tasks = {pool.submit("ask", number): number for number in range(4)}
    while pool.is_busy:
        for done in pool.wait(1.0):
            assert done.result[2] == tasks[done.task]


def test_an_actor_has_one_task_at_a_time_and_the_pool_says_how_many_are_free():
    pool = pool_of(2)
    assert pool.num_free == 2
    pool.wait(0.0)
    pool.submit("ask", 1)
    assert pool.num_free == 1
    for number in range(3):
        pool.submit("ask", number)
    assert pool.num_free == 0
    assert len([one for one in pool.actors if one.task]) == 2
    assert len(pool.waiting) == 2
    results(pool)
    assert pool.num_free == 2


def test_an_actor_that_dies_is_replaced_and_its_task_repeated():
    notices = []
    pool = pool_of(1, notices=notices)
    pool.submit("die_at_first")
    pool.submit("ask", 7)
    assert results(pool) == [1, (1, None, 7)]  # the replacement has the next index
    assert notices == [
        "worker 0 died (OutOfMemoryError); another takes its place and its task",
    ]
    assert pool.backend.actors[0].is_killed
    assert pool.size == 1


def test_a_broadcast_reaches_every_actor_and_those_started_later():
    pool = pool_of(2)
    pool.broadcast("tell", "first")
    pool.broadcast("tell", "second")
    pool.submit("die_at_first")
    for number in range(4):
        pool.submit("ask", number)
    pool.resize(3)
    told = {one[:2] for one in results(pool) if isinstance(one, tuple)}
    assert {word for _, word in told} == {"second"}
    assert len(told) > 1


def test_a_silent_actor_is_replaced_and_patience_doubles():
    class Sleeper(Echo):
        @property
        def is_silent(self):
            return self.index < 2

    notices = []
    pool = pool_of(1, Sleeper, notices, patience_seconds=5.0)
    pool.submit("ask", 1)
    assert results(pool) == [(2, None, 1)]
    assert [line.partition(";")[0] for line in notices] == [
        "worker 0 gave no answer for 5 s",
        "worker 0 gave no answer for 10 s",
    ]
    assert pool.patience_seconds == 20.0
    assert 15 <= pool.backend.now < 20


def test_workers_that_do_nothing_but_die_end_the_work():
    notices = []
    pool = pool_of(1, notices=notices)
    pool.submit("die")
    with pytest.raises(
        WorkersExited, match=r"6 workers died .*OutOfMemoryError: killed by the"
    ) as e:
        results(pool)
    assert e.value.task.method == "die"
    assert len(notices) == MOST_DEATHS


def test_one_task_that_kills_its_workers_ends_the_work_although_others_are_done():
    pool = pool_of(3)
    pool.submit("die")

    def work():
        for _ in range(100):
            pool.submit("ask", 1)
            pool.wait(1.0)

    with pytest.raises(WorkersExited, match="6 workers died at the same task"):
        work()


def test_deaths_with_results_between_them_are_survived():
    pool = pool_of(1, make=lambda index: Echo(index % 2))
    for _ in range(5 * MOST_DEATHS):
        pool.submit("die_at_first")
    assert results(pool) == [1] * 5 * MOST_DEATHS


def test_the_pool_grows_and_shrinks_while_it_works():
    pool = pool_of(1)
    for number in range(6):
        pool.submit("ask", number)
    pool.wait(0.0)
    pool.resize(3)
    assert pool.size == 3
    pool.wait(0.0)
    busy = [one for one in pool.actors if one.task]
    assert len(busy) == 3
    pool.resize(1)  # those at work end with their task
    assert pool.size == 1
    assert len(pool.actors) == 3
    left = [number for _, _, number in results(pool)]
    assert len(left) == len(set(left))
    assert len(pool.actors) == 1
    assert sum(one.is_killed for one in pool.backend.actors) == 2
    pool.resize(4)
    assert sorted(one.number for one in pool.actors) == [0, 1, 2, 3]


@pytest.mark.parametrize("method", ["submit", "broadcast"])
def test_what_an_actor_raises_is_raised(method):
    pool = pool_of(1)
    getattr(pool, method)("fail")
    with pytest.raises(ZeroDivisionError, match="a bug"):
        results(pool) if method == "submit" else pool.wait(1.0)
    pool.standing.clear()
    pool.submit("ask", 1)
    assert results(pool)  # and the actors can go on


def test_what_making_an_actor_raises_is_raised():
    def refuse(index):
        raise UserError("no such player")

    pool = pool_of(1, refuse)
    with pytest.raises(UserError, match="no such player"):
        pool.wait(1.0)


def test_an_actor_without_a_place_is_reported_once_and_the_others_work_on():
    notices = []
    pool = pool_of(2, notices=notices, unplaced=(1,))
    for number in range(3):
        pool.submit("ask", number)
    assert len(results(pool)) == 3
    assert pool.process_ids == [1000]
    pool.wait(3 * START_SECONDS)
    assert len(notices) == 1
    assert notices[0].startswith("worker 1 has not started within 60 s")


def test_closing_lets_idle_actors_close_what_they_hold():
    pool = pool_of(2)
    pool.submit("ask", 1)
    results(pool)
    actors = pool.backend.actors
    pool.close()
    assert all(one.is_killed for one in actors)
    assert not pool.is_busy


# On Ray


def on_ray(make, size, notice=pytest.fail, **options):
    from insei.system.ray_actors import RayActors

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


def test_an_exception_on_ray_is_the_one_that_was_raised(ray_session):
    with on_ray(make_echo, 1) as pool:
        pool.submit("refuse", "player")
        with pytest.raises(UserError) as refused:
            results(pool)
        assert type(refused.value) is UserError
        assert str(refused.value) == "no player\nof that name"
        pool.submit("fail")
        with pytest.raises(ZeroDivisionError) as failed:
            results(pool)
        assert "in fail" in str(failed.value.__cause__)  # where it was raised, for the log


@pytest.mark.slow
def test_a_silent_process_is_replaced(ray_session):
    notices = []
    with on_ray(make_echo, 1, notices.append, patience_seconds=2.0) as pool:
        pool.submit("sleep", 3.0)
        assert results(pool)[0] >= 1
    assert notices[0].startswith("worker 0 gave no answer for 2 s")


@pytest.mark.slow
def test_processes_that_only_exit_end_the_work(ray_session):
    with on_ray(make_echo, 1, lambda line: None) as pool:
        pool.submit("exit")
        with pytest.raises(WorkersExited, match="6 workers died"):
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


def test_an_actor_that_sends_garbage_is_replaced_and_its_task_done_by_another():
    notices = []
    fault_of = lambda task, result: "garbage" if result[0] == 0 else ""  # noqa: E731
    pool = pool_of(1, notices=notices, fault_of=fault_of)
    pool.submit("ask", 7)
    assert results(pool) == [(1, None, 7)]
    assert notices == ["worker 0 sent garbage; another takes its place and its task"]


def test_garbage_from_all_ends_with_what_it_was():
    pool = pool_of(2, fault_of=lambda task, result: "an outcome of 100")
    pool.submit("ask", 7)
    with pytest.raises(WorkersExited, match="6 workers failed at the same task, the last one sent"):
        results(pool)
