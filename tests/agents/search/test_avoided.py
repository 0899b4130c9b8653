"""Moves that a search leaves out: no visit goes to them, and no other search changes."""

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules

SIZE = 4
RULES = Rules(SIZE, SIZE, 0.5)
SETTINGS = [
    SearchSettings(rule="puct", visits=200, random_symmetry=False),
    SearchSettings(rule="gumbel", visits=64, noise=0, random_symmetry=False),
]


def net(planes):
    """Likes the earlier points more."""
    rows = len(planes)
    policy = np.tile(np.linspace(2, 0, SIZE * SIZE + 1, dtype=np.float32), (rows, 1))
    return policy, np.zeros(rows, np.float32), np.zeros(rows, np.float32)


def searched(settings, avoided, moves=()):
    forest = Forest(1, SIZE, SIZE, settings, seed=3)
    forest.start(0, Position(RULES).play_all(list(moves)), 0, avoided)
    run(forest)
    return forest


def run(forest):
    while rows := forest.select():
        forest.expand(*net(forest.planes[:rows]))


def visits(forest):
    return {each.move: each.visits for each in forest.candidates(0)}


@pytest.mark.parametrize("settings", SETTINGS, ids=["puct", "gumbel"])
def test_no_visit_goes_to_an_avoided_move(settings):
    plain, avoiding = searched(settings, None), searched(settings, {BLACK: {0: 1, 1: 1}})
    assert visits(plain)[0] > 0
    assert {0, 1}.isdisjoint(visits(avoiding))
    assert sum(visits(avoiding).values()) == settings.visits
    assert avoiding.choose(0) == 2
    assert avoiding.policy_target(0)[[0, 1]].sum() == 0


@pytest.mark.parametrize("settings", SETTINGS, ids=["puct", "gumbel"])
@pytest.mark.parametrize("avoided", [None, {}, {WHITE: {}}, {BLACK: {0: 0}}])
def test_a_search_that_avoids_nothing_is_the_same(settings, avoided):
    assert visits(searched(settings, avoided)) == visits(searched(settings, None))


def test_the_policy_holds_avoided_moves():
    plain, avoiding = (searched(SETTINGS[0], avoided) for avoided in (None, {BLACK: {0: 1}}))
    assert avoiding.policy(0) == pytest.approx(plain.policy(0))
    assert avoiding.policy(0)[0] > 0
    assert avoiding.priors(0)[0] == 0


def lines(forest, depth):
    """All lines of the tree that were visited, of this many moves."""
    found = [[each.move] for each in forest.candidates(0) if each.visits]
    for _ in range(depth - 1):
        found = [
            [*line, move]
            for line in found
            for move in range(SIZE * SIZE + 1)
            if move not in line and forest.visits_along(0, [*line, move])[-1]
        ]
    return found


def test_moves_are_avoided_as_many_plies_deep_as_asked():
    forest = searched(SETTINGS[0], {BLACK: {2: 3, 3: 1}, WHITE: {0: 2}}, moves=[15, 14])
    seconds = {line[1] for line in lines(forest, 2)}
    thirds = {line[2] for line in lines(forest, 3)}
    assert {2, 3}.isdisjoint(visits(forest))
    assert 0 not in seconds
    assert 1 in seconds
    assert 2 not in thirds
    assert 3 in thirds


def test_where_every_move_is_avoided_none_is():
    every = dict.fromkeys(range(SIZE * SIZE + 1), 1)
    assert visits(searched(SETTINGS[0], {BLACK: every})) == visits(searched(SETTINGS[0], None))


def test_the_next_move_ends_it():
    forest = searched(SETTINGS[0], {BLACK: {0: 9}, WHITE: {1: 9}})
    forest.advance(0, 5)
    run(forest)
    assert 1 in visits(forest)
    forest.start(0, Position(RULES))
    run(forest)
    assert 0 in visits(forest)


@pytest.mark.parametrize(
    ("avoided", "said"),
    [
        ({3: {0: 1}}, "colour 3"),
        ({BLACK: {17: 1}}, "avoided move 17"),
        ({BLACK: {-1: 1}}, "avoided move -1"),
        ({BLACK: {0: -1}}, "for -1 plies"),
    ],
)
def test_what_can_not_be_avoided_is_refused(avoided, said):
    with pytest.raises(ValueError, match=said):
        searched(SETTINGS[0], avoided)


def test_a_huge_depth_is_as_good_as_all():
    assert 0 not in visits(searched(SETTINGS[0], {BLACK: {0: 10**30}}))
