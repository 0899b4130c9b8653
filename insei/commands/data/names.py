"""`insei data RUN branch`, `switch` and `tag`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from insei.commands.data.options import Json, open_history, say_json
from insei.system.shown import say


def branch(
    run: Path,
    name: str | None = None,
    at: str = "HEAD",
    /,
    *,
    delete: str | None = None,
    json: Json = False,
) -> None:
    """List the branches, or make one.

    Parameters
    ----------
    name
        Of a new branch.
    at
        The commit where it begins.
    delete
        The branch whose name is deleted; its commits stay.
    """
    list_or_change(run, "branches", name, at, delete, json)


def tag(
    run: Path,
    name: str | None = None,
    at: str = "HEAD",
    /,
    *,
    delete: str | None = None,
    json: Json = False,
) -> None:
    """List the tags, or give a commit a name for good.

    Parameters
    ----------
    name
        Of a new tag.
    at
        The commit.
    delete
        The tag whose name is deleted.
    """
    list_or_change(run, "tags", name, at, delete, json)


def list_or_change(
    run: Path, kind: str, name: str | None, at: str, delete: str | None, json: bool
) -> None:
    """List branches or tags, make one, or delete one."""
    history = open_history(run)
    from insei.selfplay.history.told import refs_told

    if delete is not None:
        (history.delete_branch if kind == "branches" else history.delete_tag)(delete)
        say(f"{delete} is deleted; its commits stay")
        return
    if name is not None:
        (history.create_branch if kind == "branches" else history.create_tag)(name, at)
        say(f"{name}: {refs_told(history)[kind][name]}")
        return
    told = refs_told(history)
    if json:
        say_json({"head": told["head"], kind: told[kind]})
        return
    for each, commit in told[kind].items():
        mark = "*" if kind == "branches" and each == told["head"] else " "
        say(f"{mark} {each}  {commit[:9]}")


def switch(
    run: Path,
    name: str,
    /,
    *,
    create: Annotated[bool, Parameter(alias="-c", negative=())] = False,
) -> None:
    """Use another branch: training, exports and edits follow it.

    Parameters
    ----------
    name
        The branch.
    create
        Make it first.
    """
    history = open_history(run)
    if create:
        history.create_branch(name)
    history.switch(name)
    say(f"branch {name}, commit {history.graph.tip[:9] or 'played'}")
    if pid := history.trained_by:
        say(f"{run} is training (process {pid}): it uses the branch when it goes on the next time")
