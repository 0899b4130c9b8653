"""What a search finds: values, priors, policies and moves."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.search.analysis import divergence
from insei.agents.search.forest import Forest
from insei.engine.planes.net_planes import packed_planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from tests.helpers.searches import (
    BOTH,
    GUMBEL,
    PUCT,
    board_of,
    flat_net,
    pseudo_net,
    search,
    searched,
)


@BOTH
def test_the_searched_value_is_that_of_playing_by_the_policys_target(settings):
    forest = searched(Position(Rules(5, 5, 0.5)), settings)
    tried = [candidate for candidate in forest.candidates(0) if candidate.visits]
    target = forest.policy_target(0)
    searched_value = sum(target[candidate.move] * candidate.value for candidate in tried)
    untried = 1 - sum(target[candidate.move] for candidate in tried)
    prior = sum(candidate.prior for candidate in tried)
    mean = sum(candidate.prior * candidate.value for candidate in tried) / prior
    value, weight = forest.values(0)[0], settings.score_weight
    own = (value + weight * np.tanh(3 * value / (2 * 5))) / (1 + weight)  # as `pseudo_net` scores
    mixed = (own + settings.visits * mean) / (1 + settings.visits)
    assert forest.values(0)[1] == pytest.approx(searched_value + untried * mixed, abs=1e-5)


def test_moves_are_drawn_by_the_priors_to_the_power_of_the_temperature():
    forest = searched(Position(Rules(3, 2, 0.5)), replace(GUMBEL, visits=8))
    priors = forest.priors(0)
    for candidate in forest.candidates(0):
        assert priors[candidate.move] == np.float32(candidate.prior)
    assert priors.sum() == pytest.approx(1, abs=1e-6)
    for temperature in (0.5, 1.0, 2.0):
        drawn = [forest.draw(0, temperature, (i + 0.5) / 4000) for i in range(4000)]
        shares = priors.astype(float) ** (1 / temperature)
        counted = np.bincount(drawn, minlength=len(priors)) / len(drawn)
        assert counted == pytest.approx(shares / shares.sum(), abs=1e-3)
    assert forest.draw(0, 0.01, 0.5) == priors.argmax()
    for temperature, number in ((0.0, 0.5), (-1.0, 0.5), (np.nan, 0.5), (1.0, 1.0), (1.0, np.nan)):
        with pytest.raises(ValueError, match="wanted"):
            forest.draw(0, temperature, number)


def test_priors_stand_where_the_frame_has_the_moves():
    forest = searched(Position(Rules(2, 2, 0.5)), GUMBEL, flat_net, frame=3)
    assert np.flatnonzero(forest.priors(0)).tolist() == [0, 1, 3, 4, 9]


def test_the_priors_are_the_softmax_of_the_logits():
    logits = np.random.default_rng(5).normal(size=(1, 26)) * 30
    logits[0, :4] = 60, -500, -1e4, 59.5
    zero = np.zeros(1, np.float32)
    forest = searched(
        Position(Rules(5, 5, 0.5)),
        replace(PUCT, visits=1, noise=0),
        lambda planes: (np.ascontiguousarray(logits, np.float32), zero, zero),
    )
    exact = np.exp(logits[0].astype(np.float32).astype(np.float64) - logits.max())
    exact /= exact.sum()
    for candidate in forest.candidates(0):
        assert candidate.prior == pytest.approx(exact[candidate.move], rel=2e-6, abs=1e-37)


@BOTH
def test_a_flat_net_finds_a_win_that_the_rules_can_see(settings):
    # A1 takes all of White's stones; left alone, White takes all of Black's at D4.
    board = board_of("X X X .\nX X X X\nO O O X\n. O O X")
    position = Position(Rules(4, 4, 9.5), board.astype(np.uint8), BLACK)
    forest = searched(position, replace(settings, visits=400, noise=0), flat_net)
    assert forest.choose(0) == 12


@BOTH
def test_a_won_game_is_ended_by_a_pass_after_a_pass(settings):
    board = board_of("X . X\nX X X\nX . X").astype(np.uint8)
    position = Position(Rules(3, 3, 2.5), board, BLACK).with_to_play(2).play(9)
    forest = searched(position, replace(settings, visits=128, noise=0), flat_net)
    assert forest.choose(0) == 9
    assert {candidate.move: candidate.value for candidate in forest.candidates(0)}[9] > 0.9


def test_passes_are_left_out_of_the_tree_before_their_time():
    settings = replace(GUMBEL, visits=64, considered=26)
    forest = Forest(1, 5, 5, settings, 1)
    forest.start(0, Position(Rules(5, 5, 0.5)), 10)
    search(forest, flat_net)
    assert 25 not in [candidate.move for candidate in forest.candidates(0)]
    assert forest.policy_target(0)[25] == 0


@BOTH
def test_logits_that_are_no_numbers_harm_no_memory(settings):
    def spoilt(planes):
        policy, value, score = pseudo_net(planes)
        policy[:, 3] = np.nan
        return policy, value, score

    forest = searched(Position(Rules(5, 5, 0.5)), settings, spoilt)
    assert forest.num_visits(0) == settings.visits


@BOTH
@pytest.mark.parametrize("frame", [5, 7])
def test_a_searched_ply_is_what_is_asked_for_by_itself(settings, frame):
    position = random_game(Rules(5, 4, 1.5), 3, 17)
    forest = searched(position, settings, frame=frame)
    ply = forest.searched_ply(0, with_surprise=True)
    bits, numbers = packed_planes(position, frame, frame)
    assert (ply.ply, ply.colour) == (17, position.to_play)
    assert (ply.planes == bits).all()
    assert (ply.global_planes == numbers).all()
    assert (ply.policy == forest.policy_target(0)).all()
    assert (ply.prior_value, ply.searched_value) == forest.values(0)
    assert ply.surprise == divergence(ply.policy, forest.priors(0)) > 0
    assert forest.searched_ply(0).surprise == 0


def test_the_planes_of_a_searched_ply_show_what_superko_forbids():
    position = next(
        game
        for game in (random_game(Rules(4, 4, 0.5), seed, 30) for seed in range(100))
        if not game.is_over and (game.legal_mask()[:-1] != (game.board.ravel() == 0)).any()
    )
    forest = searched(position, PUCT)
    assert (forest.searched_ply(0).planes == packed_planes(position, 4, 4)[0]).all()
    forest.advance(0, forest.candidates(0)[0].move)
    after = forest.position(0)
    assert (forest.searched_ply(0).planes == packed_planes(after, 4, 4)[0]).all()
