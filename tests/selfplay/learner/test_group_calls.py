"""Calls of several learners: they count as one, and are lost together."""

import itertools

import pytest

from insei.selfplay.learner.group_calls import NAMED_SECONDS, GroupCalls
from insei.selfplay.learner.peers import Door, PeerLost
from insei.system.actors.backend import ActorLost
from tests.helpers.fake_actors import FakeBackend

DOOR = Door("here", 1)


class Member:
    is_silent = is_stuck = is_alone = False

    def __init__(self, number):
        self.number = number
        self.told = []

    def open_door(self):
        return DOOR

    def join(self, *words):
        self.told.append(words)

    def add(self, rows):
        if self.is_alone:
            raise PeerLost("it lost another learner: closed")
        self.told.append(rows)
        return self.number

    def snapshot(self):
        self.told.append("snapshot")
        return f"net {self.number}"


class Sharing(FakeBackend):
    """Counts what is shared."""

    num_shared = 0

    def share(self, value):
        self.num_shared += 1
        return value


def started(count=3, backend=None):
    backend = backend or Sharing()
    numbers = itertools.count()
    calls = GroupCalls(backend, lambda _: Member(next(numbers)), count, 60.0, lambda: backend.now)
    return backend, calls


def answers_of(calls, most=10_000):
    found = []
    for _ in range(most):
        if not calls.num_open:
            return found
        found += calls.answers(1.0)
    raise AssertionError("waited in vain")


def members_of(backend):
    return [actor.held for actor in backend.actors]


def test_all_are_told_where_the_first_one_is_before_they_learn():
    backend, calls = started()
    assert calls.num_open
    assert answers_of(calls) == []
    assert [one.told for one in members_of(backend)] == [
        [(DOOR, rank, 3, 600.0)] for rank in range(3)
    ]


def test_calls_go_to_all_and_the_first_one_answers():
    backend, calls = started()
    answers_of(calls)
    calls.call("add", "rows")
    calls.call("snapshot")
    calls.call("add", 7)
    assert answers_of(calls) == [("add", 0), ("snapshot", "net 0"), ("add", 0)]
    first, second, third = (one.told[1:] for one in members_of(backend))
    assert first == ["rows", "snapshot", 7]
    assert second == third == ["rows", 7]
    assert backend.num_shared == 1  # the rows: once for all


def test_an_answer_counts_as_open_until_all_are_done():
    backend, calls = started(2)
    answers_of(calls)
    members_of(backend)[1].is_stuck = True
    calls.call("add", "rows")
    assert calls.answers(1.0) == [("add", 0)]
    assert calls.num_open == 1
    members_of(backend)[1].is_stuck = False
    answers_of(calls)


def test_they_wait_for_one_that_has_no_place_yet():
    backend, calls = started(2, Sharing(nodes={"here": 1}))
    for _ in range(100):
        assert calls.answers(1.0) == []
    assert calls.num_open
    assert members_of(backend)[0].told == []
    backend.nodes["here"] = 2
    answers_of(calls)
    assert len(members_of(backend)[1].told) == 1


@pytest.mark.parametrize("which", [0, 1])
def test_the_end_of_one_is_told_though_others_miss_it_first(which):
    backend, calls = started(2)
    answers_of(calls)
    members_of(backend)[1 - which].is_alone = True
    members_of(backend)[which].is_stuck = True
    calls.call("add", "rows")
    assert calls.answers(1.0) == []  # the end is not known yet
    backend.actors[which].node = "a node that has ended"
    with pytest.raises(ActorLost, match="NodeDiedError"):
        answers_of(calls)


def test_one_that_others_miss_is_lost_after_a_while_though_its_process_lives():
    backend, calls = started(2)
    answers_of(calls)
    for member in members_of(backend):
        member.is_alone = True
    calls.call("add", "rows")
    before = backend.now
    with pytest.raises(PeerLost, match="it lost another learner: closed"):
        answers_of(calls)
    assert NAMED_SECONDS < backend.now - before < NAMED_SECONDS + 3


def test_a_silent_one_ends_them_all():
    backend, calls = started(3)
    answers_of(calls)
    members_of(backend)[2].is_silent = True
    calls.call("add", "rows")
    with pytest.raises(ActorLost, match="no sign of life"):
        answers_of(calls)
    calls.close()
    assert all(actor.is_killed for actor in backend.actors)
    assert backend.silent == [calls.members[2].birth]


def test_learners_of_a_group_start_where_they_can_be_run_and_say_so():
    notices, numbers = [], itertools.count()
    backend = FakeBackend(nodes={"old": 4, "new": 4}, unfit=("old",))
    calls = GroupCalls(
        backend,
        lambda _: Member(next(numbers)),
        2,
        clock=lambda: backend.now,
        notice=notices.append,
    )
    calls.call("add", 7)
    assert [answer.method for answer in answers_of(calls)] == ["add"]
    assert {member.birth.node for member in calls.members} == {"new"}
    assert notices
    assert all("the learner starts elsewhere" in line for line in notices)


def test_learners_of_a_group_that_find_no_place_share_one():
    full, sharing = FakeBackend(unplaced=(0, 1)), FakeBackend()
    numbers = itertools.count()

    def now():
        return full.now + sharing.now

    calls = GroupCalls(full, lambda _: Member(next(numbers)), 2, clock=now, sharing=sharing)
    calls.call("add", 7)
    assert answers_of(calls) == [("add", 0)]
    assert all(actor.is_killed for actor in full.actors)
