"""Feature planes beside those that our nets see; feature_planes.pyx says what each shows.

A board lies at the top left of a frame of its size or more; beyond it all planes are zero.
"""

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
) -> NDArray[np.uint8]:
    """Return AlphaGo Zero's planes, `[17, H, W]`: stones of the last eight plies, and who moves.

    Raises:
        ValueError: the frame is smaller than the board, or the symmetry does not fit its shape.
    """

def rich_planes(
    position: Position, frame_height: int = 0, frame_width: int = 0, symmetry: int = 0
) -> NDArray[np.uint8]:
    """Return the rich planes, `[18, H, W]`; errors as `history_planes`."""

def write_history_planes(
    positions: Position | Sequence[Position] | Positions,
    out: NDArray[np.float32] | NDArray[np.uint8],
    symmetry: int = 0,
) -> None:
    """Write AlphaGo Zero's planes of one position, `[17, H, W]`, or of B, `[B, 17, H, W]`.

    Args:
        positions: boards of any sizes that fit the frame.
        out: contiguous, float32 or uint8.

    Raises:
        ValueError: `out` has another shape, type or layout, or the symmetry does not fit.
    """

def write_rich_planes(
    positions: Position | Sequence[Position] | Positions,
    out: NDArray[np.float32] | NDArray[np.uint8],
    symmetry: int = 0,
) -> None:
    """Write the rich planes, `[18, H, W]` or `[B, 18, H, W]`; as `write_history_planes`."""

def board_mask(rules: Rules, frame_height: int = 0, frame_width: int = 0) -> NDArray[np.uint8]:
    """Return which points of a frame are on the board, `[H, W]` of 0 and 1.

    Raises:
        ValueError: `rules` is no Rules, or the frame is smaller than the board.
    """
