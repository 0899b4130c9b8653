"""What the learner is given at each step: rows of many games as tensors, a value."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

WIN, DRAW, LOSS = 0, 1, 2  # classes of the outcome, for the player to move


@dataclass(frozen=True)
class Batch:
    """B rows in a frame of H × W points and A = H·W + 1 moves; targets as the mover sees them."""

    planes: NDArray[np.float32]  # [B, C, H, W]
    policy: NDArray[np.float32]  # [B, A] the search's improved policy, rows sum to 1
    reply: NDArray[np.float32]  # [B, A] the opponent's policy one ply later, or zeros
    reply_weight: NDArray[np.float32]  # [B] 1 where there is a reply, else 0
    outcome: NDArray[np.int64]  # [B] WIN, DRAW or LOSS: the game's end
    chances: NDArray[np.float32]  # [B, 3] of WIN, DRAW and LOSS: what is learned, rows sum to 1
    score: NDArray[np.float32]  # [B] final points, komi included
    ownership: NDArray[np.float32]  # [B, H, W] -1 to 1, 0 off the board
    weight: NDArray[np.float32]  # [B] how much the row counts, 1 as a rule

    def check(self) -> None:
        """Raise ValueError where a field's shape or type is not what stands beside it."""
        if self.planes.ndim != 4:
            raise ValueError(f"planes of shape {self.planes.shape}: wanted [B, C, H, W]")
        rows, num_planes, height, width = self.planes.shape
        moves = height * width + 1
        wanted = {
            "planes": (rows, num_planes, height, width),
            "policy": (rows, moves),
            "reply": (rows, moves),
            "ownership": (rows, height, width),
            "chances": (rows, 3),
        }
        for name in (field.name for field in fields(self)):
            array, shape = getattr(self, name), wanted.get(name, (rows,))
            dtype = np.int64 if name == "outcome" else np.float32
            if array.shape != shape or array.dtype != dtype:
                raise ValueError(
                    f"batch {name}: came {array.dtype} {array.shape}, "
                    f"wanted {np.dtype(dtype).name} {shape}"
                )

    def by_ends(self) -> "Batch":
        """The same rows, the outcome to be learned from their games' ends alone."""
        return replace(self, chances=np.eye(3, dtype=np.float32)[self.outcome])
