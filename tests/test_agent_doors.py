"""The doors of the compiled search and players, knocked at as those of the engine."""

import random

import numpy as np
import pytest

from agents.alphabeta import AlphaBetaPlayer
from agents.capture import CapturePlayer
from agents.forest import Forest
from agents.influence import InfluencePlayer
from agents.search_settings import SearchSettings
from agents.uct import Grown, UctPlayer
from engine.playouts import random_game
from engine.position import Position
from engine.rules import Rules
from tests.test_doors import RULES, knock, methods_of


def searching(rng):
    """A forest with leaves out, searches under way, and games not begun."""
    forest = Forest(4, 3, 4, SearchSettings(visits=6, rule=rng.choice(["gumbel", "puct"])), 1)
    for game in range(rng.randrange(4)):
        forest.start(game, random_game(RULES, rng.randrange(99), rng.randrange(8)))
    answer(forest, rng.randrange(6))
    forest.select()
    return forest


def answer(forest, times):
    """Evaluate what the forest gives out, all moves alike."""
    for _ in range(times):
        rows = forest.select()
        forest.expand(
            np.zeros((rows, 13), np.float32), np.zeros(rows, np.float32), np.zeros(rows, np.float32)
        )


def test_a_search_survives_what_it_cannot_take():
    rng = random.Random(3)
    knock(Forest, "Forest", rng, 600)
    for name in methods_of(Forest):
        for _ in range(40):
            forest = searching(rng)
            knock(getattr(forest, name), f"Forest.{name}", rng, 12)
            forest.expand(*(np.zeros((len(forest.batch()), *shape), np.float32)
                            for shape in ((13,), (), ())))  # fmt: skip
            answer(forest, 3)


def test_a_search_begun_anew_forgets_the_leaves_that_are_out():
    forest = Forest(1, 5, 5, SearchSettings(visits=8, rule="puct", leaves=4), 1)
    forest.start(0, Position(Rules(5, 5)))
    flat = [np.zeros((4, 26), np.float32), np.zeros(4, np.float32), np.zeros(4, np.float32)]
    forest.select()
    forest.expand(*(one[:1] for one in flat))
    for small in (Rules(2, 2), Rules(5, 5)):
        rows = forest.select()
        forest.start(0, Position(small))
        forest.expand(*(one[:rows] for one in flat))
        assert forest.select() == 1
        forest.expand(*(one[:1] for one in flat))
        assert forest.num_visits(0) == 0


@pytest.mark.parametrize(
    "player", [AlphaBetaPlayer(depth=1), CapturePlayer(), InfluencePlayer(), UctPlayer(playouts=3)]
)
def test_players_refuse_what_they_cannot_take(player):
    rng = random.Random(5)
    knock(player.choose, player.name, rng, 200)
    knock(Grown, "Grown", rng, 200)
    assert Grown(Position(RULES), 1, 1).tallies() == {}
