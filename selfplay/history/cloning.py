"""A copy of a run's dataset with its history, and commits taken from another run's."""

from pathlib import Path

import lance
import pyarrow as pa

from insei.selfplay.data.dataset import open_table
from insei.selfplay.history.graph import PLAYED
from insei.selfplay.history.history import History
from insei.selfplay.history.names import check_name
from insei.selfplay.history.table import EDITS, Event, rows_of_commit, rows_of_events
from insei.selfplay.run import CONFIG_FILE, DATASET
from insei.system.errors import UserError
from insei.system.files import new_folder, read_text, write_text


def clone(run: Path, path: Path) -> None:
    """Copy a run's configuration, games and edits to a new run without checkpoints.

    The run may be in training: its tables are copied as they stand.

    Raises:
        FolderExists: something is at `path`.
        UserError: there is no run, or it has no games.
    """
    history = History(run)
    source = run / DATASET
    if not source.exists():
        raise UserError(f"{run} holds no games: wanted {DATASET} in it")
    games = open_table(source, history.frame)
    with new_folder(path) as unfinished:
        write_text(unfinished / CONFIG_FILE, read_text(run / CONFIG_FILE))
        copy_table(games, unfinished / DATASET)
        if history.edits.table is not None:
            copy_table(history.edits.table, unfinished / EDITS)


def copy_table(table: lance.LanceDataset, path: Path) -> None:
    """Copy a version of a table with its files."""
    table.deep_clone(str(path), table.version)


def fetch(run: Path, other: Path) -> list[str]:
    """Take in the commits of another run's dataset, such as a clone.

    Its branches appear here under its name: `NAME/main`.

    Returns:
        the names of the branches.

    Raises:
        UserError: the runs are of different boards, or a commit edits a game that isn't here, or
            a tag has the name of one of the branches.
    """
    history, theirs = History(run), History(other)
    for key, value in history.edits.terms.items():
        if (came := theirs.edits.terms[key]) != value:
            raise UserError(f"{other} is of games with {key} {came}; wanted {key} {value}")
    name = other.resolve().name
    check_name(name)
    with history.writing() as graph:
        new = [commit for commit in theirs.graph.commits.values() if commit.id not in graph.commits]
        rows = [(edit.game, edit.ply) for each in new for edit in theirs.graph.edits[each.id]]
        if rows:
            history.games.find(list(dict.fromkeys(rows)))
        branches = {
            f"{name}/{branch}": tip
            for branch, tip in theirs.graph.branches.items()
            if tip != PLAYED
        }
        if taken := [branch for branch in branches if branch in graph.tags]:
            raise UserError(f"tag {taken[0]!r} has the name of a branch that would come: delete it")
        told = [
            rows_of_commit(commit, theirs.graph.edits[commit.id], f"{name}/{commit.branch}")
            for commit in new
        ]
        events = [
            Event("branch", branch, tip, round(history.now(), 6), "").row
            for branch, tip in branches.items()
            if graph.branches.get(branch) != tip
        ]
        if told or events:
            history.edits.append(pa.concat_tables([*told, rows_of_events(events)]), f"fetch {name}")
    return list(branches)
