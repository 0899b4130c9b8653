"""What the studio asks of its player, and what that answers. Both cross between processes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position


@dataclass(frozen=True)
class LookTask:
    """Ask the net about a position, then search it."""

    position: Position


@dataclass(frozen=True)
class View:
    """What a net or a search says of a position; numbers as the player to move sees them."""

    policy: NDArray[np.float32]  # [A]; of a search what a net would learn from it
    value: float  # -1 to 1
    score: float  # points
    ownership: NDArray[np.float32]  # [H, W] 1 own, -1 the opponent's


@dataclass(frozen=True)
class Look:
    """The answer so far: the net's comes at once, the search's at the end."""

    position: Position
    player: str
    fingerprint: str  # SHA-256 of the net's weights
    seed: int
    visits: int
    net: View
    search: View | None = None  # None while it runs
