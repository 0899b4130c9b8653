"""The end of a game as labels of its rows."""

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules
from insei.selfplay.data.columns import Rows


def end_labels(
    area: NDArray[np.int8], score: float, plies: NDArray[np.integer], frame: Rules
) -> Rows:
    """Outcome, score and owners of rows as their movers see them.

    Args:
        area: `[h, w]` of the board: 1 Black's points, -1 White's.
        score: Black's lead.
        plies: of the rows, `[N]`; Black moves at even ones.
        frame: the run's rules, on its largest board.
    """
    ownership = np.zeros((frame.height, frame.width), np.int8)
    ownership[: area.shape[0], : area.shape[1]] = area
    sign = np.where(plies % 2 == 0, 1, -1)
    return {
        "outcome": (sign * np.sign(score)).astype(np.int8),
        "score": (sign * score).astype(np.float32),
        "ownership": (sign[:, None] * ownership.reshape(1, -1)).astype(np.int8),
    }
