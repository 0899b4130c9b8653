"""The planes that a net sees; see net_planes.pyx."""

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position

NUM_BINARY_PLANES: int
NUM_GLOBAL_PLANES: int
NUM_PLANES: int
NUM_LAST_MOVES: int
KOMI_SCALE: int
PLANES_VERSION: int
LARGEST_VALUE: float

def planes(
    position: Position, frame_height: int = 0, frame_width: int = 0, symmetry: int = 0
) -> NDArray[np.float32]: ...
def packed_planes(
    position: Position, frame_height: int, frame_width: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]: ...
def write_planes(position: Position, out: NDArray[np.float32], symmetry: int = 0) -> None: ...
