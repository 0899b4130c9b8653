"""What the verbs of `insei data` share: options, and how they print."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.printing.run_line import silence_libraries
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.history.history import History

Message = Annotated[str, Parameter(alias="-m", help="Why.")]
Author = Annotated[str, Parameter(help="Who; without it, the user of this machine.")]
Json = Annotated[bool, Parameter(name="--json", help="Print JSON.", negative=())]
Limit = Annotated[
    int, Parameter(alias="-n", validator=Number(gte=1), help="At most so many lines.")
]


def open_history(run: Path) -> "History":
    """The history of a run."""
    silence_libraries()
    from insei.selfplay.history.history import History

    return History(run)


def say_json(told: Any) -> None:
    """Print a value as JSON."""
    from insei.system.records import json_of

    say(json_of(told, indent=2))


def say_committed(history: "History", commit: Any) -> None:
    """Say what a commit holds, and when a run that is training sees it."""
    count = len(history.graph.edits[commit.id])
    cells = "cell" if count == 1 else "cells"
    say(f"{commit.id[:9]} on {history.graph.head}: {count:,} {cells}: {commit.message}")
    say_when_learned(history)


def say_when_learned(history: "History") -> None:
    """Say when a run that is training learns from an edit."""
    if pid := history.trained_by:
        say(
            f"{history.run} is training (process {pid}): it learns from the edit when it goes on "
            "the next time"
        )
