"""A self-play game as it is recorded: every searched ply with its targets."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insei.selfplay.data.columns import Rows

ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class SelfPlayGame:
    """One game, and a row for each of its N searched plies.

    `rows` are in the run's frame; `moves` count on the board itself, width × height.
    """

    id: str  # column `game`
    generation: int  # of the net that finished it
    width: int
    height: int
    komi: float
    moves: NDArray[np.uint16]  # every move of the game, openings included
    rows: Rows  # the columns that differ from ply to ply (columns.py), each [N, ...]

    def __len__(self) -> int:
        """N, the plies that were recorded."""
        return len(self.rows["ply"])
