"""The results of a search as Python values: for players, for analysis, and to learn from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position

Avoided = Mapping[int, Mapping[int, int]]  # moves by colour, with plies from the root: Forest.start


class Candidate(NamedTuple):
    """A move at the root; numbers as the player to move sees them, 0 without visits."""

    move: int
    visits: int
    value: float  # mean utility, -1 to 1
    prior: float  # the net's probability
    win: float  # mean chance of a win less that of a loss, -1 to 1
    score: float  # mean score, in points
    bound: float  # the value's lower confidence bound; -1 without visits


class SearchedPly(NamedTuple):
    """A searched ply of a game as it is recorded; values as its mover sees them."""

    ply: int  # moves played before
    colour: int  # of the player to move
    planes: NDArray[np.uint8]  # [P] the binary planes in the frame, bits packed
    global_planes: NDArray[np.float32]  # [G] what fills the other planes
    policy: NDArray[np.float32]  # [A] the policy target
    prior_value: float  # the net's win minus loss before the search, -1 to 1
    searched_value: float  # the utility of playing by `policy`, -1 to 1
    surprise: float  # the policy's divergence from the priors, in nats; 0 if not asked for


@dataclass(frozen=True)
class MoveAnalysis:
    """One candidate move, as the player to move sees it."""

    move: int
    visits: int
    win_rate: float  # 0 to 1
    score: float  # points ahead at the end
    prior: float  # the net's probability
    bound: float  # the win rate's lower confidence bound, 0 to 1
    variation: tuple[int, ...]  # the move itself, then the expected moves
    variation_visits: tuple[int, ...]  # visits of each of its moves
    ownership: NDArray[np.float32] | None = None  # [H, W] as in Analysis, mean over the positions
    # evaluated below this move; None without any


@dataclass(frozen=True)
class Analysis:
    """What a search has found of a position so far, as the player to move sees it."""

    position: Position
    visits: int
    win_rate: float  # 0 to 1
    score: float
    moves: tuple[MoveAnalysis, ...]  # those visited, the one to play first, then by visits
    policy: NDArray[np.float32]  # [A] the net's probabilities
    ownership: NDArray[np.float32]  # [H, W] -1 to 1, 1 the mover's
    evaluations: int

    @property
    def best(self) -> MoveAnalysis:
        """The move to play."""
        return self.moves[0]


def win_rate_of(win: float) -> float:
    """Win minus loss, -1 to 1, as a win rate, 0 to 1."""
    return min(1.0, max(0.0, (win + 1) / 2))


def ownership_deviation(ownership: NDArray[np.float32]) -> NDArray[np.float32]:
    """The standard deviation of each point's owner, 1 or -1, given its mean."""
    return np.sqrt(np.maximum(0, 1 - ownership**2)).astype(np.float32)


def score_deviation(ownership: NDArray[np.float32]) -> float:
    """The standard deviation of the score, were points won independently of each other.

    Points of one chain stand or fall together, so the true deviation is larger.
    """
    return math.sqrt(float((1 - np.square(ownership, dtype=np.float64)).clip(0).sum()))


def divergence(policy: NDArray[np.float32], prior: NDArray[np.float32]) -> float:
    """The Kullback–Leibler divergence of a searched policy from its prior, in nats."""
    likely = policy > 0
    ratio = policy[likely] / np.maximum(prior[likely], 1e-6)
    return max(0.0, float((policy[likely] * np.log(ratio)).sum()))
