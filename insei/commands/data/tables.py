"""`insei data RUN clone`, `export` and `mend`."""

from pathlib import Path

from insei.commands.export import AtLeastOne, export_data
from insei.printing.run_line import silence_libraries
from insei.system.shown import say


def clone(run: Path, new: Path, /) -> None:
    """Copy a run's configuration, games and edits to a new run, without its nets.

    Parameters
    ----------
    new
        The new run's folder.
    """
    silence_libraries()
    from insei.selfplay.history.cloning import clone as copy

    copy(run, new)
    say(f"{new}: a clone of {run}; `insei data {run} merge main --from {new}` takes edits back")


def export(
    run: Path,
    /,
    *,
    sgf: Path | None = None,
    npz: Path | None = None,
    parquet: Path | None = None,
    at: str = "HEAD",
    generations: str | None = None,
    limit: AtLeastOne = None,
) -> None:
    """Write a run's games as SGF, or its rows as npz in KataGo's layout or as Parquet, as edited.

    Parameters
    ----------
    sgf
        A new folder: every move of every game.
    npz
        A new file: the searched positions in KataGo's layout.
    parquet
        A new file: the searched positions as columns.
    at
        A branch, a tag or a commit; `played` for no edits.
    generations
        The nets that finished the games: one, as in 12, or a span, as in 10-20 or 10-.
    limit
        At most so many games (SGF) or rows, the oldest first.
    """
    export_data(run, sgf, npz, parquet, generations, limit, at)


def mend(run: Path, /) -> None:
    """Go on from the last whole version of a table of edits that was cut short.

    What can't be read is set aside beside the table.
    """
    silence_libraries()
    from insei.selfplay.history.history import History

    said = History.mend(run)
    for line in said:
        say(line)
    if not said:
        say(f"{run}: the table of edits is whole")
