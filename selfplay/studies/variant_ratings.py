"""What the variants of an ablation are worth, from their nets' ratings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from insei.tournament.ratings import Rating


@dataclass(frozen=True)
class VariantRating:
    """A variant's strength, in Elo over the first variant's."""

    variant: str
    elo: float  # the mean of `nets`
    low: float  # 95 % interval of it; with one seed that of the games alone
    high: float
    nets: tuple[float, ...]  # each of its nets over the first variant's of the same seed


def rate_variants(
    ratings: "Sequence[Rating]", nets: Mapping[str, Sequence[str]]
) -> list[VariantRating]:
    """Rate variants by the mean of their nets, best first.

    Nets of one seed begin with the same weights, which may be good or bad for all variants.
    Therefore each net is compared with the first variant's net of its seed. With several seeds the
    interval is Student's, from the scatter that variants and seeds leave (two-way analysis of
    variance without interaction). It includes chance in training and in the games.

    Args:
        ratings: of all nets, the first variant's first at 0.
        nets: variant to the names of its nets in the order of their seeds, as many for each
            variant; the first variant is the one that the others are measured from.
    """
    by_name = {rating.player: rating for rating in ratings}
    elo = np.array([[by_name[name].elo for name in names] for names in nets.values()])
    half = half_interval(elo)
    rated = []
    for place, (variant, over) in enumerate(zip(nets, elo - elo[0], strict=True)):
        mean = float(over.mean())
        if half is None:
            rating = by_name[nets[variant][0]]
            low, high = rating.low, rating.high
        else:
            low, high = (mean - half, mean + half) if place else (0.0, 0.0)
        rated.append(VariantRating(variant, mean, low, high, tuple(over.tolist())))
    return sorted(rated, key=lambda one: -one.elo)


def half_interval(elo: NDArray[np.float64]) -> float | None:
    """Half the 95 % interval of the difference of two variants' means; None with one seed.

    Args:
        elo: `[variants, seeds]`.
    """
    from scipy.stats import t

    variants, seeds = elo.shape
    freedom = (variants - 1) * (seeds - 1)
    if freedom == 0:
        return None
    residuals = elo - elo.mean(1, keepdims=True) - elo.mean(0) + elo.mean()
    variance = float((residuals**2).sum()) / freedom
    return float(t.ppf(0.975, freedom) * (variance * 2 / seeds) ** 0.5)
