"""The window: the newest rows in memory, and the batches drawn from them."""

import numpy as np
from numpy.typing import NDArray

from engine.planes import NUM_BINARY_PLANES, NUM_PLANES
from engine.symmetries import num_symmetries, transform, transform_moves
from selfplay.batch import DRAW, LOSS, WIN, Batch
from selfplay.config import WindowConfig
from selfplay.dataset import Rows

COLUMNS = (
    "game",
    "generation",
    "ply",
    "planes",
    "global_planes",
    "policy",
    "outcome",
    "score",
    "ownership",
    "weight",
)
CLASSES = np.array([LOSS, DRAW, WIN])  # by outcome + 1


def window_size(num_rows: int, config: WindowConfig) -> int:
    """How many of the newest rows to learn from after so many were played (KataGo's law)."""
    c, a, b = config.smallest, config.exponent, config.slope
    if num_rows <= c:
        return num_rows
    return min(config.largest, int(c * (1 + b * ((num_rows / c) ** a - 1) / a)))


class Window:
    """Rows to learn from, newest last; all boards of one size."""

    def __init__(self, height: int, width: int) -> None:
        self.height = height
        self.width = width
        self.rows: Rows = {}
        self.has_reply = np.zeros(0, np.bool_)

    def __len__(self) -> int:
        return len(self.has_reply)

    def update(self, rows: Rows, size: int) -> None:
        """Add rows and forget all but the newest `size`."""
        old = self.rows or {name: rows[name][:0] for name in COLUMNS}
        first = max(0, len(old["ply"]) + len(rows["ply"]) - size)
        self.rows = {name: np.concatenate([old[name], rows[name]])[first:] for name in COLUMNS}
        follows = (self.rows["game"][1:] == self.rows["game"][:-1]) & (
            self.rows["ply"][1:] == self.rows["ply"][:-1] + 1
        )
        self.has_reply = np.append(follows, False) if len(self.rows["game"]) else follows

    def sample(self, batch_size: int, rng: np.random.Generator) -> Batch:
        """Draw rows uniformly, each under a random symmetry.

        Raises:
            ValueError: the window is empty.
        """
        if not len(self):
            raise ValueError("sample from an empty window: wanted rows")
        # Rows of one symmetry stand together, so that each group is turned in one go.
        chosen = rng.integers(len(self), size=batch_size)
        symmetries = np.sort(rng.integers(num_symmetries(self.height, self.width), size=batch_size))
        return self.batch(chosen, symmetries)

    def batch(self, chosen: NDArray[np.int64], symmetries: NDArray[np.int64]) -> Batch:
        """Make the batch of these rows, each under its symmetry; `symmetries` is sorted."""
        height, width, count = self.height, self.width, len(chosen)
        num_bits = NUM_BINARY_PLANES * height * width
        planes = np.empty((count, NUM_PLANES, height, width), np.float32)
        bits = np.unpackbits(self.rows["planes"][chosen], axis=1, count=num_bits)
        planes[:, :NUM_BINARY_PLANES] = bits.reshape(count, -1, height, width)
        on_board = planes[:, :1]
        planes[:, NUM_BINARY_PLANES:] = (
            self.rows["global_planes"][chosen][:, :, None, None] * on_board
        )
        policy = self.rows["policy"][chosen].astype(np.float32)
        reply_weight = self.has_reply[chosen].astype(np.float32)
        after = np.minimum(chosen + 1, len(self) - 1)
        reply = self.rows["policy"][after].astype(np.float32) * reply_weight[:, None]
        ownership = self.rows["ownership"][chosen].astype(np.float32).reshape(-1, height, width)
        for symmetry in np.unique(symmetries):
            if symmetry == 0:
                continue
            part = slice(*np.searchsorted(symmetries, [symmetry, symmetry + 1]))
            planes[part] = transform(planes[part].copy(), symmetry)
            ownership[part] = transform(ownership[part].copy(), symmetry)
            policy[part] = transform_moves(policy[part], symmetry, height, width)
            reply[part] = transform_moves(reply[part], symmetry, height, width)
        return Batch(
            planes=planes,
            policy=policy,
            reply=reply,
            reply_weight=reply_weight,
            outcome=CLASSES[self.rows["outcome"][chosen].astype(np.int64) + 1],
            score=self.rows["score"][chosen],
            ownership=ownership,
            weight=self.rows["weight"][chosen],
        )
