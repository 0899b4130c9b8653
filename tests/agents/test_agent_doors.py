"""The doors of the compiled search and players, knocked at as those of the engine."""

import copy
import pickle
import random
import threading

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


class Lying(Position):
    """A Position whose copy is none."""

    rules = Rules(1, 1)

    def copy(self):
        return None


class Larger(SearchSettings):
    """Settings that ask for more leaves each time."""


def test_players_see_a_position_that_lies_as_it_is():
    liar, honest = Lying(Rules(5, 5)), Position(Rules(5, 5))
    for player in (AlphaBetaPlayer(depth=1), CapturePlayer(), InfluencePlayer(), UctPlayer("", 50)):
        moves = []
        for position in (liar, honest):
            player.new_game(position.rules, 1)
            moves.append(player.choose(position).move)
        assert moves[0] == moves[1]
    forest = Forest(1, 5, 5, SearchSettings(visits=2), 1)
    forest.start(0, liar)
    assert forest.position(0) == honest
    with pytest.raises(ValueError, match="wanted SearchSettings"):
        Forest(1, 5, 5, Larger(), 1)
    forged = SearchSettings()
    object.__setattr__(forged, "leaves", 10**9)
    with pytest.raises(ValueError, match="leaves 1000000000"):
        Forest(1, 5, 5, forged, 1)


def test_a_line_that_changes_the_forest_it_is_given_to():
    forest = Forest(1, 5, 5, SearchSettings(visits=2), 1)

    def line():
        forest.start(0, Position(Rules(2, 2)))
        yield 3

    forest.start(0, Position(Rules(5, 5)))
    flat = np.zeros(1, np.float32)
    assert forest.select() == 1
    forest.expand(np.zeros((1, 26), np.float32), flat, flat)
    with pytest.raises(ValueError, match="has not been searched"):
        forest.visits_along(0, line())


@pytest.mark.parametrize("rule", ["gumbel", "puct"])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 3e38])
def test_a_net_that_answers_nonsense_breaks_no_tree(rule, number):
    forest = Forest(2, 5, 5, SearchSettings(visits=40, rule=rule, leaves=3), 1)
    for game in range(2):
        forest.start(game, Position(Rules(5, 5)))
    for _ in range(60):
        rows = forest.select()
        policy = np.zeros((rows, 26), np.float32)
        policy[:, ::3] = number
        value = np.full(rows, number, np.float32)
        forest.expand(policy, value, value, np.full((rows, 5, 5), number, np.float32))
    for game in range(2):
        assert 0 <= forest.choose(game) <= 25
        forest.candidates(game)
        forest.policy_target(game)
        assert 0 <= forest.draw(game, 1.0, 0.5) <= 25


def test_one_thread_at_a_time_uses_a_tree():
    tree = UctTree(Position(Rules(9, 9)), 200_000, 1)
    refused = []

    def run(seconds):
        try:
            tree.run(seconds)
        except RuntimeError as error:
            refused.append(str(error))

    running = threading.Thread(target=run, args=(2.0,))
    running.start()
    while running.is_alive() and not refused:
        run(0.001)
    running.join()
    assert "in use" in refused[0]


def test_trees_are_neither_copied_nor_pickled():
    """A copy would share their memory."""
    for tree in (Forest(1, 5, 5, SearchSettings(), 1), UctTree(Position(Rules(5, 5)), 9, 1)):
        for door in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError):
                door(tree)
