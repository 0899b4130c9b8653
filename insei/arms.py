"""What the arms of an ablation are worth, from their nets' ratings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tournament.ratings import Rating


@dataclass(frozen=True)
class ArmRating:
    """An arm's strength, in Elo over the mean of the first arm's nets."""

    arm: str
    elo: float  # the mean of its nets
    low: float  # 95 % interval of the difference; of one seed that of the games alone
    high: float
    nets: tuple[float, ...]  # each of its nets, by seed


def rate_arms(ratings: "Sequence[Rating]", nets: Mapping[str, Sequence[str]]) -> list[ArmRating]:
    """Rate arms by the mean of their nets, best first.

    With several seeds an interval is Student's, of a difference of two means, from how the nets
    of an arm scatter, all arms together: what chance does in training and in the games is in it.

    Args:
        ratings: of all nets, the first arm's first at 0.
        nets: arm to the names of its nets, of each arm as many, in the order of their seeds;
            the first arm is the one that the others are measured from.
    """
    by_name = {one.player: one for one in ratings}
    first, *_ = nets
    origin = np.mean([by_name[name].elo for name in nets[first]])
    elo = {arm: np.array([by_name[name].elo for name in names]) for arm, names in nets.items()}
    half = scatter(list(elo.values()))
    rated = []
    for arm, each in elo.items():
        mean = float(each.mean() - origin)
        if half is None:
            [one] = (by_name[name] for name in nets[arm])
            low, high = one.low, one.high
        else:
            low, high = (mean - half, mean + half) if arm != first else (0.0, 0.0)
        rated.append(ArmRating(arm, mean, low, high, tuple((each - origin).tolist())))
    return sorted(rated, key=lambda one: -one.elo)


def scatter(arms: "Sequence[np.ndarray]") -> float | None:
    """Half the 95 % interval of the difference of two arms' means; None with one net an arm."""
    from scipy.stats import t

    count = len(arms[0])
    freedom = len(arms) * (count - 1)
    if freedom == 0:
        return None
    variance = sum(float(((each - each.mean()) ** 2).sum()) for each in arms) / freedom
    return float(t.ppf(0.975, freedom) * (variance * 2 / count) ** 0.5)
