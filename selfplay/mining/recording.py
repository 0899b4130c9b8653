"""What miners look at: the rows of a run's games at a commit, and the games themselves."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from insei.selfplay.data.columns import Rows
from insei.selfplay.data.dataset import GameDataset, terms_of
from insei.selfplay.data.loading import RunData, WholeGame, open_run_data
from insei.selfplay.data.window import Window
from insei.selfplay.history.card import DatasetName
from insei.selfplay.history.edited import Edits
from insei.selfplay.history.graph import HEAD
from insei.selfplay.history.reading import edits_beside
from insei.selfplay.run import DATASET, config_of
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError

NEWEST = 500_000  # rows that are looked at


@dataclass(frozen=True)
class Recording:
    """G games with N rows in all, a game's rows together and by ply.

    A game may lack its first rows where only the newest rows were read.
    """

    run: Path
    config: TrainConfig
    name: DatasetName
    rows: Rows  # as the table of games has them, edited

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The first row of each game, `[G]`."""
        game = self.rows["game"]
        return np.flatnonzero(np.append(True, game[1:] != game[:-1]))

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """The number of each game's rows, `[G]`."""
        return np.diff(np.append(self.starts, self.num_rows))

    @cached_property
    def ids(self) -> list[str]:
        """Of the games, `[G]`."""
        found: list[str] = self.rows["game"][self.starts].tolist()
        return found

    @cached_property
    def whole(self) -> dict[str, WholeGame]:
        """The games by their ids; those of older runs, whose moves were not kept, are missing."""
        wanted = set(self.ids)
        data: RunData = open_run_data(self.run)
        return {game.id: game for game in data.games() if game.id in wanted}

    @property
    def num_rows(self) -> int:
        """N."""
        return len(self.rows["ply"])

    def mean(self, values: NDArray) -> NDArray[np.float64]:
        """The mean of a number of each row over each game, `[N]` to `[G]`."""
        return np.add.reduceat(values.astype(np.float64), self.starts) / self.lengths

    def window(self, rows: Rows | None = None, groups: int = 0) -> Window:
        """Rows as batches are drawn from them, in their order.

        Args:
            rows: the recording's own if not given.
            groups: of extra planes that the net sees.
        """
        rules = self.config.rules
        found = Window(rules.height, rules.width, groups=groups, suicide=rules.suicide)
        rows = self.rows if rows is None else rows
        found.update(rows, len(rows["ply"]))
        return found


def read_recording(run: Path, at: str = HEAD, newest: int = NEWEST) -> Recording:
    """Read the newest rows of a run, which may be in training.

    Args:
        at: the branch, tag or commit whose edits are applied.
        newest: so many rows.

    Raises:
        UserError: there is no run, it has no games, or there is no such commit.
    """
    config = config_of(run, TrainConfig)
    path = run / DATASET
    if not path.exists():
        raise UserError(f"{run} holds no games: wanted {DATASET} in it")
    dataset = dataset_at(path, config, at)
    rows = dataset.newest(newest)
    if not len(rows["ply"]):
        raise UserError(f"{path} holds no rows: wanted a run that has played some games")
    return Recording(run, config, dataset.name, rows)


def dataset_at(path: Path, config: TrainConfig, at: str) -> GameDataset:
    """The table of games, read with the edits of a branch, a tag or a commit."""
    dataset = GameDataset(path, config.rules)
    if at != HEAD:
        dataset.edits = edits_at(path, config, at)
    return dataset


def edits_at(path: Path, config: TrainConfig, at: str) -> Edits:
    """The edits of a branch, a tag or a commit, beside a table of games."""
    found: Edits = edits_beside(path, config.rules, terms_of(config.rules), at)
    return found
