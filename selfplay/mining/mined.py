"""A ranked list of positions and games that deserve a look, and its file in the run's folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from insei.system.errors import UserError
from insei.system.records import read_record, write_record

By = Literal["mistaken", "surprise", "uncertain", "swing", "lost"]
FOLDER = "mined"  # in the run's


@dataclass(frozen=True)
class MinedItem:
    """A position, or a whole game, and why it is in the list."""

    game: str  # its id
    ply: int | None  # None: the game as a whole
    amount: float  # what it is ranked by, in the unit of `by`; the largest first
    reason: str  # one line for a person
    alike: int = 0  # near-duplicates that were folded into this one


@dataclass(frozen=True)
class MinedList:
    """What a miner found in a dataset, the most worth a look first."""

    by: By
    branch: str  # of the dataset that was read
    commit: str  # of its edits; empty: as it was played
    judges: tuple[str, ...]  # the nets that judged: SHA-256 of the weights of each
    looked_at: int  # games or positions that were ranked
    items: tuple[MinedItem, ...]


def mined_file(run: Path, name: str) -> Path:
    """Where a run's list of this name lies."""
    return run / FOLDER / f"{name}.json"


def write_mined(run: Path, name: str, mined: MinedList) -> Path:
    """Keep a list in the run's folder, in place of an earlier one of the same name."""
    path = mined_file(run, name)
    path.parent.mkdir(exist_ok=True)
    write_record(path, mined)
    return path


def read_mined(run: Path, name: str) -> MinedList:
    """Read a list of the run's folder.

    Raises:
        UserError: there is none of this name, or its file holds another thing.
    """
    path = mined_file(run, name)
    if not path.is_file():
        names = ", ".join(sorted(found.stem for found in path.parent.glob("*.json"))) or "none"
        raise UserError(f"{name}: {run} has no mined list of this name; there are: {names}")
    return read_record(MinedList, path)
