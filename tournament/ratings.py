"""Ratings: a Bradley–Terry fit on the Elo scale, with 95 % intervals.

The chance that i beats j is 1 / (1 + 10^((r_j - r_i) / 400)); a tie is half a win each. A prior
keeps undefeated players finite: each player has tied `PRIOR_GAMES` games against a player at the
field's mean. Intervals come from the curvature of the log likelihood at its maximum (Bradley and
Terry 1952; Hunter 2004; the prior as in Coulom's BayesElo).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.stats import beta, norm

from insei.tournament.elo import ELO

PRIOR_GAMES = 1.0
NORMAL_95 = 1.959964


@dataclass(frozen=True)
class Rating:
    """A player's strength relative to the anchor's."""

    player: str
    elo: float
    low: float  # 95 % interval
    high: float
    games: int
    score: float  # share of points won, 0 to 1


def interval(points: float, games: int) -> tuple[float, float]:
    """The 95 % interval of a share of points (Clopper and Pearson 1934; ties count half)."""
    if games == 0:
        return 0.0, 1.0
    low = beta.ppf(0.025, points, games - points + 1) if points > 0 else 0.0
    high = beta.ppf(0.975, points + 1, games - points) if points < games else 1.0
    return float(low), float(high)


def fit(
    players: list[str],
    points: Mapping[tuple[str, str], float],
    anchor: str,
    anchor_elo: float = 0.0,
) -> list[Rating]:
    """Rate players from the points that each took from each.

    Args:
        points: (a, b) to the points that a took from b, a win 1, a tie one half.

    Returns:
        best first; the anchor's interval is its own point.
    """
    index = {player: i for i, player in enumerate(players)}
    won = _matrix(players, points)
    strengths = _strengths(won)
    deviation = _deviations(won, strengths, index[anchor])
    elo = (strengths - strengths[index[anchor]]) * ELO + anchor_elo
    games = won + won.T
    ratings = []
    for player, i in index.items():
        half = NORMAL_95 * deviation[i] * ELO
        played = games[i].sum()
        share = won[i].sum() / played if played else 0.5
        ratings.append(
            Rating(player, elo[i], elo[i] - half, elo[i] + half, round(played), float(share))
        )
    return sorted(ratings, key=lambda one: -one.elo)


def superiority(
    players: list[str], points: Mapping[tuple[str, str], float], better: str, worse: str
) -> float:
    """The chance, 0 to 1, that `better` is the stronger of two, given all games of the field."""
    won = _matrix(players, points)
    strengths = _strengths(won)
    one, other = players.index(better), players.index(worse)
    deviation = _deviations(won, strengths, other)[one]
    return float(norm.cdf((strengths[one] - strengths[other]) / max(deviation, 1e-9)))


def _matrix(players: list[str], points: Mapping[tuple[str, str], float]) -> NDArray[np.float64]:
    """Points that the row took from the column."""
    index = {player: i for i, player in enumerate(players)}
    won = np.zeros((len(players), len(players)))
    for (first, second), taken in points.items():
        won[index[first], index[second]] += taken
    return won


def place(results: list[tuple[float, float, int]]) -> tuple[float, float]:
    """Rate one player against others whose ratings are known.

    Args:
        results: of each opponent its Elo, the points that the player took, and the games.

    Returns:
        Elo, and half the width of its 95 % interval; the opponents' own uncertainty left out.
    """
    elos = np.array([elo for elo, _, _ in results]) / ELO
    points = np.array([taken for _, taken, _ in results])
    games = np.array([number for _, _, number in results], np.float64)
    middle = float(np.average(elos, weights=games))

    def excess(strength: float) -> float:  # points beyond what this strength takes
        prior = PRIOR_GAMES * (0.5 - 1 / (1 + math.exp(middle - strength)))
        return float((points - games / (1 + np.exp(elos - strength))).sum()) + prior

    span = 40.0  # natural units, 7,000 Elo
    strength = float(brentq(excess, elos.min() - span, elos.max() + span))
    chances = 1 / (1 + np.exp(elos - strength))
    prior_chance = 1 / (1 + math.exp(middle - strength))
    information = float((games * chances * (1 - chances)).sum())
    information += PRIOR_GAMES * prior_chance * (1 - prior_chance)
    return strength * ELO, NORMAL_95 * ELO / math.sqrt(information)


def _strengths(won: NDArray[np.float64]) -> NDArray[np.float64]:
    """The maximum of the log posterior, in natural units, mean 0."""

    def loss(strengths: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        difference = strengths[:, None] - strengths[None, :]
        chance = 1 / (1 + np.exp(-difference))
        value = (won * np.logaddexp(0, -difference)).sum()
        slope = -(won * (1 - chance)).sum(1) + (won * (1 - chance)).sum(0)
        value += PRIOR_GAMES / 2 * (np.logaddexp(0, strengths) + np.logaddexp(0, -strengths)).sum()
        slope += PRIOR_GAMES * (1 / (1 + np.exp(-strengths)) - 0.5)
        return float(value), slope

    return minimize(loss, np.zeros(len(won)), jac=True, method="L-BFGS-B", tol=1e-12).x


def _deviations(
    won: NDArray[np.float64], strengths: NDArray[np.float64], anchor: int
) -> NDArray[np.float64]:
    """Standard deviations of each strength less the anchor's."""
    games = won + won.T
    difference = strengths[:, None] - strengths[None, :]
    weight = games / (2 + np.exp(difference) + np.exp(-difference))
    information = np.diag(weight.sum(1)) - weight
    own = PRIOR_GAMES / (2 + np.exp(strengths) + np.exp(-strengths))
    covariance = np.linalg.inv(information + np.diag(own))
    variance = np.diag(covariance) + covariance[anchor, anchor] - 2 * covariance[anchor]
    return np.sqrt(np.maximum(variance, 0))
