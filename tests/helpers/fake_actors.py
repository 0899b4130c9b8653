"""A backend of the actor pool whose actors live in this process."""

import itertools

import pytest

from insei.system.actor_pool import ActorPool
from insei.system.actors.backend import ActorLost, Birth, NodeUnfit, Room


class FakeActor:
    def __init__(self, make, index):
        self.make = make
        self.index = index
        self.node = ""
        self.held = None
        self.is_killed = False


class FakeBackend:
    """Makes calls in this process as they are waited for; the clock moves only while waiting.

    Args:
        unplaced: indices of actors that never start.
        nodes: their names, each to the number of actors that it holds.
        unfit: names of nodes that can't run actors.
    """

    def __init__(self, unplaced=(), nodes=None, unfit=()):
        self.now = 0.0
        self.actors = []
        self.calls = {}
        self.numbers = itertools.count()
        self.unplaced = unplaced
        self.nodes = {"here": 10**6} if nodes is None else nodes
        self.unfit = unfit
        self.avoided = set()
        self.failure = None
        self.warning = ""
        self.silent = []  # births of the actors that were killed because they were silent
        self.refusing = set()  # nodes that are known to be gone although calls seem under way

    def start(self, make, index):
        actor = FakeActor(make, index)
        self.actors.append(actor)
        return actor, self._note(actor, "", ())

    def call(self, actor, method, arguments):
        return self._note(actor, method, tuple(arguments))

    def pulse(self, actor):
        return self._note(actor, "pulse", ())

    def close(self, actor):
        return self._note(actor, "close", ())

    def share(self, value):
        return value

    def kill(self, actor, silent=None):
        actor.is_killed = True
        self.silent += [silent] if silent else []

    def avoid(self, nodes):
        self.avoided = set(nodes)

    def room(self):
        nodes = self.nodes.keys() - self.avoided - self.refusing
        free = sum(max(0, self._free(node)) for node in nodes)
        return Room(free, sum(self.nodes[node] for node in nodes), frozenset(nodes))

    def check(self):
        if self.failure:
            raise self.failure
        return self.warning

    def gone(self):
        return self.refusing

    def lose(self, node):
        """A node is gone, with the actors on it."""
        del self.nodes[node]

    def _note(self, actor, method, arguments):
        number = next(self.numbers)
        self.calls[number] = (actor, method, arguments)
        return number

    def _free(self, node):
        taken = sum(one.node == node and not one.is_killed for one in self.actors)
        return self.nodes[node] - taken

    def _place(self, actor):
        if actor.index not in self.unplaced and not actor.node:
            free = [
                name
                for name in self.nodes
                if name not in self.avoided | self.refusing and self._free(name)
            ]
            actor.node = free[0] if free else ""
        return actor.node

    def wait(self, calls, seconds):
        ended = [one for one in calls if self._ends(one)]
        if not ended:
            self.now += seconds
        return ended

    def _ends(self, call):
        actor, method, _ = self.calls[call]
        if not self._place(actor) or actor.node in self.refusing:
            return False
        if actor.held is None and method:
            return False
        if actor.node not in self.nodes:
            return True
        if method == "pulse":
            return not getattr(actor.held, "is_silent", False)
        return not (method and getattr(actor.held, "is_silent", False)) and not (
            method and getattr(actor.held, "is_stuck", False)
        )

    def result(self, call):
        actor, method, arguments = self.calls[call]
        if actor.node not in self.nodes:
            raise ActorLost("NodeDiedError")
        if actor.node in self.unfit:
            raise NodeUnfit(actor.node, f"node {actor.node}: insei 0.0 is there, 0.1 here")
        if method == "pulse":
            return None
        if method:
            return getattr(actor.held, method)(*arguments)
        actor.held = actor.make(actor.index)
        return Birth(1000 + actor.index, actor.node, actor.node)

    def clock(self):
        return self.now


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
        raise ActorLost("ActorDiedError", "killed by a signal")

    def run_out_of_memory(self):
        if self.index > 1:
            raise ActorLost("OutOfMemoryError", "killed by the monitor")
        return self.index

    def die_at_first(self):
        if self.index == 0:
            self.die()
        return self.index

    def close(self):
        self.is_closed = True


def pool_of(size, make=Echo, notices=None, unplaced=(), nodes=None, unfit=(), **options):
    backend = FakeBackend(unplaced, nodes, unfit)
    notice = (lambda line: None) if notices is None else notices.append
    options = {"keep": lambda error: "log.txt"} | options
    return ActorPool(backend, make, size, notice, clock=backend.clock, **options)


def no_fault(line):
    """A pool's notice that fails a test, but not where a busy machine starts processes slowly."""
    if " workers work" not in line:
        pytest.fail(line)


def results(pool, most=1000):
    found = []
    for _ in range(most):
        if not pool.is_busy:
            return found
        found += [done.result for done in pool.wait(1.0)]
    raise AssertionError("waited in vain")
