"""What a checkpoint's card says of the dataset that a net learned from."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa

from insei.selfplay.history.edited import Edits


@dataclass(frozen=True)
class DatasetName:
    """Which dataset, so that it can be found again."""

    branch: str
    commit: str  # of the edits; empty: as it was played
    tags: tuple[str, ...]  # that point to the commit
    rows: int
    sha256: str  # of the rows' games and plies in their order, and of the commit

    @property
    def card(self) -> dict[str, Any]:
        """As a card has it: text, numbers and lists."""
        return asdict(self) | {"tags": list(self.tags)}

    @property
    def content(self) -> dict[str, Any]:
        """What rows there are, by whatever names: `card` without branch and tags."""
        return self.card | {"branch": "", "tags": []}


class RowsDigest:
    """Takes in the rows of a table in their order, a part at a time; the parts' sizes are free."""

    def __init__(self) -> None:
        self.games = hashlib.sha256()
        self.plies = hashlib.sha256()
        self.rows = 0

    def add(self, rows: pa.RecordBatch) -> None:
        """Take in the columns `game` and `ply` of further rows."""
        self.rows += rows.num_rows
        self.games.update(text_bytes(rows.column("game")))
        self.plies.update(np.ascontiguousarray(rows.column("ply").to_numpy()).tobytes())

    def named(self, edits: Edits) -> DatasetName:
        """Name the dataset of these rows, read with these edits."""
        parts = self.games.digest() + self.plies.digest() + edits.commit.encode()
        sha256 = hashlib.sha256(parts).hexdigest()
        return DatasetName(edits.branch, edits.commit, edits.tags, self.rows, sha256)


def dataset_name(games: lance.LanceDataset | None, edits: Edits) -> DatasetName:
    """Name the dataset that rows are read from.

    Args:
        games: the table of games; None before the first.
        edits: what rows are read with.
    """
    digest = RowsDigest()
    if games is not None:
        for batch in games.scanner(["game", "ply"], scan_in_order=True).to_batches():
            digest.add(batch)
    return digest.named(edits)


def text_bytes(column: pa.StringArray) -> bytes:
    """The letters of all texts of a column, one after another."""
    _, offsets, letters = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    return memoryview(letters)[ends[0] : ends[-1]].tobytes() if len(column) else b""


def dataset_of_run(path: Path) -> DatasetName:
    """Name the dataset of a run on the branch that is used.

    Raises:
        UserError: there is no run, or its tables can't be read.
    """
    from insei.selfplay.data.loading import open_run_data  # which imports the history

    data = open_run_data(path)
    return dataset_name(data.table, data.edits)
