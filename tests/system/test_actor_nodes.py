"""The pool of actors on nodes that join, leave and fail, with a backend in this process."""

import pytest

from insei.system.actors.faults import NODE_FAULTS, QUARANTINE_SECONDS
from insei.system.errors import ClusterLost, ClusterMissing
from insei.system.worker_range import WorkerRange
from tests.helpers.fake_actors import Echo, pool_of, results


def test_actors_without_a_place_get_no_task_are_reported_once_and_the_others_work_on():
    notices = []
    pool = pool_of(3, notices=notices, unplaced=(1,), nodes={"a": 2})
    for number in range(3):
        pool.submit("ask", number)
    assert len(results(pool)) == 3
    assert sorted(pool.process_ids) == [1000, 1002]
    for _ in range(100):
        pool.wait(1.0)
    assert notices == ["2 of 3 workers work; 1 wait for a processor: 0 of 2 are free"]


def test_a_node_that_joins_takes_those_that_waited():
    notices = []
    pool = pool_of(3, notices=notices, nodes={"a": 1})
    for _ in range(30):
        pool.wait(1.0)
    assert pool.num_started == 1
    pool.backend.nodes["b"] = 5
    for _ in range(5):
        pool.wait(1.0)
    assert pool.by_node == {"a": 1, "b": 2}
    assert notices[-1] == "all 3 workers work"


def test_a_range_of_workers_grows_and_shrinks_with_the_nodes():
    pool = pool_of(WorkerRange(2, 6), nodes={"a": 1})
    backend, sizes = pool.backend, []

    def settle(seconds):
        for _ in range(seconds):
            pool.wait(1.0)
        sizes.append((pool.num_started, pool.size))

    settle(10)
    backend.nodes["b"] = 3
    settle(10)
    backend.nodes["c"] = 50
    settle(10)
    backend.lose("c")
    for number in range(6):
        pool.submit("ask", number)
    assert len(results(pool)) == 6
    settle(60)
    assert sizes == [(1, 2), (4, 4), (6, 6), (4, 4)]


def test_a_node_whose_workers_fail_again_and_again_is_avoided_for_a_while():
    class Picky(Echo):
        def ask(self, number):
            if pool.backend.actors[self.index].node == "bad":
                raise OSError("no disk")
            return number

    notices = []
    pool = pool_of(2, Picky, notices, nodes={"good": 1, "bad": 1})
    found = []
    for number in range(200):
        pool.submit("ask", number)
        found += [done.result for done in pool.wait(1.0)]
        pool.backend.now += 0.1
    assert sorted(found + results(pool)) == list(range(200))
    assert pool.by_node == {"good": 1}
    [told] = [line for line in notices if "again and again" in line]
    assert told == ("workers on bad fail again and again: none is started there for 10 minutes")
    assert sum("OSError: no disk" in line and "on bad" in line for line in notices) == NODE_FAULTS
    assert pool.backend.avoided == {"bad"}
    for _ in range(int(QUARANTINE_SECONDS) + 5):
        pool.wait(1.0)
    assert pool.backend.avoided == set()


def test_workers_killed_together_are_one_failure_of_their_node():
    pool = pool_of(8, nodes={"a": 8, "b": 8})
    pool.wait(0.0)
    for number in range(8):
        pool.submit("ask", number)
    for actor in pool.actors:
        actor.handle.held.ask = lambda number, held=actor.handle.held: held.die()
    assert len(results(pool)) == 8
    assert pool.backend.avoided == set()


def test_a_node_that_can_not_run_us_is_named_once_and_gets_no_worker():
    notices = []
    pool = pool_of(4, notices=notices, nodes={"old": 4, "new": 4}, unfit=("old",))
    for number in range(4):
        pool.submit("ask", number)
    assert len(results(pool)) == 4
    assert notices == ["node old: insei 0.0 is there, 0.1 here; no worker runs there"]
    assert set(pool.by_node) == {"new"}


def test_a_cluster_of_nodes_that_can_not_run_us_is_refused_at_once():
    pool = pool_of(4, nodes={"old": 4}, unfit=("old",))
    with pytest.raises(ClusterMissing, match="no node can run workers: node old"):
        pool.wait(1.0)


def test_workers_killed_for_their_memory_are_not_started_again():
    notices = []
    pool = pool_of(4, notices=notices)
    for _ in range(4):
        pool.submit("run_out_of_memory")
    assert sorted(results(pool)) == [0, 0, 1, 1]
    assert pool.size == 2
    assert notices == [
        "worker 2 was killed because memory ran out; 3 fit, and work on",
        "worker 3 was killed because memory ran out; 2 fit, and work on",
    ]
    pool.backend.nodes["another"] = 10
    for _ in range(10):
        pool.wait(1.0)
    assert pool.size == 4


def test_a_backend_that_is_gone_is_told_after_what_was_found():
    pool = pool_of(1)
    pool.submit("ask", 1)
    assert len(results(pool)) == 1
    pool.submit("ask", 2)
    pool.wait(0.0)
    pool.backend.failure = ClusterLost("the head is gone")
    with pytest.raises(ClusterLost, match="the head is gone"):
        pool.wait(1.0)


def test_a_backend_that_seems_to_be_going_is_told_once():
    notices = []
    pool = pool_of(1, notices=notices)
    pool.backend.warning = "the head is away"
    for _ in range(3):
        pool.submit("ask", 1)
        pool.wait(1.0)
    assert notices == ["the head is away"]


def test_actors_of_a_node_that_is_gone_are_replaced_before_their_calls_end():
    notices = []
    pool = pool_of(2, notices=notices, nodes={"a": 1, "b": 1, "c": 1})
    pool.wait(0.0)
    pool.backend.refusing = {"a"}
    for number in range(2):
        pool.submit("ask", number)
    assert len(results(pool)) == 2
    assert set(pool.by_node) == {"b", "c"}
    assert notices == [
        "worker 0 on a died (its node is gone); another takes its place and its task"
    ]
