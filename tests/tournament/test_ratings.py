"""Ratings, intervals and the crosstable."""

import itertools
import random

import pytest

from insei.engine.rules import BLACK, EMPTY
from insei.tournament.ratings import fit, interval
from insei.tournament.report import crosstable


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
    def game(black, white, winner):
        return {"black": black, "white": white, "winner": winner}

    games = [game("a", "b", BLACK), game("b", "a", BLACK), game("b", "a", EMPTY)]
    cells = crosstable(games, ("a", "b"))
    assert (cells["a", "b"].wins, cells["a", "b"].ties, cells["a", "b"].losses) == (1, 1, 1)
    assert cells["a", "b"].share + cells["b", "a"].share == 1
