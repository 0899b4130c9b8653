"""Calls of a learner in an actor: answers in order, and an actor that can't start."""

import pytest

from insei.selfplay.learner.calls import PLACE_SECONDS, RemoteCalls
from insei.system.actors.backend import ActorLost
from insei.system.errors import ClusterLost, UserError
from tests.helpers.fake_actors import FakeBackend


class Adder:
    is_silent = is_stuck = False

    def __init__(self, index):
        self.total = 0

    def add(self, number):
        self.total += number
        return self.total


def answers_of(calls):
    found = []
    while calls.num_open:
        found += calls.answers(1.0)
    return found


def test_answers_come_in_the_order_of_the_calls():
    calls = RemoteCalls(FakeBackend(), Adder)
    for number in (1, 2, 3):
        calls.call("add", number)
    assert answers_of(calls) == [("add", 1), ("add", 3), ("add", 6)]


def test_a_node_that_can_not_run_the_learner_is_one_line():
    calls = RemoteCalls(FakeBackend(nodes={"old": 4}, unfit=("old",)), Adder)
    with pytest.raises(UserError, match=r"the learner can.t start: .*old"):
        answers_of(calls)


def test_a_learner_starts_on_another_node_where_one_can_not_run_it():
    notices = []
    backend = FakeBackend(nodes={"old": 4, "new": 4}, unfit=("old",))
    calls = RemoteCalls(backend, Adder, notice=notices.append)
    for number in (1, 2):
        calls.call("add", number)
    assert answers_of(calls) == [("add", 1), ("add", 3)]
    assert calls.birth.node == "new"
    assert notices == ["node old: insei 0.0 is there, 0.1 here; the learner starts elsewhere"]


def test_a_learner_that_finds_no_place_of_its_own_shares_one():
    full, sharing = FakeBackend(unplaced=(0,)), FakeBackend()
    calls = RemoteCalls(full, Adder, clock=lambda: full.now + sharing.now, sharing=sharing)
    calls.call("add", 1)
    assert answers_of(calls) == [("add", 1)]
    assert PLACE_SECONDS < full.now < PLACE_SECONDS + 5
    assert full.actors[0].is_killed


def test_a_learner_whose_node_refuses_connections_is_lost_at_once():
    backend = FakeBackend()
    calls = RemoteCalls(backend, Adder)
    answers_of(calls)
    backend.refusing = {"here"}
    calls.call("add", 1)
    with pytest.raises(ActorLost, match="its node is gone"):
        answers_of(calls)
    assert backend.now < 5


def test_a_learner_that_waits_for_a_place_ends_with_its_cluster():
    backend = FakeBackend(unplaced=(0,))
    calls = RemoteCalls(backend, Adder)
    assert calls.answers(1.0) == []
    backend.failure = ClusterLost("the head is gone")
    with pytest.raises(ClusterLost, match="the head is gone"):
        answers_of(calls)


def test_a_learner_that_is_gone_is_told_as_such():
    backend = FakeBackend()
    calls = RemoteCalls(backend, Adder)
    answers_of(calls)
    calls.call("add", 1)
    backend.lose("here")
    with pytest.raises(ActorLost):
        answers_of(calls)


def watched():
    backend = FakeBackend()
    calls = RemoteCalls(backend, Adder, 60.0, lambda: backend.now)
    calls.call("add", 1)
    answers_of(calls)
    return backend, calls, backend.actors[0]


def test_a_learner_that_gives_no_sign_of_life_is_lost():
    backend, calls, actor = watched()
    actor.held.is_silent = True
    calls.call("add", 1)
    with pytest.raises(ActorLost, match=r"it gave no sign of life for 7[5-9] s"):
        answers_of(calls)
    calls.close()
    assert actor.is_killed
    assert backend.silent == [calls.birth]


def test_a_learner_that_is_stuck_in_a_call_is_lost_though_it_lives():
    _, calls, actor = watched()
    for _ in range(5):  # measured: such a call takes no time
        calls.call("add", 1)
        answers_of(calls)
    actor.held.is_stuck = True
    calls.call("add", 1)
    with pytest.raises(ActorLost, match=r"has not ended a call in 60[0-9] s"):
        answers_of(calls)


def test_a_long_call_of_a_learner_that_lives_is_waited_for():
    backend, calls, actor = watched()
    actor.held.is_stuck = True
    calls.call("add", 1)
    while backend.now < 3000:
        assert calls.answers(1.0) == []
    actor.held.is_stuck = False
    assert answers_of(calls) == [("add", 2)]


def test_a_learner_with_nothing_to_do_is_not_asked():
    backend, calls, actor = watched()
    actor.held.is_silent = True
    backend.now += 1000
    assert calls.answers(0.0) == []
    actor.held.is_silent = False
    calls.call("add", 1)
    assert answers_of(calls) == [("add", 2)]


def test_seconds_in_which_the_driver_was_stopped_itself_do_not_count():
    backend, calls, actor = watched()
    actor.held.is_silent = True
    calls.call("add", 1)
    while calls.pulse is None:
        calls.answers(1.0)
    backend.now += 1000
    assert calls.answers(0.0) == []
    actor.held.is_silent = False
    assert answers_of(calls) == [("add", 2)]


def test_a_driver_that_was_stopped_itself_asks_with_no_more_patience_than_before():
    backend, calls, actor = watched()
    actor.held.is_silent = True
    calls.call("add", 1)
    backend.now += 1000
    assert calls.answers(0.0) == []
    asked = backend.now
    with pytest.raises(ActorLost, match="no sign of life"):
        answers_of(calls)
    assert backend.now - asked < 65
