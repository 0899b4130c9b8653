"""What the arms of an ablation are worth, from their nets' ratings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from insei.tournament.ratings import Rating


@dataclass(frozen=True)
class ArmRating:
    """An arm's strength, in Elo over the first arm's."""

    arm: str
    elo: float  # the mean of `nets`
    low: float  # 95 % interval of it; of one seed that of the games alone
    high: float
    nets: tuple[float, ...]  # each of its nets over the first arm's of the same seed


def rate_arms(ratings: "Sequence[Rating]", nets: Mapping[str, Sequence[str]]) -> list[ArmRating]:
    """Rate arms by the mean of their nets, best first.

    Nets of one seed begin with the same weights, which may be good or bad for all: so each is
    compared with the first arm's of its seed. With several seeds the interval is Student's, from
    how far such differences scatter about their arm's (two ways, arms and seeds, and no more): what
    chance does in training and in the games is in it.

    Args:
        ratings: of all nets, the first arm's first at 0.
        nets: arm to the names of its nets, of each arm as many, in the order of their seeds;
            the first arm is the one that the others are measured from.
    """
    by_name = {one.player: one for one in ratings}
    elo = np.array([[by_name[name].elo for name in names] for names in nets.values()])
    half = scatter(elo)
    rated = []
    for place, (arm, over) in enumerate(zip(nets, elo - elo[0], strict=True)):
        mean = float(over.mean())
        if half is None:
            one = by_name[nets[arm][0]]
            low, high = one.low, one.high
        else:
            low, high = (mean - half, mean + half) if place else (0.0, 0.0)
        rated.append(ArmRating(arm, mean, low, high, tuple(over.tolist())))
    return sorted(rated, key=lambda one: -one.elo)


def scatter(elo: NDArray[np.float64]) -> float | None:
    """Half the 95 % interval of the difference of two arms' means; None with one net an arm.

    Args:
        elo: `[arms, seeds]`.
    """
    from scipy.stats import t

    arms, seeds = elo.shape
    freedom = (arms - 1) * (seeds - 1)
    if freedom == 0:
        return None
    left = elo - elo.mean(1, keepdims=True) - elo.mean(0) + elo.mean()
    variance = float((left**2).sum()) / freedom
    return float(t.ppf(0.975, freedom) * (variance * 2 / seeds) ** 0.5)
