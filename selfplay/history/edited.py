"""Rows as a dataset's edits leave them: the hook where rows are read.

`Edits` is prepared once. Most rows were never edited, so `edited` looks at each game once, by its
id, and at the plies of edited games alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules
from insei.selfplay.data.columns import Rows
from insei.selfplay.history.fields import FIELDS, numbers_of_bytes
from insei.selfplay.history.graph import MAIN, PLAYED, Graph

PLIES = 1 << 16  # more than a game has


@dataclass(frozen=True)
class FieldEdits:
    """The edits of one column."""

    games: NDArray[np.int64]  # [E] their numbers
    plies: NDArray[np.int64]  # [E]
    values: NDArray  # [E] or [E, numbers]


@dataclass(frozen=True)
class Edits:
    """The edits of a dataset at a commit, ready to be applied to rows."""

    branch: str = MAIN  # that ends with the commit; empty if none does
    commit: str = PLAYED
    tags: tuple[str, ...] = ()  # that point to the commit
    games: Mapping[str, int] = field(default_factory=dict)  # numbers of the edited games, by id
    fields: Mapping[str, FieldEdits] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph, commit: str, frame: Rules) -> "Edits":
        """The edits at a commit.

        Args:
            frame: the run's rules, on its largest board.

        Raises:
            UserError: a value is of another length than its column's.
        """
        given = [edit for edit in graph.state(commit).values() if edit.value is not None]
        numbers = numbered({edit.game for edit in given})
        found = {}
        for name in FIELDS:
            own = [edit for edit in given if edit.field == name]
            if not own:
                continue
            found[name] = FieldEdits(
                np.array([numbers[edit.game] for edit in own], np.int64),
                np.array([edit.ply for edit in own], np.int64),
                numbers_of_bytes([edit.value or b"" for edit in own], name, frame),
            )
        tags = tuple(tag for tag, tagged in graph.tags.items() if tagged == commit)
        return cls(graph.branch_at(commit), commit, tags, numbers, found)

    def __bool__(self) -> bool:
        return bool(self.fields)


NO_EDITS = Edits()


def numbered(games: Iterable[str]) -> dict[str, int]:
    """A number for each game."""
    return {game: number for number, game in enumerate(sorted(games))}


def edited(rows: Rows, edits: Edits) -> Rows:
    """The rows as the edits leave them; columns without an edit are the same arrays.

    Args:
        rows: `game` and `ply` among them. The rows of a game follow each other, by ply.
    """
    names = [name for name in edits.fields if name in rows]
    if not names or not len(rows["ply"]):
        return rows
    game = rows["game"]
    starts = np.flatnonzero(np.append(True, game[1:] != game[:-1]))
    numbers = np.array([edits.games.get(each, -1) for each in game[starts].tolist()], np.int64)
    touched = np.flatnonzero(numbers >= 0)
    if not len(touched):
        return rows
    ranks = np.full(len(edits.games), -1)  # of the edited games: which game of the rows
    ranks[numbers[touched]] = touched
    lengths = np.diff(np.append(starts, len(game)))
    keys = np.repeat(np.arange(len(starts)) * PLIES, lengths) + rows["ply"]
    changed = {}
    for name in names:
        found = edits.fields[name]
        wanted = ranks[found.games] * PLIES + found.plies
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        here = keys[at] == wanted
        if here.any():
            column = rows[name].copy()
            column[at[here]] = found.values[here]
            changed[name] = column
    return rows | changed
