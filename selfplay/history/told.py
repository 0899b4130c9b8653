"""What the history tells, as plain values: a line's text and JSON are made of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules
from insei.engine.vertex import vertex_of
from insei.selfplay.data.columns import Rows
from insei.selfplay.history.fields import (
    FIELDS,
    LEAST_SHOWN,
    field_of,
    numbers_of_bytes,
    place_of,
)
from insei.selfplay.history.game_rows import OF_A_ROW
from insei.selfplay.history.graph import PLAYED_NAME, Change, Commit, Conflict, Edit
from insei.selfplay.history.history import History

Told = dict[str, Any]


def time_of(commit: Commit) -> str:
    """When a commit was made, UTC."""
    return datetime.fromtimestamp(commit.seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def commit_told(history: History, commit: Commit) -> Told:
    """A commit, with the names that point to it and the number of its edits."""
    proposer = commit.proposer
    return {
        "commit": commit.id,
        "parents": [parent or PLAYED_NAME for parent in commit.parents],
        "names": history.graph.names_of(commit.id),
        "branch": commit.branch,
        "time": time_of(commit),
        "author": commit.author,
        "message": commit.message,
        "proposer": None if proposer is None else vars(proposer),
        "edits": len(history.graph.edits[commit.id]),
    }


def log_told(history: History, name: str, limit: int | None = None) -> list[Told]:
    """The commits that a name's commit comes from, newest first."""
    graph = history.graph
    return [commit_told(history, each) for each in graph.log(graph.resolve(name))[:limit]]


def show_told(history: History, name: str, limit: int | None = None) -> Told:
    """A commit with what it changed in its first parent's state; `changes` may be cut short."""
    graph = history.graph
    commit = graph.commits.get(graph.resolve(name))
    if commit is None:
        return {"commit": PLAYED_NAME, "edits": 0, "changes": []}
    changes = graph.diff(commit.parents[0], commit.id)
    return commit_told(history, commit) | {"changes": changes_told(history, changes[:limit])}


def diff_told(history: History, one: str, other: str, limit: int | None = None) -> Told:
    """The cells whose values differ between two commits; `changes` may be cut short."""
    graph = history.graph
    changes = graph.diff(graph.resolve(one), graph.resolve(other))
    return {"cells": len(changes), "changes": changes_told(history, changes[:limit])}


def changes_told(history: History, changes: Sequence[Change | Conflict]) -> list[Told]:
    """Cells with two values each: before and after, or ours and theirs."""
    if not changes:
        return []
    values = CellValues(history, changes)
    found = []
    for number, change in enumerate(changes):
        one, other = type(change)._fields[3:]
        found.append(
            {"game": change.game, "ply": change.ply, "field": change.field}
            | {one: values.told(number, change[3]), other: values.told(number, change[4])}
        )
    return found


class CellValues:
    """The values of cells, as they were played and as edits leave them.

    Raises:
        UserError: a row isn't there.
    """

    def __init__(self, history: History, cells: Sequence[Change | Conflict]) -> None:
        self.history = history
        self.cells = cells
        games = history.games
        places = games.find([cell[:2] for cell in cells])
        fields = {cell.field: field_of(cell.field) for cell in cells}
        self.rows = games.read(places, [*OF_A_ROW, *fields])

    def told(self, number: int, edit: Edit | None) -> Any:
        """A cell's value after an edit."""
        cell, frame = self.cells[number], self.history.frame
        value = value_after(edit, self.rows[cell.field][number], cell.field, frame)
        rules = self.history.games.rules_of(self.rows, number)
        return plain_value(cell.field, value, rules, frame)


def value_after(edit: Edit | None, played: NDArray, field: str, frame: Rules) -> NDArray:
    """A cell's numbers after an edit, or as they were played."""
    if edit is None or edit.value is None:
        return played
    found: NDArray = numbers_of_bytes([edit.value], field, frame)[0]
    return found


def plain_value(field: str, value: NDArray, rules: Rules, frame: Rules) -> Any:
    """A value for JSON: a number, the shares of moves by vertex, or a list of owners."""
    if field == "policy":
        moves = [*range(rules.num_points), rules.pass_move]
        shares = {
            vertex_of(move, rules): round(float(value[place_of(move, rules, frame)]), 4)
            for move in moves
        }
        return {vertex: share for vertex, share in shares.items() if share >= LEAST_SHOWN}
    if field == "ownership":
        return np.asarray(value).tolist()
    return round(float(value), 6)


def blame_told(history: History, game: str, ply: int | None, name: str) -> list[Told]:
    """Where the values of a game's rows come from: a commit, or the net that played.

    Args:
        game: its id, or how that begins.
        ply: None for all rows of the game; then only edited values, and a line for each row that
            has none.
    """
    games, graph = history.games, history.graph
    commit = graph.resolve(name)
    full = games.full_id(game)
    known = sorted(games.plies_of([full])[full])
    plies = known if ply is None else [ply]
    rows = games.read(games.find([(full, each) for each in plies]), [*OF_A_ROW, *FIELDS])
    makers = iter(graph.blame(commit, [(full, each, name) for each in plies for name in FIELDS]))
    found = []
    for number in range(len(plies)):
        own = {field: next(makers) for field in FIELDS}
        told = [field for field in FIELDS if own[field] or ply is not None]
        found += [blamed(history, rows, number, field, own[field]) for field in told]
        if not told:
            found.append(played_by(rows, number) | {"field": "all", "value": None})
    return found


def played_by(rows: Rows, number: int) -> Told:
    """A row that nobody edited."""
    return {
        "game": str(rows["game"][number]),
        "ply": int(rows["ply"][number]),
        "commit": PLAYED_NAME,
        "generation": int(rows["generation"][number]),
    }


def blamed(history: History, rows: Rows, number: int, field: str, maker: Commit | None) -> Told:
    """A cell's value and where it comes from."""
    told = played_by(rows, number)
    games, frame = history.games, history.frame
    edit = None
    if maker is not None:
        told |= {
            "commit": maker.id, "time": time_of(maker), "author": maker.author,
            "message": maker.message,
        }  # fmt: skip
        cell = (told["game"], told["ply"], field)
        edit = next(edit for edit in history.graph.edits[maker.id] if edit.cell == cell)
    value = value_after(edit, rows[field][number], field, frame)
    rules = games.rules_of(rows, number)
    return told | {"field": field, "value": plain_value(field, value, rules, frame)}


def line_of_value(value: Any) -> str:
    """A plain value in a few words."""
    if isinstance(value, dict):
        best = sorted(value.items(), key=lambda item: -item[1])[:3]
        return " ".join(f"{vertex} {share:.2f}" for vertex, share in best)
    if isinstance(value, list):
        own, theirs = value.count(1), value.count(-1)
        return f"own {own}, other {theirs}"
    return "" if value is None else f"{value:g}"


def refs_told(history: History) -> Told:
    """Branches and tags with their commits, and the branch that is used."""
    graph = history.graph
    return {
        "head": graph.head,
        "branches": {name: commit or PLAYED_NAME for name, commit in graph.branches.items()},
        "tags": {name: commit or PLAYED_NAME for name, commit in graph.tags.items()},
    }
