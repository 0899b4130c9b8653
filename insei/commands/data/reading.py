"""`insei data RUN status`, `log`, `show`, `diff` and `blame`."""

from pathlib import Path
from typing import Any

from insei.commands.data.options import Json, Limit, open_history, say_json
from insei.printing.tables import Heading, table_text
from insei.system.errors import UserError
from insei.system.shown import say

OF_A_CELL = [Heading("game", is_number=False), Heading("ply"), Heading("field", is_number=False)]


def status(run: Path, /, *, json: Json = False) -> None:
    """Name the branch that is used, its newest commit, the games, and who trains the run."""
    history = open_history(run)
    from insei.selfplay.history.card import dataset_of_run

    told = dataset_of_run(run).card | {"training": history.trained_by}
    if json:
        say_json(told)
        return
    say(f"branch {told['branch']}, commit {told['commit'] or 'played: no edits'}")
    if told["tags"]:
        say(f"tags: {', '.join(told['tags'])}")
    say(f"{told['rows']:,} rows, SHA-256 {told['sha256'][:16]}")
    if told["training"]:
        say(f"training, by process {told['training']}; edits are learned from the next time")


def log(run: Path, commit: str = "HEAD", /, *, limit: Limit = 1000, json: Json = False) -> None:
    """List the commits that a commit comes from, newest first.

    Parameters
    ----------
    commit
        A branch, a tag, or the first digits of a commit's id.
    """
    history = open_history(run)
    from insei.selfplay.history.told import log_told

    told = log_told(history, commit, limit)
    if json:
        say_json(told)
        return
    if not told:
        say("no commits: the dataset is as it was played")
        return
    headings = [
        Heading("commit"), Heading("time"), Heading("author", is_number=False),
        Heading("cells"), Heading("names", is_number=False), Heading("message", is_number=False),
    ]  # fmt: skip
    rows = [
        [each["commit"][:9], each["time"], each["author"], each["edits"],
         ", ".join(each["names"]), each["message"]]
        for each in told
    ]  # fmt: skip
    say(table_text(headings, rows))


def show(run: Path, commit: str = "HEAD", /, *, limit: Limit = 40, json: Json = False) -> None:
    """Show a commit: who, when, why, and what it changed.

    Parameters
    ----------
    commit
        A branch, a tag, or the first digits of a commit's id.
    """
    history = open_history(run)
    from insei.selfplay.history.told import show_told

    told = show_told(history, commit, limit)
    if json:
        say_json(told)
        return
    if "author" not in told:
        say("played: the dataset before all edits")
        return
    say(f"commit {told['commit']} {', '.join(told['names'])}".rstrip())
    say(f"parents {', '.join(told['parents'])}")
    say(f"author {told['author']}, {told['time']} UTC")
    if told["proposer"]:
        proposer = told["proposer"]
        say(f"proposed by {proposer['weights'][:16]}, {proposer['visits']} visits, "
            f"seed {proposer['seed']}")  # fmt: skip
    say(f"\n    {told['message']}\n")
    say_changes(told["changes"], told["edits"])


def diff(
    run: Path, one: str, other: str = "HEAD", /, *, limit: Limit = 40, json: Json = False
) -> None:
    """List the cells whose values differ between two commits.

    Parameters
    ----------
    one
        A branch, a tag, a commit, or `played`.
    other
        The same; without it, the branch that is used.
    """
    history = open_history(run)
    from insei.selfplay.history.told import diff_told

    told = diff_told(history, one, other, limit)
    if json:
        say_json(told)
    elif not told["changes"]:
        say("no difference")
    else:
        say_changes(told["changes"], told["cells"])


def say_changes(changes: list[dict[str, Any]], count: int) -> None:
    """Print cells with their values before and after."""
    from insei.selfplay.history.told import line_of_value

    if not changes:
        return
    names = list(changes[0])[3:]  # before and after, or ours and theirs
    headings = [*OF_A_CELL, *(Heading(name, is_number=False) for name in names)]
    rows = [
        [each["game"], each["ply"], each["field"], *(line_of_value(each[name]) for name in names)]
        for each in changes
    ]
    say(table_text(headings, rows))
    if count > len(changes):
        say(f"{len(changes)} of {count:,} cells; --limit shows more")


def blame(
    run: Path, game: str, ply: str = "all", /, *, at: str = "HEAD", json: Json = False
) -> None:
    """Tell where the values of a game's rows come from: a commit, or the net that played it.

    Parameters
    ----------
    game
        The game's id, or its first digits.
    ply
        The number of moves before; without it, all rows of the game.
    at
        A branch, a tag or a commit.
    """
    history = open_history(run)
    from insei.selfplay.history.told import blame_told, line_of_value

    told = blame_told(history, game, ply_read(ply), at)
    if json:
        say_json(told)
        return
    headings = [
        Heading("ply"), Heading("field", is_number=False), Heading("value", is_number=False),
        Heading("commit", is_number=False), Heading("author", is_number=False),
        Heading("message", is_number=False),
    ]  # fmt: skip
    rows = [
        [each["ply"], each["field"], line_of_value(each["value"]), each["commit"][:9],
         each.get("author", f"net {each['generation']}"), each.get("message", "")]
        for each in told
    ]  # fmt: skip
    say(f"game {told[0]['game']}")
    say(table_text(headings, rows))


def ply_read(said: str) -> int | None:
    """A ply; None for `all`.

    Raises:
        UserError: it is none.
    """
    if said == "all":
        return None
    if not said.isdecimal() or len(said) > 5:
        raise UserError(f"ply {said!r}: wanted a number, or all")
    return int(said)
