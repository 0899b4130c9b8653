"""Gumbel AlphaZero's rule: which moves it tries, and what it teaches."""

from dataclasses import replace

import numpy as np
import pytest

from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.searches import (
    GUMBEL,
    flat_net,
    searched,
)


def test_gumbel_considers_the_moves_that_priors_and_noise_put_first():
    forest = searched(Position(Rules(5, 5, 0.5)), replace(GUMBEL, noise=0), flat_net)
    visited = [candidate.visits for candidate in forest.candidates(0) if candidate.visits]
    assert len(visited) == GUMBEL.considered
    # 3 phases: 8 moves once, 4 moves twice more, then 2 moves eight times more.
    assert visited == [11, 11, 3, 3, 1, 1, 1, 1]


def test_gumbel_noise_makes_games_differ_and_its_absence_makes_them_equal():
    position = Position(Rules(5, 5, 0.5))
    noisy = {searched(position, GUMBEL, flat_net, seed).choose(0) for seed in range(20)}
    quiet = {
        searched(position, replace(GUMBEL, noise=0), flat_net, seed).choose(0) for seed in range(5)
    }
    assert len(noisy) > 5
    assert len(quiet) == 1


def test_the_improved_policy_leans_to_better_moves():
    forest = searched(Position(Rules(5, 5, 0.5)), GUMBEL)
    policy = forest.policy_target(0)
    visited = [candidate for candidate in forest.candidates(0) if candidate.visits]
    gains = [policy[candidate.move] / candidate.prior for candidate in visited]
    values = [candidate.value for candidate in visited]
    assert np.corrcoef(values, np.log(gains))[0, 1] > 0.99


def test_gumbel_does_not_advance():
    forest = searched(Position(Rules(5, 5, 0.5)), GUMBEL)
    with pytest.raises(ValueError, match="wanted rule puct"):
        forest.advance(0, 12)
