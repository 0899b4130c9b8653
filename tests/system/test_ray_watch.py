"""The watch over Ray's processes: what refuses connections, and what is out of reach."""

import socket
import time
from contextlib import closing

import pytest

from insei.system import ray_watch
from insei.system.errors import ClusterLost
from insei.system.ray_watch import Answer, NodeFacts, Port, RayWatch, connect

HERE = Port("127.0.0.1", 1)


@pytest.fixture
def answers(monkeypatch):
    """What ports answer; those that are not named are there."""
    found = {}
    monkeypatch.setattr(ray_watch, "connect", lambda port: found.get(port, Answer.THERE))
    monkeypatch.setattr(ray_watch, "LOOK_SECONDS", 0.01)
    return found


def until(is_so):
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def watch(nodes=()):
    facts = {name: NodeFacts(port, {}, {}) for name, port in dict(nodes).items()}
    return closing(RayWatch(Port("head", 2), HERE, lambda: facts))


@pytest.mark.parametrize(
    ("answer", "limit", "how", "seconds"),
    [
        (Answer.REFUSED, "HEAD_SECONDS", "away", 20),
        (Answer.NONE, "CUT_SECONDS", "out of reach", 60),
    ],
)
def test_a_head_without_an_answer_is_told_then_given_up(
    answers, monkeypatch, answer, limit, how, seconds
):
    with watch() as watched:
        assert watched.check() == ""
        answers[Port("head", 2)] = answer
        until(watched.check)
        assert watched.check() == f"Ray's head at head:2 is {how}; waiting {seconds} s for it"
        monkeypatch.setattr(ray_watch, limit, 0.0)
        with pytest.raises(ClusterLost, match=f"head:2 has been {how} for"):
            watched.check()


def test_a_head_that_answers_again_is_waited_for_no_longer(answers):
    with watch() as watched:
        answers[Port("head", 2)] = Answer.NONE
        until(watched.check)
        del answers[Port("head", 2)]
        until(lambda: not watched.check())


def test_a_node_is_gone_where_it_refuses_and_not_where_it_is_out_of_reach(answers):
    with watch({"a": Port("a", 3), "b": Port("b", 3)}) as watched:
        answers |= {Port("a", 3): Answer.REFUSED, Port("b", 3): Answer.NONE}
        until(lambda: watched.gone)
        assert watched.gone == {"a"}


def test_a_port_is_there_or_refuses():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = Port.of(f"127.0.0.1:{server.getsockname()[1]}")
        assert connect(port) is Answer.THERE
    assert connect(port) is Answer.REFUSED
