"""The outcome head's target: how the game ended, mixed with the values of later searches."""

import numpy as np
from numpy.typing import NDArray

from insei.selfplay.data.columns import DRAW, LOSS, WIN, Rows


def chances_of(rows: Rows, trace: float) -> NDArray[np.float32]:
    """The target chances that each row's mover wins, ties and loses.

    TD(λ) (Sutton 1988): a ply's target is (1 - λ) times the value of its search plus λ times the
    target of the next ply. Values of searches have a lower variance than the game's end. They do
    not tell ties from even chances of win and loss, so that λ below 1 suits boards and komi with
    few ties.

    Args:
        rows: the rows of a game are consecutive, by ply; its first ones may be missing.
        trace: λ, 0 to 1; 1 takes the end alone.

    Returns:
        float32 `[N, 3]`, WIN, DRAW and LOSS of `columns.py`; each row adds up to 1.
    """
    outcome = rows["outcome"]
    share = np.full(len(outcome), float(trace))  # weight of the game's end
    value = np.zeros(len(outcome))  # the searches' part of the target
    if trace < 1 and len(outcome):
        searched = rows["searched_value"].astype(np.float64)
        value = (1 - trace) * searched
        ply = rows["ply"].astype(np.int64)
        has_next = np.append(rows["game"][1:] == rows["game"][:-1], False)
        for here in by_distance(has_next):
            plies = ply[here + 1] - ply[here]
            kept = trace**plies
            sign = np.where(plies % 2, -1, 1)  # as the mover of this row sees the next one's
            value[here] = (1 - kept) * searched[here] + kept * sign * value[here + 1]
            share[here] = kept * share[here + 1]
    chances = np.empty((len(outcome), 3), np.float32)
    chances[:, WIN] = share * (outcome > 0) + (1 - share + value) / 2
    chances[:, DRAW] = share * (outcome == 0)
    chances[:, LOSS] = share * (outcome < 0) + (1 - share - value) / 2
    return np.clip(chances, 0, 1)  # rounding errors


def by_distance(has_next: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The rows with a next one, grouped by their distance from the game's last row, 1 first."""
    places = np.arange(len(has_next))
    lasts = np.flatnonzero(~has_next)
    distance = lasts[np.searchsorted(lasts, places)] - places
    order = np.argsort(distance, kind="stable")
    return np.split(order, np.cumsum(np.bincount(distance))[:-1])[1:]
