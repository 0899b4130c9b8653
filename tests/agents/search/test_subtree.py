"""What was searched below a move is kept when the move is played."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.engine.errors import IllegalMove
from insei.engine.planes.net_planes import planes
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.searches import (
    PUCT,
    local_net,
    pseudo_net,
    search,
    searched,
)


def tree_below(forest, depth=3):
    """What a search knows, a few plies deep, as plain data."""
    return [
        (
            candidate.move,
            candidate.visits,
            round(candidate.value, 4),
            forest.variation(0, candidate.move, depth),
        )
        for candidate in forest.candidates(0)
        if candidate.visits
    ]


def test_what_was_searched_below_a_move_is_kept():
    position = Position(Rules(5, 5, 0.5))
    forest = searched(position, replace(PUCT, visits=200))
    before = forest.candidates(0)[0]
    line = forest.variation(0, before.move)
    forest.advance(0, before.move)
    assert forest.num_visits(0) == before.visits - 1
    assert forest.position(0) == position.play(before.move)
    assert forest.candidates(0)[0].move == line[1]
    assert forest.variation(0, line[1])[: len(line) - 1] == line[1:]
    win, score = forest.outlook(0)
    assert win == pytest.approx(-before.win, abs=1e-5)
    assert score == pytest.approx(-before.score, abs=1e-5)
    search(forest)
    assert forest.num_visits(0) == 200
    assert sum(candidate.visits for candidate in forest.candidates(0)) == 200


def test_a_leaf_that_was_met_once_becomes_a_root_with_its_priors():
    forest = searched(Position(Rules(5, 5, 0.5)), replace(PUCT, visits=12, c_puct=20))
    once = next(
        candidate
        for candidate in forest.candidates(0)
        if candidate.visits == 1 and candidate.move < 25
    )
    forest.advance(0, once.move)
    logits = pseudo_net(planes(forest.position(0))[None])[0][0]
    logits[once.move] = -np.inf  # occupied
    priors = np.exp(logits - logits.max())
    np.testing.assert_allclose(forest.priors(0), priors / priors.sum(), atol=1e-6)
    search(forest)
    assert forest.num_visits(0) == 12


@pytest.mark.parametrize(("side", "frame"), [(1, 1), (2, 3), (5, 9), (8, 8), (9, 9)])
@pytest.mark.parametrize(("leaves", "cache"), [(1, 0), (4, 0), (1, 4096)])
def test_a_root_reached_through_the_tree_has_the_nets_priors(side, frame, leaves, cache):
    settings = replace(PUCT, visits=40, leaves=leaves, c_puct=5, random_symmetry=True)
    forest = Forest(1, frame, frame, settings, 1, cache=cache)
    forest.start(0, Position(Rules(side, side, 0.5)), no_pass_before=3)
    rng = np.random.default_rng(2)
    for _ in range(20):
        search(forest, local_net)
        now = forest.position(0)
        moves = now.legal_moves()
        if now.num_moves < 3 and len(moves) > 1:
            moves.remove(side * side)
        logits = local_net(planes(now)[None])[0][0][moves]
        priors = np.exp(logits) / np.exp(logits).sum()
        found = {candidate.move: candidate.prior for candidate in forest.candidates(0)}
        assert sorted(found) == sorted(moves)
        np.testing.assert_allclose([found[move] for move in moves], priors, atol=1e-5)
        visited = [candidate.move for candidate in forest.candidates(0) if candidate.visits]
        forest.advance(0, int(rng.choice(visited)))
        if forest.position(0).is_over:
            return


def check_sums(forest):
    """The root's win and score are the sums of its own evaluation and of its moves'."""
    candidates = [candidate for candidate in forest.candidates(0) if candidate.visits]
    visits = sum(candidate.visits for candidate in candidates)
    assert visits == forest.num_visits(0) >= 100
    own = forest.values(0)[0]  # `pseudo_net` says three times the value for the score
    win = own + sum(candidate.visits * candidate.win for candidate in candidates)
    score = 3 * own + sum(candidate.visits * candidate.score for candidate in candidates)
    assert forest.outlook(0) == pytest.approx((win / (1 + visits), score / (1 + visits)), abs=1e-4)


def test_a_whole_game_goes_on_in_one_tree():
    settings = replace(PUCT, visits=100)
    forest = searched(Position(Rules(5, 5, 0.5)), settings)
    rng = np.random.default_rng(4)
    for _ in range(40):
        if forest.position(0).is_over:
            break
        visited = [
            candidate.move for candidate in forest.candidates(0)
        ]  # with and without a subtree
        forest.advance(0, int(rng.choice(visited)))
        search(forest)
        if not forest.position(0).is_over:
            check_sums(forest)


def test_advancing_to_a_move_that_was_not_searched_begins_anew():
    forest = Forest(1, 5, 5, PUCT, 1)
    forest.start(0, Position(Rules(5, 5, 0.5)))
    forest.advance(0, 7)
    assert forest.num_visits(0) == 0
    search(forest)
    assert forest.num_visits(0) == PUCT.visits
    with pytest.raises(IllegalMove):
        forest.advance(0, 7)


def test_a_tree_whose_leaves_never_came_back_does_not_advance():
    forest = Forest(1, 5, 5, PUCT, 1)
    forest.start(0, Position(Rules(5, 5, 0.5)))
    forest.expand(*pseudo_net(forest.planes[: forest.select()]))
    assert forest.select() == 1
    while not (rows := forest.select()):  # the leaf that the first one gave out is nobody's now
        continue
    forest.expand(*pseudo_net(forest.planes[:rows]))
    with pytest.raises(ValueError, match="wanted expand first"):
        forest.advance(0, forest.choose(0))
    forest.begin_search(0, PUCT.visits)
    search(forest)
    forest.advance(0, forest.choose(0))
