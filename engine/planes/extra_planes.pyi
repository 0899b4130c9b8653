"""Groups of planes that a net may see beside those of net_planes; see extra_planes.pyx."""

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position

LADDERS: int
ALIVE: int
AFTER: int
PAST: int
ALL_GROUPS: int
GROUPS: dict[str, int]

def net_input(position: Position, groups: int = 0, symmetry: int = 0) -> NDArray[np.float32]: ...
def num_extra_planes(groups: int) -> int: ...
def add_extra_planes(
    out: NDArray[np.float32], sizes: NDArray[np.uint8], groups: int, suicide: bool
) -> None: ...
