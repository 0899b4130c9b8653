"""The pool of actors: tasks, failures and patience, with a backend in this process."""

import pytest

from insei.system.actors.faults import MOST_DEATHS
from insei.system.actors.patience import MEASURED_CALLS
from insei.system.errors import UserError, WorkersExited
from tests.helpers.fake_actors import Echo, pool_of, results


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
    assert pool.num_free == 0  # neither has started
    pool.wait(0.0)
    assert pool.num_free == 2
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
        "worker 0 died (ActorDiedError); another takes its place and its task",
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
        "worker 0 gave no sign of life for 8 s",
        "worker 0 gave no sign of life for 14 s",
    ]
    assert pool.patience.seconds == 20.0


def test_patience_doubles_within_bounds():
    class Sleeper(Echo):
        @property
        def is_silent(self):
            return self.index < 4

    pool = pool_of(1, Sleeper, patience_seconds=5.0)
    pool.submit("ask", 1)
    assert results(pool) == [(4, None, 1)]
    assert pool.patience.seconds == 20.0


@pytest.mark.parametrize(
    ("task", "options", "are_faults"),
    [
        ("die_at_first", {}, True),
        ("run_out_of_memory", {"size": 3}, True),
        ("ask", {"nodes": {"old": 4, "new": 4}, "unfit": ("old",)}, False),
        ("ask", {"size": 2, "nodes": {"new": 1}}, False),
    ],
    ids=["dies", "out of memory", "a node that is unfit", "too little room"],
)
def test_only_workers_that_are_lost_or_replaced_are_faults(task, options, are_faults):
    notices, faults = [], []
    pool = pool_of(options.pop("size", 1), notices=notices, fault=faults.append, **options)
    words = (1,) if task == "ask" else ()
    for _ in range(3):
        pool.submit(task, *words)
    results(pool)
    for _ in range(30):
        pool.submit("ask", 1)
        results(pool)
        pool.backend.now += 1.0
    assert bool(faults) == are_faults
    assert bool(notices) != are_faults


def test_workers_that_do_nothing_but_die_end_the_work():
    notices = []
    pool = pool_of(1, notices=notices)
    pool.submit("die")
    with pytest.raises(
        WorkersExited, match=r"6 workers failed .* died by ActorDiedError: killed by a signal"
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

    with pytest.raises(WorkersExited, match="6 workers failed at the same task"):
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
def test_a_users_error_is_raised_at_once(method):
    class Refuses(Echo):
        def refuse(self):
            raise UserError("no such player")

    pool = pool_of(1, Refuses)
    getattr(pool, method)("refuse")
    with pytest.raises(UserError, match="no such player"):
        results(pool) if method == "submit" else [pool.wait(1.0) for _ in range(3)]
    pool.standing.clear()
    pool.submit("ask", 1)
    assert results(pool)  # and the actors can go on


def test_what_was_found_beside_a_fatal_error_is_returned_first():
    class Refuses(Echo):
        def refuse(self):
            raise UserError("no such player")

    pool = pool_of(2, Refuses)
    pool.submit("ask", 1)
    pool.submit("refuse")
    assert [done.result for done in pool.wait(1.0)] == [(0, None, 1)]
    with pytest.raises(UserError, match="no such player"):
        pool.wait(1.0)


@pytest.mark.parametrize("method", ["submit", "broadcast"])
def test_an_actor_that_raises_is_replaced_and_its_traceback_kept(method):
    class Fails(Echo):
        def work(self, number):
            if self.index == 0:
                self.fail()
            return self.index

    notices, kept = [], []
    keep = lambda error: kept.append(error) or "log.txt"  # noqa: E731
    pool = pool_of(1, Fails, notices, keep=keep)
    getattr(pool, method)("work", 1)
    pool.submit("ask", 7)
    assert (1, None, 7) in results(pool)
    (line,) = notices
    assert line.startswith(
        "worker 0 failed with ZeroDivisionError: a bug (see log.txt); another takes its place"
    )
    assert isinstance(kept[0], ZeroDivisionError)


def test_a_bug_in_all_workers_ends_the_work_with_its_name():
    pool = pool_of(3)
    pool.submit("fail")
    with pytest.raises(WorkersExited, match=r"6 workers .* failed with ZeroDivisionError") as ended:
        results(pool)
    assert isinstance(ended.value.__cause__, ZeroDivisionError)


def test_what_making_an_actor_raises_is_raised():
    def refuse(index):
        raise UserError("no such player")

    pool = pool_of(1, refuse)
    with pytest.raises(UserError, match="no such player"):
        pool.wait(1.0)


def test_an_actor_holds_tasks_ahead_and_all_of_them_survive_its_death():
    class Dies(Echo):
        def ask(self, number):
            if self.index == 0 and number == 1:
                self.die()
            return number

    pool = pool_of(1, Dies, ahead=2)
    pool.wait(0.0)
    assert pool.num_free == 2
    for number in range(4):
        pool.submit("ask", number)
    assert len(pool.actors[0].tasks) == 2
    assert results(pool) == [0, 1, 2, 3]


def test_a_long_call_is_no_silence_while_its_process_answers():
    class Slow(Echo):
        is_stuck = True

    notices = []
    pool = pool_of(1, Slow, notices, patience_seconds=5.0)
    pool.submit("ask", 1)
    pool.wait(5000.0)
    assert notices == []


def test_a_call_that_takes_far_longer_than_those_before_is_stuck():
    class Slow(Echo):
        is_stuck = False

    notices = []
    pool = pool_of(1, Slow, notices, patience_seconds=5.0)
    for number in range(MEASURED_CALLS):
        pool.submit("ask", number)
    results(pool)
    pool.actors[0].handle.held.is_stuck = True
    pool.submit("ask", 9)
    assert results(pool) == [(1, None, 9)]
    assert notices[0].startswith("worker 0 has not ended a call in 5")


def test_a_pause_of_the_driver_is_no_silence_of_its_workers():
    class Sleeper(Echo):
        is_silent = False

    notices = []
    pool = pool_of(1, Sleeper, notices, patience_seconds=8.0)
    pool.wait(0.0)
    pool.actors[0].handle.held.is_silent = True
    pool.submit("ask", 1)
    pool.wait(4.0)
    pool.backend.now += 1000  # the machine slept
    pool.wait(1.0)
    pool.actors[0].handle.held.is_silent = False
    assert len(results(pool)) == 1
    assert notices == []


def test_a_worker_that_fails_again_and_again_starts_after_longer_and_longer_pauses():
    notices = []
    pool = pool_of(1, notices=notices)
    pool.submit("die")
    with pytest.raises(WorkersExited):
        results(pool)
    assert [line.rpartition("task")[2] for line in notices] == [
        "", " in 0.5 s", " in 1 s", " in 2 s", " in 4 s",
    ]  # fmt: skip


@pytest.mark.parametrize("garbage", [None, 7, ("a", "b", "c"), float("nan")])
def test_a_result_of_another_type_is_garbage_too(garbage):
    class Garbled(Echo):
        def ask(self, number):
            return garbage if self.index == 0 else ([number], {})

    notices = []
    pool = pool_of(1, Garbled, notices, fault_of=lambda task, result: check(*result))
    check = lambda games, counts: ""  # noqa: E731
    pool.submit("ask", 7)
    assert results(pool) == [([7], {})]
    assert notices[0].startswith("worker 0 sent a result that can't be checked: TypeError")


def test_closing_lets_idle_actors_close_what_they_hold():
    pool = pool_of(2)
    pool.submit("ask", 1)
    results(pool)
    actors = pool.backend.actors
    pool.close()
    assert all(one.is_killed for one in actors)
    assert not pool.is_busy


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
    with pytest.raises(WorkersExited, match="6 workers failed at the same task; the last one sent"):
        results(pool)
