"""Ownership: means over the leaves, as the root's mover sees them."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.searches import (
    PUCT,
    pseudo_net,
)


def searched_for_stones(visits):
    """A search whose net gives each point to the stone that stands there."""
    forest = Forest(1, 5, 5, replace(PUCT, visits=visits, random_symmetry=True), 1)
    forest.start(0, Position(Rules(5, 5, 0.5)).play_all([12, 6, 7, 8]), no_pass_before=100)
    while rows := forest.select():
        seen = forest.planes[:rows]  # planes 1 and 2: the mover's stones, and the other's
        forest.expand(*pseudo_net(seen), np.ascontiguousarray(seen[:, 1] - seen[:, 2]))
    return forest


def test_ownership_is_the_mean_over_the_leaves_as_the_root_sees_them():
    forest = searched_for_stones(50)
    owned = forest.ownership(0)
    # Stones on the board at the root are there in nearly every leaf.
    assert owned[2, 2] > 0.9
    assert owned[1, 1] < -0.9
    assert np.abs(owned).max() <= 1
    forest.advance(0, forest.choose(0))
    assert (forest.ownership(0) == 0).all()
    assert all(
        forest.ownership_after(0, candidate.move) is None for candidate in forest.candidates(0)
    )


def test_ownership_is_known_of_each_move_by_itself():
    forest = searched_for_stones(80)
    total = np.zeros((5, 5))
    for candidate in forest.candidates(0):
        owned = forest.ownership_after(0, candidate.move)
        if not candidate.visits:
            assert owned is None
            continue
        assert owned.flat[candidate.move] == 1  # the stone just played, in every leaf below
        total += candidate.visits * owned
    total.flat[[12, 7]] += 1  # the root's own evaluation
    total.flat[[6, 8]] -= 1
    np.testing.assert_allclose(total / 81, forest.ownership(0), atol=1e-5)
    with pytest.raises(ValueError, match="move 12: wanted one of the root's candidates"):
        forest.ownership_after(0, 12)
