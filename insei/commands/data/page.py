"""`insei data RUN page`: the dataset as a page."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from insei.printing.run_line import silence_libraries
from insei.system.errors import UserError
from insei.system.shown import say

FILE = "dataset.html"  # in the run's folder


def page(
    run: Path,
    file: Path | None = None,
    /,
    *,
    list_: Annotated[str | None, Parameter(name="--list")] = None,
    at: str = "HEAD",
) -> None:
    """Write one HTML file about the games: outcomes, openings, calibration, edits, positions.

    The file holds all it needs and may be sent to anybody. An earlier one is replaced.

    Parameters
    ----------
    file
        Where it goes; without it, `dataset.html` in the run's folder.
    list_
        A mined list, whose positions are shown; without it, the newest. Where nothing was mined,
        positions whose searched value differs most from the game's end.
    at
        A branch, a tag or a commit; `played` for no edits.
    """
    silence_libraries()
    from insei.selfplay.page.page import write_page

    path = file or run / FILE
    if path.suffix.lower() not in (".html", ".htm"):
        raise UserError(f"{path}: wanted a file that ends in .html")
    numbers = write_page(run, path, list_, at)
    say(f"{path}: {numbers.games:,} games, {numbers.rows:,} rows")
