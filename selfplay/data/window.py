"""The window: the newest rows in memory, and the batches drawn from them."""

import numpy as np
from numpy.typing import NDArray

from insei.engine.planes.extra_planes import add_extra_planes, num_extra_planes
from insei.engine.planes.net_planes import NUM_BINARY_PLANES, NUM_PLANES
from insei.engine.symmetries import num_symmetries, transform
from insei.selfplay.data.batch import Batch
from insei.selfplay.data.columns import IN_BATCH, IN_WINDOW, OF_THE_END, Rows, shape_of
from insei.selfplay.data.outcomes import chances_of
from insei.selfplay.train_config import TrainConfig, WindowConfig


def window_size(num_rows: int, config: WindowConfig) -> int:
    """How many of the newest rows to learn from after `num_rows` were played (KataGo's law)."""
    c, a, b = config.smallest, config.exponent, config.slope
    if num_rows <= c:
        return num_rows
    return min(config.largest, int(c * (1 + b * ((num_rows / c) ** a - 1) / a)))


class Window:
    """Rows to learn from, newest last.

    Args:
        height, width: of the frame.
        trace: λ of the outcome's target; see `chances_of`.
        turned: whether rows are drawn under random symmetries, or as they were played.
        groups: of extra planes that the net sees; made as rows are drawn.
        suicide: whether the rules allow it.
    """

    def __init__(
        self,
        height: int,
        width: int,
        trace: float = 1.0,
        *,
        turned: bool = True,
        groups: int = 0,
        suicide: bool = False,
    ) -> None:
        self.height = height
        self.width = width
        self.trace = trace
        self.groups = groups
        self.suicide = suicide
        # Boards of several sizes are square, and so is their frame.
        self.num_symmetries = num_symmetries(height, width) if turned else 1
        self.rows: Rows = {}
        self.has_reply = np.zeros(0, np.bool_)

    def __len__(self) -> int:
        return len(self.has_reply)

    def update(self, rows: Rows, size: int) -> None:
        """Add the rows of further games, and drop all but the newest `size` rows."""
        rows = rows | {"chances": chances_of(rows, self.trace)}
        names = [column.name for column in IN_WINDOW]
        old = self.rows or {name: rows[name][:0] for name in names}
        first = max(0, len(old["ply"]) + len(rows["ply"]) - size)
        self.rows = {name: np.concatenate([old[name], rows[name]])[first:] for name in names}
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
        chosen = rng.integers(len(self), size=batch_size)
        symmetries = rng.integers(self.num_symmetries, size=batch_size)
        order = np.lexsort((symmetries, self.sizes_of(chosen)))
        return self.batch(chosen[order], symmetries[order])

    def sizes_of(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """The board sizes of these rows, each as height << 8 | width."""
        return self.rows["height"][chosen].astype(np.int64) << 8 | self.rows["width"][chosen]

    def batch(self, chosen: NDArray[np.int64], symmetries: NDArray[np.int64]) -> Batch:
        """The batch of these rows, each under its symmetry.

        Neighbours of the same board size and symmetry are turned together, so that sorted rows are
        faster.
        """
        columns = {
            column.name: self.rows[column.name][chosen]
            .astype(np.float32, copy=False)
            .reshape(len(chosen), *shape_of(column.in_batch or "", self.height, self.width))
            for column in IN_BATCH
            if column.name in self.rows and column.name != "planes"
        }
        columns["planes"] = self._planes(chosen)
        columns["reply_weight"] = self.has_reply[chosen].astype(np.float32)
        after = np.minimum(chosen + 1, len(self) - 1)
        reply = self.rows["policy"][after].astype(np.float32)
        columns["reply"] = reply * columns["reply_weight"][:, None]
        columns |= {f"{name}_weight": np.ones(len(chosen), np.float32) for name in OF_THE_END}
        self._turn(columns, self.sizes_of(chosen), symmetries)
        return Batch(columns)

    def _planes(self, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
        """The planes `[B, C, H, W]` that the net sees of these rows."""
        height, width, count = self.height, self.width, len(chosen)
        num_bits = NUM_BINARY_PLANES * height * width
        num_planes = NUM_PLANES + num_extra_planes(self.groups)
        planes = np.empty((count, num_planes, height, width), np.float32)
        bits = np.unpackbits(self.rows["planes"][chosen], axis=1, count=num_bits)
        planes[:, :NUM_BINARY_PLANES] = bits.reshape(count, -1, height, width)
        on_board = planes[:, :1]
        numbers = self.rows["global_planes"][chosen]
        planes[:, NUM_BINARY_PLANES:NUM_PLANES] = numbers[:, :, None, None] * on_board
        if self.groups:
            sizes = np.stack([self.rows[name][chosen] for name in ("height", "width")], axis=1)
            add_extra_planes(planes, sizes, self.groups, self.suicide)
        return planes

    def _turn(self, columns: Rows, sizes: NDArray[np.int64], symmetries: NDArray[np.int64]) -> None:
        """Apply each row's symmetry, in place, to the columns that show points or moves."""
        of_points = [column.name for column in IN_BATCH if (column.in_batch or "").endswith("H W")]
        of_moves = [column.name for column in IN_BATCH if column.in_batch == "A"]
        group = sizes << 3 | symmetries
        starts = np.flatnonzero(np.append(True, group[1:] != group[:-1])).tolist()
        for start, stop in zip(starts, [*starts[1:], len(group)], strict=True):
            symmetry, size = int(symmetries[start]), int(sizes[start])
            if not symmetry:
                continue
            for name in of_points:
                turn(columns[name][start:stop], size >> 8, size & 255, symmetry)
            for name in of_moves:
                moves = columns[name]
                points = moves[start:stop, :-1].reshape(-1, self.height, self.width)
                turn(points, size >> 8, size & 255, symmetry)
                moves[start:stop, :-1] = points.reshape(stop - start, -1)


def windows_of(config: TrainConfig) -> tuple[Window, Window]:
    """The empty windows of a run: one to learn from, one for games held out."""
    rules, groups = config.rules, config.network.plane_groups
    return Window(
        rules.height,
        rules.width,
        config.learner.trace,
        turned=config.window.symmetries,
        groups=groups,
        suicide=rules.suicide,
    ), Window(rules.height, rules.width, groups=groups, suicide=rules.suicide)


def turn(points: NDArray[np.float32], height: int, width: int, symmetry: int) -> None:
    """Apply a symmetry in place to the board at the top left of frames `[..., H, W]`."""
    board = points[..., :height, :width]
    board[...] = transform(board.copy(), symmetry)
