"""Who will own each point, as playouts with patterns end; see playout_ownership.pyx."""

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position

MOST_PLAYOUTS: int

def playout_ownership(
    position: Position, playouts: int = 400, seed: int = 1
) -> NDArray[np.float32]: ...
