"""A backend of the actor pool whose actors live in this process."""

import itertools


class FakeActor:
    def __init__(self, make, index):
        self.make = make
        self.index = index
        self.held = None
        self.is_killed = False


class FakeBackend:
    """Makes calls in this process as they are waited for; the clock moves only while waiting."""

    def __init__(self, unplaced=()):
        self.now = 0.0
        self.actors = []
        self.calls = {}
        self.numbers = itertools.count()
        self.unplaced = unplaced  # indices of actors that never start

    def start(self, make, index):
        actor = FakeActor(make, index)
        self.actors.append(actor)
        return actor, self._note(actor, "", ())

    def call(self, actor, method, arguments):
        return self._note(actor, method, tuple(arguments))

    def close(self, actor):
        return self._note(actor, "close", ())

    def share(self, value):
        return value

    def kill(self, actor):
        actor.is_killed = True

    def _note(self, actor, method, arguments):
        number = next(self.numbers)
        self.calls[number] = (actor, method, arguments)
        return number

    def wait(self, calls, seconds):
        ended = [one for one in calls if self._ends(one)]
        if not ended:
            self.now += seconds
        return ended

    def _ends(self, call):
        actor, method, _ = self.calls[call]
        if actor.index in self.unplaced or (actor.held is None and method):
            return False
        return not (method and getattr(actor.held, "is_silent", False))

    def result(self, call):
        actor, method, arguments = self.calls[call]
        if method:
            return getattr(actor.held, method)(*arguments)
        actor.held = actor.make(actor.index)
        return 1000 + actor.index

    def clock(self):
        return self.now
