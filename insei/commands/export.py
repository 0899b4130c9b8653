"""`insei export`: a run's games and rows as files of other programs."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from insei.printing.run_line import silence_libraries
from insei.system.shown import say

AtLeastOne = Annotated[int | None, Parameter(validator=validators.Number(gte=1))]


def export(
    run: Path,
    /,
    *,
    sgf: Path | None = None,
    npz: Path | None = None,
    parquet: Path | None = None,
    generations: str | None = None,
    limit: AtLeastOne = None,
) -> None:
    """Write a run's games as SGF, or its rows as npz in KataGo's layout or as Parquet.

    Example: `insei export runs/go5 --sgf games --generations 10-20`. The run may be in training.
    Nothing is overwritten. docs/data.md explains every column.

    Parameters
    ----------
    run
        The run's folder.
    sgf
        A new folder: every move of every game, as GENERATION/ID.sgf.
    npz
        A new file: the searched positions in KataGo's layout.
    parquet
        A new file: the searched positions as columns.
    generations
        The nets that finished the games: one, as in 12, or a span, as in 10-20 or 10-.
    limit
        At most so many games (SGF) or rows, the oldest first.
    """
    export_data(run, sgf, npz, parquet, generations, limit)


def export_data(
    run: Path,
    sgf: Path | None,
    npz: Path | None,
    parquet: Path | None,
    generations: str | None,
    limit: int | None,
    at: str = "HEAD",
) -> None:
    """Export the games of a run with the edits of a commit; says what was written."""
    silence_libraries()
    from insei.selfplay.data import load
    from insei.selfplay.data.export import export_npz, export_parquet, export_sgf, span_of
    from insei.system.errors import UserError

    chosen = [
        (write, path)
        for write, path in ((export_sgf, sgf), (export_npz, npz), (export_parquet, parquet))
        if path is not None
    ]
    if len(chosen) != 1:
        raise UserError("wanted one of --sgf FOLDER, --npz FILE and --parquet FILE")
    data = load(run, at)
    if generations is not None:
        data = data.of_generations(*span_of(generations))
    [(write, path)] = chosen
    done = write(data, path, limit)
    for notice in done.notices:
        say(notice)
    say(f"{done.path}: {done.count:,} {'games' if write is export_sgf else 'rows'}")
