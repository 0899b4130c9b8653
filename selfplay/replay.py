"""The replay buffer: all games of a run on disk, the newest rows in memory to learn from.

A share of the games is held out: they are in a window of their own, to validate on. Rows earn
steps: each row is learned from `reuse` times on average.
"""

from collections.abc import Sequence

import numpy as np

from insei.selfplay.data.batch import Batch
from insei.selfplay.data.columns import Rows
from insei.selfplay.data.dataset import STORED_NAMES, GameDataset, rows_of
from insei.selfplay.data.game import SelfPlayGame
from insei.selfplay.data.window import window_size, windows_of
from insei.selfplay.health import split_held_out
from insei.selfplay.train_config import TrainConfig

SPARE_ROWS = 2000  # read beyond a window, because games held out are drawn by game, not by row


def steps_due(num_rows: int, num_rows_learned: int, config: TrainConfig) -> int:
    """Optimiser steps that rows have earned and that were not taken yet.

    None are due before the rows fill a quarter of the smallest window.

    Args:
        num_rows: rows of past generations, those held out among them.
        num_rows_learned: rows trained on so far, repeats counted.
    """
    learnable = int(num_rows * (1 - config.window.held_out))
    if learnable < config.window.smallest / 4:
        return 0
    due = learnable * config.reuse - num_rows_learned
    return max(0, int(due / config.learner.batch_size))


class ReplayBuffer:
    """The games of a run, and the windows over them.

    Games of the present generation are on disk at once, and wait to be taken into the windows
    until `take_in`.

    Args:
        dataset: of the run.
        generation: the present one; the windows hold the rows of those before it.
    """

    def __init__(self, dataset: GameDataset, config: TrainConfig, generation: int) -> None:
        self.dataset = dataset
        self.config = config
        self.learned, self.held_out = windows_of(config)
        self.waiting: list[Rows] = []  # rows that no window holds yet
        self._fill(generation)

    def _fill(self, generation: int) -> None:
        """Read the windows from disk; rows of the present generation wait."""
        dataset = self.dataset
        size = window_size(dataset.num_rows, self.config.window)
        present = dataset.rows_since(generation)
        rows = dataset.newest(present + size + size // 10 + SPARE_ROWS)
        is_past = rows["generation"] < generation
        self.waiting = [{name: column[~is_past] for name, column in rows.items()}]
        past = {name: column[is_past] for name, column in rows.items()}
        self._update_windows(past, dataset.num_rows - self.num_waiting)

    @property
    def num_waiting(self) -> int:
        """Rows on disk that no window holds yet."""
        return sum(len(rows["ply"]) for rows in self.waiting)

    def num_games(self, generation: int) -> int:
        """Games of a generation."""
        return self.dataset.games_by_generation.get(generation, 0)

    def add(self, games: Sequence[SelfPlayGame]) -> None:
        """Commit games; none are lost from here on."""
        if games:
            self.waiting.append(self.dataset.append(games))

    def take_in(self) -> Rows:
        """Let the windows take the waiting rows; returns those."""
        rows = {
            name: np.concatenate([part[name] for part in self.waiting]) for name in STORED_NAMES
        }
        self._update_windows(rows, self.dataset.num_rows)
        self.waiting = [rows_of(self.dataset.schema.empty_table())]
        return rows

    def _update_windows(self, rows: Rows, num_rows: int) -> None:
        """Add rows; the windows become those of a dataset of `num_rows`."""
        config = self.config.window
        learned, held_out = split_held_out(rows, config.held_out)
        size = window_size(num_rows, config)
        num_held_out = int(size * config.held_out)
        self.learned.update(learned, size - num_held_out)
        self.held_out.update(held_out, num_held_out)

    def steps_due(self, num_rows_learned: int) -> int:
        """Optimiser steps that the rows of past generations have earned and that are left."""
        if not len(self.learned):
            return 0
        return steps_due(self.dataset.num_rows - self.num_waiting, num_rows_learned, self.config)

    def sample(self, rng: np.random.Generator) -> Batch:
        """Draw a batch to learn from."""
        return self.learned.sample(self.config.learner.batch_size, rng)
