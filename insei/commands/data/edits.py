"""`insei data RUN edit`, `revert`, `merge` and `add`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from insei.commands.data.options import Author, Message, open_history, say_committed
from insei.commands.data.reading import ply_read, say_changes
from insei.system.errors import UserError
from insei.system.shown import say

SHOWN = 20  # conflicts


def edit(
    run: Path,
    game: str,
    ply: str,
    field: str,
    value: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    message: Message,
    author: Author = "",
) -> None:
    """Edit a value of a row, or of all rows of a game, in one commit.

    Numbers are as the player to move sees them. `B+` or `W+` as an outcome, and `B+3.5` as a score,
    mean the same for both players. Weight 0 takes a row out of training.

    Parameters
    ----------
    game
        The game's id, or its first digits.
    ply
        The number of moves before; `all` for all rows of the game.
    field
        outcome, score, ownership, searched_value, weight or policy.
    value
        A number; `B+3.5`; for a policy `D4` or `D4=0.7,C3=0.3`; for some points' owners
        `D4=B,C3=none`; or `played`, for what was played.
    """
    history = open_history(run)
    say_committed(history, history.edit(game, ply_read(ply), field, value, message, author))


def revert(run: Path, commit: str, /, *, message: Message = "", author: Author = "") -> None:
    """Undo a commit by a new commit.

    Parameters
    ----------
    commit
        A branch, a tag, or the first digits of a commit's id.
    """
    history = open_history(run)
    say_committed(history, history.revert(commit, message, author))


def merge(
    run: Path,
    name: str,
    /,
    *,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    ours: bool = False,
    theirs: bool = False,
    message: Message = "",
    author: Author = "",
) -> None:
    """Take the edits of another branch into the branch that is used, cell by cell.

    A cell that both changed to different values is a conflict. Then nothing is merged, and the
    conflicts are listed.

    Parameters
    ----------
    name
        The branch, a tag or a commit.
    from_
        Another run with the same games, such as a clone, whose branch it is.
    ours
        Keep our values in conflicts.
    theirs
        Take their values in conflicts.
    """
    history = open_history(run)
    from insei.selfplay.history.history import Conflicts, Side
    from insei.selfplay.history.told import changes_told

    if ours and theirs:
        raise UserError("--ours and --theirs: wanted one of them")
    prefer: Side | None = "ours" if ours else "theirs" if theirs else None
    if from_ is not None:
        from insei.selfplay.history.cloning import fetch

        name = fetched(fetch(run, from_), name)
    try:
        commit = history.merge(name, message, author, prefer)
    except Conflicts as conflicts:
        say_changes(changes_told(history, conflicts.cells[:SHOWN]), len(conflicts.cells))
        raise
    if commit is None:
        say(f"{name} holds nothing new")
    else:
        say_committed(history, commit)


def fetched(branches: list[str], name: str) -> str:
    """The name here of another run's branch.

    Raises:
        UserError: it has none of this name with a commit.
    """
    found = {branch.partition("/")[2]: branch for branch in branches}
    if name not in found:
        raise UserError(f"branch {name!r}: wanted one of {', '.join(found) or 'none: no edits'}")
    return found[name]


def add(run: Path, /, *files: Path, message: Message = "", author: Author = "") -> None:
    """Add games of SGF files to the run, in one commit on the branch that is used.

    A game must be played to its end on a board of the run. The run must not be training.

    Parameters
    ----------
    files
        SGF files, collections of many games, archives, or folders of them.
    """
    history = open_history(run)
    from insei.selfplay.history.adding import add_games

    if not files:
        raise UserError("no files: wanted game records to add")
    added = add_games(run, files, message, author)
    for each in added.unreadable:
        say(f"not read: {each.source}: {each.reason}")
    for reason, count in added.left_out.most_common():
        say(f"{count:,} left out: {reason}")
    if added.commit is None:
        raise UserError("no game was added")
    history = open_history(run)
    say(f"{added.games:,} games, {added.rows:,} rows")
    say_committed(history, added.commit)
