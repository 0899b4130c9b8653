"""The window: the newest rows in memory, and the batches drawn from them."""

import numpy as np
from numpy.typing import NDArray

from insei.engine.planes.extra_planes import add_extra_planes, num_extra_planes
from insei.engine.planes.net_planes import NUM_BINARY_PLANES, NUM_PLANES
from insei.engine.symmetries import num_symmetries, transform
from insei.selfplay.data.batch import Batch
from insei.selfplay.data.columns import IN_BATCH, IN_WINDOW, OF_THE_END, Rows, shape_of
from insei.selfplay.data.games import numbers_of_ids
from insei.selfplay.data.outcomes import chances_of
from insei.selfplay.train_config import TrainConfig, WindowConfig


def window_size(num_rows: int, config: WindowConfig) -> int:
    """How many of the newest rows to learn from after `num_rows` were played (KataGo's law)."""
    c, a, b = config.smallest, config.exponent, config.slope
    if num_rows <= c:
        return num_rows
    return min(config.largest, int(c * (1 + b * ((num_rows / c) ** a - 1) / a)))


class Window:
    """Rows to learn from: a ring, in which the newest take the place of the oldest.

    A game is kept as the number that its id is, in 8 bytes instead of 64.

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
        self.columns: Rows = {}  # rings, each [capacity, ...]
        self.first = 0  # place of the oldest row in them
        self.count = 0  # rows that count
        self.newest: tuple[int, int] | None = None  # game and ply of the newest row

    def __len__(self) -> int:
        return self.count

    @property
    def capacity(self) -> int:
        """Rows that there is memory for."""
        return len(self.columns["has_reply"]) if self.columns else 0

    @property
    def rows(self) -> Rows:
        """All rows as copies, oldest first."""
        every = np.arange(len(self))
        return {name: self.values(name, every) for name in self.columns}

    def values(self, name: str, chosen: NDArray[np.int64]) -> NDArray:
        """A column of some rows, which are numbered from the oldest."""
        return self.columns[name][(self.first + chosen) % self.capacity]

    def update(self, rows: Rows, size: int) -> None:
        """Add the rows of further games, and drop all but the newest `size` rows.

        Args:
            rows: as the dataset gives them; a game's rows come together, by ply.
        """
        if not len(rows["ply"]):
            self._drop_to(size)
            return
        games, plies = numbers_of_ids(rows["game"]), rows["ply"].astype(np.int64)
        follows = (games[1:] == games[:-1]) & (plies[1:] == plies[:-1] + 1)
        if self.count and self.newest == (int(games[0]), int(plies[0]) - 1):
            self.columns["has_reply"][(self.first + self.count - 1) % self.capacity] = True
        self.newest = (int(games[-1]), int(plies[-1]))
        new = rows | {
            "game": games,
            "chances": chances_of(rows, self.trace),
            "has_reply": np.append(follows, False),
        }
        names = [*(column.name for column in IN_WINDOW), "has_reply"]
        kept = {name: new[name][-size:] if size else new[name][:0] for name in names}
        self._drop_to(size - len(kept["game"]))
        self._write(kept)

    def _drop_to(self, size: int) -> None:
        """Drop the oldest rows beyond `size`."""
        surplus = max(0, self.count - size)
        self.first = (self.first + surplus) % max(1, self.capacity)
        self.count -= surplus

    def _write(self, rows: Rows) -> None:
        """Add rows at the end of the rings, which grow if there is no room."""
        num_rows = len(rows["game"])
        if num_rows == 0:
            return
        if self.count + num_rows > self.capacity:
            self._grow(rows, self.count + num_rows)
        start = (self.first + self.count) % self.capacity
        before_end = min(num_rows, self.capacity - start)
        for name, ring in self.columns.items():
            ring[start : start + before_end] = rows[name][:before_end]
            ring[: num_rows - before_end] = rows[name][before_end:]
        self.count += num_rows

    def _grow(self, rows: Rows, least: int) -> None:
        """Make room for `least` rows, and half as many again as there was room for."""
        capacity = max(least, self.capacity + self.capacity // 2)
        every = np.arange(self.count)
        old = {name: self.values(name, every) for name in self.columns}
        self.columns = {
            name: np.empty((capacity, *column.shape[1:]), column.dtype)
            for name, column in rows.items()
        }
        for name, column in old.items():
            self.columns[name][: self.count] = column
        self.first = 0

    def sample(
        self, batch_size: int, rng: np.random.Generator, share: slice | None = None
    ) -> Batch:
        """Draw rows uniformly, each under a random symmetry.

        Args:
            share: which of the rows to make; `rng` is consumed as for all. None: all.

        Raises:
            ValueError: the window is empty.
        """
        if not len(self):
            raise ValueError("sample from an empty window: wanted rows")
        chosen = rng.integers(len(self), size=batch_size)
        symmetries = rng.integers(self.num_symmetries, size=batch_size)
        order = np.lexsort((symmetries, self.sizes_of(chosen)))
        chosen, symmetries = chosen[order], symmetries[order]
        if share is None:
            return self.batch(chosen, symmetries)
        part = self.batch(chosen[share], symmetries[share])
        return Batch(part.columns, self.values("weight", chosen).astype(np.float32))

    def sizes_of(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """The board sizes of these rows, each as height << 8 | width."""
        return self.values("height", chosen).astype(np.int64) << 8 | self.values("width", chosen)

    def batch(self, chosen: NDArray[np.int64], symmetries: NDArray[np.int64]) -> Batch:
        """The batch of these rows, each under its symmetry.

        Neighbours of the same board size and symmetry are turned together, so that sorted rows are
        faster.
        """
        columns = {
            column.name: self.values(column.name, chosen)
            .astype(np.float32, copy=False)
            .reshape(len(chosen), *shape_of(column.in_batch or "", self.height, self.width))
            for column in IN_BATCH
            if column.name in self.columns and column.name != "planes"
        }
        columns["planes"] = self._planes(chosen)
        has_reply = self.values("has_reply", chosen)
        columns["reply_weight"] = has_reply.astype(np.float32)
        reply = self.values("policy", chosen + has_reply).astype(np.float32)
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
        bits = np.unpackbits(self.values("planes", chosen), axis=1, count=num_bits)
        planes[:, :NUM_BINARY_PLANES] = bits.reshape(count, -1, height, width)
        on_board = planes[:, :1]
        numbers = self.values("global_planes", chosen)
        planes[:, NUM_BINARY_PLANES:NUM_PLANES] = numbers[:, :, None, None] * on_board
        if self.groups:
            sizes = np.stack([self.values(name, chosen) for name in ("height", "width")], axis=1)
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
