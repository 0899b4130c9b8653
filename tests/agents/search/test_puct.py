"""PUCT: noise, virtual loss, forced simulations, and the choice by lower confidence bound."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.searches import (
    PUCT,
    flat_net,
    pseudo_net,
    searched,
)


def test_dirichlet_noise_keeps_the_priors_a_distribution():
    settings = replace(PUCT, visits=1, dirichlet_weight=0.25)
    forest = searched(Position(Rules(5, 5, 0.5)), settings, flat_net)
    priors = [candidate.prior for candidate in forest.candidates(0)]
    assert sum(priors) == pytest.approx(1, abs=1e-5)
    assert max(priors) > 1.2 / 26 > min(priors)


def test_virtual_loss_fills_a_batch_from_one_game():
    settings = replace(PUCT, leaves=8, visits=64)
    forest = Forest(1, 5, 5, settings, 1)
    forest.start(0, Position(Rules(5, 5, 0.5)))
    rows = []
    while count := forest.select():
        rows.append(count)
        forest.expand(*pseudo_net(forest.planes[:count]))
    assert max(rows) == 8
    assert sum(candidate.visits for candidate in forest.candidates(0)) == 64


def test_no_more_leaves_are_selected_than_there_is_room_for():
    forest = Forest(1, 5, 5, replace(PUCT, leaves=4), 1)
    forest.start(0, Position(Rules(5, 5, 0.5)))
    forest.expand(*pseudo_net(forest.planes[: forest.select()]))
    assert forest.select(most=3) == 3
    with pytest.raises(ValueError, match="most 5: wanted 0 to the 4 leaves"):
        forest.select(most=5)


GREEDY = replace(PUCT, visits=300, c_puct=0.1, c_puct_growth=0)  # explores so little that forced
# simulations matter


def visits_in_target(forest):
    """The visits that the policy target counts, by move, where there were two or more."""
    target = forest.policy_target(0)
    candidates = [candidate for candidate in forest.candidates(0) if candidate.visits > 1]
    unit = target[candidates[0].move] / candidates[0].visits  # the most visited keeps all of its
    return [(candidate, target[candidate.move] / unit) for candidate in candidates]


def test_each_move_tried_gets_its_forced_simulations():
    def least(forest):
        tried = [candidate for candidate in forest.candidates(0) if candidate.visits]
        return min(candidate.visits - np.sqrt(2 * candidate.prior * 300) for candidate in tried)

    position = Position(Rules(5, 5, 0.5))
    assert least(searched(position, replace(GREEDY, forced=2.0))) > -1
    assert least(searched(position, GREEDY)) < -2


def test_the_policy_target_leaves_forced_simulations_out():
    position = Position(Rules(5, 5, 0.5))
    plain = searched(position, GREEDY)
    assert all(kept == pytest.approx(tried.visits) for tried, kept in visits_in_target(plain))
    forced = searched(position, replace(GREEDY, forced=2.0))
    dropped = 0
    for tried, kept in visits_in_target(forced):
        lost = tried.visits - round(kept)
        dropped += lost
        most = int(np.sqrt(2 * tried.prior * 300))
        assert 0 <= lost <= most or kept == 0
    assert dropped > 10
    target = forced.policy_target(0)
    untried = [candidate.move for candidate in forced.candidates(0) if not candidate.visits]
    assert target.sum() == pytest.approx(1, abs=1e-5)
    assert (target[untried] == 0).all()


def test_the_move_of_highest_lower_confidence_bound_is_chosen():
    forest = searched(Position(Rules(5, 5, 0.5)), replace(PUCT, visits=200))
    chosen = forest.choose(0)
    candidates = forest.candidates(0)
    enough = [
        candidate for candidate in candidates if candidate.visits >= 0.15 * candidates[0].visits
    ]
    assert chosen == max(enough, key=lambda candidate: candidate.bound).move
    assert all(candidate.bound < candidate.value for candidate in candidates if candidate.visits)
    by_visits = searched(Position(Rules(5, 5, 0.5)), replace(PUCT, visits=200, deviations=0))
    assert by_visits.choose(0) == by_visits.candidates(0)[0].move
