"""What was done in the studio, kept in the run's folder, so that one can stop and go on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from insei.system.records import read_record, write_record

FOLDER = "studio"  # in the run's
Action = Literal["accepted", "corrected", "weight 0", "skipped"]


@dataclass(frozen=True)
class Done:
    """One action on an item of the queue."""

    game: str
    ply: int | None  # of the item, which names it
    action: Action
    branch: str  # of the dataset, which was in use
    commit: str = ""  # empty for `skipped`
    shown_ply: int = 0  # that was on the board


@dataclass(frozen=True)
class Progress:
    """All actions on a list, in their order."""

    done: tuple[Done, ...] = ()


def progress_file(run: Path, name: str) -> Path:
    """Where the progress through a list is kept."""
    return run / FOLDER / f"{name}.json"


def read_progress(run: Path, name: str) -> Progress:
    """What was done before with a list; nothing if it is new.

    Raises:
        UserError: the file holds another thing.
    """
    path = progress_file(run, name)
    return read_record(Progress, path) if path.exists() else Progress()


def write_progress(run: Path, name: str, progress: Progress) -> None:
    """Keep what was done with a list."""
    path = progress_file(run, name)
    path.parent.mkdir(exist_ok=True)
    write_record(path, progress)
