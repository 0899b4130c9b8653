"""What the outcome head learns: a game's end, or later searches' values in its place."""

import numpy as np
from numpy.typing import NDArray

from insei.selfplay.data.columns import DRAW, LOSS, WIN, Rows


def chances_of(rows: Rows, trace: float) -> NDArray[np.float32]:
    """The chances that each row's mover wins, ties and loses, as the outcome head learns them.

    TD(λ) (Sutton 1988): each ply's target is its search's value for a share 1 - λ, and for λ the
    target of a ply later. A game's end is one drawing of many; what the searches on the way to it
    saw varies less from game to game. But they speak of wins and losses alone: a tie has the end's
    share and no more, so that λ below 1 is for boards and komi where ties are few.

    Args:
        rows: whole games, or games without their first plies; each one's in a row, by ply.
        trace: λ, 0 to 1; 1 takes the end alone.

    Returns:
        float32 `[N, 3]`, WIN, DRAW and LOSS of `columns.py`; each row adds up to 1.
    """
    outcome = rows["outcome"]
    share = np.full(len(outcome), float(trace))  # of the game's end
    value = np.zeros(len(outcome))  # of the searches, times their share
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
    return np.clip(chances, 0, 1)  # which a last digit may have passed


def by_distance(has_next: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Rows that have a next one, those nearest to their game's last row first, in groups."""
    places = np.arange(len(has_next))
    lasts = np.flatnonzero(~has_next)
    distance = lasts[np.searchsorted(lasts, places)] - places
    order = np.argsort(distance, kind="stable")
    return np.split(order, np.cumsum(np.bincount(distance))[:-1])[1:]
