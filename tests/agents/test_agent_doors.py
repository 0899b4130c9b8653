"""The doors of the compiled search and players, knocked at as those of the engine."""

import random

import numpy as np
import pytest

from insei.agents.handwritten.alphabeta import AlphaBetaPlayer
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.influence import InfluencePlayer
from insei.agents.handwritten.uct import UctPlayer, UctTree
from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.doors import RULES, knock, methods_of


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


@pytest.mark.parametrize("size", [2, 5])
def test_a_search_begun_anew_forgets_the_leaves_that_are_out(size):
    forest = Forest(1, 5, 5, SearchSettings(visits=8, rule="puct", leaves=4), 1)
    forest.start(0, Position(Rules(5, 5)))
    shapes = ((26,), (), (), (5, 5))
    flat = [np.zeros((4, *shape), np.float32) for shape in shapes]
    loud = [*flat[:3], np.ones((4, 5, 5), np.float32)]
    assert forest.select() == 1
    forest.expand(*(one[:1] for one in flat))
    rows = forest.select()
    assert rows == 4
    forest.start(0, Position(Rules(size, size)))
    forest.expand(*(one[:rows] for one in loud))
    assert forest.select() == 1
    forest.expand(*(one[:1] for one in flat))
    assert forest.num_visits(0) == 0
    assert not forest.ownership(0).any()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0, 5, 5), "num_games 0: wanted at least 1"),
        ((1, 0, 5), "frame 5x0: wanted 1 to 19 a side"),
        ((1, 5, 20), "frame 20x5: wanted 1 to 19 a side"),
    ],
)
def test_a_forest_says_what_it_wanted(arguments, said):
    with pytest.raises(ValueError, match=said):
        Forest(*arguments, SearchSettings(), 1)
    forest = Forest(2, 5, 5, SearchSettings(visits=2), 1, parts=2)
    for ask in (forest.done, forest.batch, forest.select):
        with pytest.raises(ValueError, match="part 2: wanted 0 to 1"):
            ask(2)
    with pytest.raises(ValueError, match="playouts 10000001: wanted 1 to 10000000"):
        UctTree(Position(RULES), 10_000_001, 1)


@pytest.mark.parametrize("side", [5, 9, 13])
def test_a_forest_shows_the_planes_that_positions_have(side):
    """Though it keeps the liberties from one leaf to the next, of its many games."""
    rules = Rules(side, side)
    forest = Forest(2, side, side, SearchSettings(visits=12, random_symmetry=False), 1)
    rng = random.Random(side)
    for game in range(2):
        forest.start(game, random_game(rules, game, 2 * side))
    for _ in range(12):
        assert forest.select() == 2
        for game in range(2):
            assert np.array_equal(forest.batch()[game], planes(forest.position(game)))
        actions = side * side + 1
        while rows := len(forest.batch()):
            logits = np.array([rng.random() for _ in range(rows * actions)], np.float32)
            nothing = np.zeros(rows, np.float32)
            forest.expand(logits.reshape(rows, actions), nothing, nothing)
            forest.select()
        for game in range(2):
            forest.play(game, rng.choice(forest.position(game).legal_moves()[:-1]))


@pytest.mark.parametrize(
    "player", [AlphaBetaPlayer(depth=1), CapturePlayer(), InfluencePlayer(), UctPlayer(playouts=3)]
)
def test_players_refuse_what_they_cannot_take(player):
    rng = random.Random(5)
    knock(player.choose, player.name, rng, 200)
    knock(UctTree, "UctTree", rng, 200)
    assert UctTree(Position(RULES), 1, 1).root_statistics() == {}


def test_a_tree_of_playouts_keeps_its_root_when_the_position_is_played_on():
    position = Position(Rules(5, 5))
    ours, theirs = UctTree(position, 400, 1), UctTree(Position(Rules(5, 5)), 400, 1)
    for ply in range(20):
        position.play_in_place(ply)
    ours.run()
    theirs.run()
    assert ours.root_statistics() == theirs.root_statistics()
