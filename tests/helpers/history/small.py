"""Histories of datasets for tests: of small runs, and in memory alone."""

from contextlib import contextmanager

from insei.selfplay.data.dataset import terms_of
from insei.selfplay.history.fields import bytes_of, hash_of
from insei.selfplay.history.graph import Graph
from insei.selfplay.history.history import History, Proposal
from tests.helpers.games import some_games
from tests.helpers.tables import run_with

MESSAGE = "because"


def small_run(path, count=12, seed=1):
    """A run of some 5x5 games, and its games."""
    games = some_games(count, seed)
    return run_with(path, games), games


def weight(game, ply, value):
    """A proposal of a row's weight."""
    return Proposal(game.id, ply, "weight", bytes_of(value, "weight"))


def first_ply(game):
    return int(game.rows["ply"][0])


class HistoryInMemory(History):
    """A history whose rows are invented and whose events are written nowhere.

    Args:
        played: the value of every cell as it was played.
    """

    def __init__(self, played):
        self.played = played
        self.graph = Graph()
        self.edits = self
        self.ticks = 0

    def now(self):
        self.ticks += 1
        return float(self.ticks)

    def append(self, rows, message=""):
        pass

    @contextmanager
    def writing(self):
        yield self.graph

    def _checked(self, proposals):
        return [hash_of(self.played)] * len(proposals)


def terms(history):
    return terms_of(history.frame)
