"""Feature planes that our nets do not see; see feature_planes.pyx."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position
from insei.engine.positions import Positions
from insei.engine.rules import Rules

NUM_HISTORY_PLANES: int
NUM_RICH_PLANES: int

def history_planes(
    position: Position, frame_height: int = 0, frame_width: int = 0, symmetry: int = 0
) -> NDArray[np.uint8]: ...
def rich_planes(
    position: Position, frame_height: int = 0, frame_width: int = 0, symmetry: int = 0
) -> NDArray[np.uint8]: ...
def write_history_planes(
    positions: Position | Sequence[Position] | Positions,
    out: NDArray[np.float32] | NDArray[np.uint8],
    symmetry: int = 0,
) -> None: ...
def write_rich_planes(
    positions: Position | Sequence[Position] | Positions,
    out: NDArray[np.float32] | NDArray[np.uint8],
    symmetry: int = 0,
) -> None: ...
def board_mask(rules: Rules, frame_height: int = 0, frame_width: int = 0) -> NDArray[np.uint8]: ...
