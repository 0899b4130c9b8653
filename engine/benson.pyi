"""What is alive unconditionally, by Benson's algorithm; see benson.pyx."""

import numpy as np
from numpy.typing import NDArray

from engine.position import Position

def pass_alive(position: Position) -> NDArray[np.uint8]:
    """Return whose each point is for good, `[H, W]`: BLACK, WHITE, or EMPTY where it is open.

    A point is a colour's if it holds a stone of a chain that the enemy can't take, even if its
    owner passes for ever, or lies in a region closed by such chains where the enemy can't live.

    Source: Benson, Life in the game of Go, 1976.
    """
