"""Ratings, intervals and the crosstable."""

import itertools
import math
import random

import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from insei.engine.rules import BLACK, EMPTY
from insei.tournament.elo import ELO
from insei.tournament.ratings import PRIOR_GAMES, fit, interval, place, superiority
from insei.tournament.report import crosstable
from tests.helpers.tournaments import played


def test_ratings_find_the_strengths_that_made_the_points():
    points = {("a", "b"): 760, ("b", "a"): 240, ("b", "c"): 640, ("c", "b"): 360}
    rated = {one.player: one for one in fit(["a", "b", "c"], points, "c")}
    assert rated["c"].elo == rated["c"].low == rated["c"].high == 0
    assert rated["b"].elo == pytest.approx(100, abs=3)
    assert rated["a"].elo == pytest.approx(300, abs=4)


def test_an_undefeated_player_is_rated_finitely():
    best, worst = fit(["a", "b"], {("a", "b"): 20, ("b", "a"): 0}, "b")
    assert best.player == "a"
    assert 300 < best.elo < 2000
    assert best.low < best.elo < best.high
    assert worst.score == 0


def two_players(won, lost):
    """The fit of two players in closed form: half the difference, and its standard deviation.

    By symmetry the strengths are s and -s. Each has tied PRIOR_GAMES games against strength 0.
    """

    def slope(s):
        chance = 1 / (1 + math.exp(-2 * s))
        drawn = PRIOR_GAMES * (1 / (1 + math.exp(-s)) - 0.5)
        return won * (1 - chance) - lost * chance - drawn

    s = brentq(slope, -20, 20)
    games = (won + lost) / (2 + math.exp(2 * s) + math.exp(-2 * s))
    prior = PRIOR_GAMES / (2 + math.exp(s) + math.exp(-s))
    return s, math.sqrt(2 / (2 * games + prior))


@pytest.mark.parametrize(("won", "lost"), [(20, 0), (12, 8), (3.5, 0.5), (0, 0)])
def test_two_players_are_rated_as_the_closed_form_says(won, lost):
    points = {("a", "b"): won, ("b", "a"): lost}
    s, deviation = two_players(won, lost)
    rated = {one.player: one for one in fit(["a", "b"], points, "b", anchor_elo=100)}
    assert rated["a"].elo == pytest.approx(100 + 2 * s * ELO, abs=0.1)
    assert rated["a"].high - rated["a"].elo == pytest.approx(1.96 * deviation * ELO, rel=1e-3)
    assert rated["a"].elo - rated["a"].low == pytest.approx(1.96 * deviation * ELO, rel=1e-3)
    assert rated["a"].score == pytest.approx(won / (won + lost) if won else 0.5)
    assert rated["a"].games == won + lost
    expected = norm.cdf(2 * s / deviation)
    assert superiority(["a", "b"], points, "a", "b") == pytest.approx(expected, abs=1e-3)
    assert superiority(["a", "b"], points, "b", "a") == pytest.approx(1 - expected, abs=1e-3)


@pytest.mark.parametrize(("taken", "games"), [(20, 20), (13, 20), (0, 4)])
def test_a_player_is_placed_as_the_closed_form_says(taken, games):
    """All opponents at one Elo: then the prior's player is there too."""
    elo, half = place([(300, taken / 2, games // 2), (300, taken / 2, games // 2)])
    share = (taken + PRIOR_GAMES / 2) / (games + PRIOR_GAMES)
    assert elo == pytest.approx(300 + ELO * math.log(share / (1 - share)), abs=0.1)
    information = (games + PRIOR_GAMES) * share * (1 - share)
    assert half == pytest.approx(1.96 * ELO / math.sqrt(information), rel=1e-3)


def test_a_player_is_placed_between_opponents_by_the_points_taken_from_each():
    elo, _ = place([(0, 76, 100), (200, 50, 100)])
    assert elo == pytest.approx(200, abs=3)  # 76 % is 200 Elo above


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_claim():
    rng = random.Random(1)
    strengths = {"a": 0.0, "b": 120.0, "c": -80.0, "d": 300.0}
    covered = total = 0
    for _ in range(300):
        points = {}
        for first, second in itertools.combinations(strengths, 2):
            chance = 1 / (1 + 10 ** ((strengths[second] - strengths[first]) / 400))
            won = sum(rng.random() < chance for _ in range(60))
            points[first, second] = won
            points[second, first] = 60 - won
        for one in fit(list(strengths), points, "a"):
            if one.player != "a":
                covered += one.low <= strengths[one.player] <= one.high
                total += 1
    assert 0.92 < covered / total < 0.98


@pytest.mark.parametrize(
    ("points", "games", "low", "high"),
    [(0, 10, 0, 0.308), (10, 10, 0.692, 1), (50, 100, 0.398, 0.602), (0, 0, 0, 1)],
)
def test_intervals_are_those_of_clopper_and_pearson(points, games, low, high):
    assert interval(points, games) == pytest.approx((low, high), abs=1e-3)


def test_the_crosstable_counts_both_sides():
    games = [
        played(0, "a", "b", BLACK),
        played(1, "b", "a", BLACK),
        played(3, "b", "a", EMPTY),
    ]
    cells = crosstable(games, ("a", "b"))
    assert (cells["a", "b"].wins, cells["a", "b"].ties, cells["a", "b"].losses) == (1, 1, 1)
    assert cells["a", "b"].share + cells["b", "a"].share == 1
