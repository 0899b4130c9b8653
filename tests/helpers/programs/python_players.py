"""Players as users write them. Most of them misbehave."""

from insei.agents.player import Choice


class Centre:
    def choose(self, position):
        legal = position.legal_moves()
        middle = position.rules.num_points // 2
        return middle if middle in legal else legal[0]


class Counting:
    def new_game(self, rules, seed):
        self.seed, self.moves = seed, 0

    def choose(self, position):
        self.moves += 1
        position.play_in_place(0)  # its own copy
        return Choice(self.moves, 0.5, self.seed)


class Raises:
    def choose(self, position):
        raise RuntimeError("no\nidea")


class Babbles:
    def choose(self, position):
        return "centre"


class Cheats:
    def choose(self, position):
        return 12


class Lists:
    def choose(self, position):
        return [1, 2]


class Hides:
    def choose(self, position):
        return Choice("x")


class Boasts:
    def choose(self, position):
        return Choice(0, 50.0)


class Dreams:
    def choose(self, position):
        return Choice(0, float("nan"))


class Mumbles:
    def choose(self, position):
        return Choice(0, "good")


class Counts:
    def choose(self, position):
        import numpy as np

        return Choice(np.int64(3), np.float32(0.5), np.int64(7))


class Overshoots:
    def choose(self, position):
        return 10**30


class Leaves:
    def choose(self, position):
        raise SystemExit(3)


class Clings:
    def choose(self, position):
        return 0

    def close(self):
        raise RuntimeError("never")


class NeverBegins:
    def __init__(self):
        raise KeyError("board")

    def choose(self, position):
        return 0


class Empty:
    pass
