"""`insei curve`: the strength of runs as they went on, against hours and against games."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.commands.options import Address, Reports, Workers
from insei.printing.games_bar import GamesBar
from insei.printing.run_line import silence_libraries
from insei.printing.tables import Heading, table_text
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.studies.curve import Curve


def curve(
    runs: list[Path],
    /,
    *,
    out: Path = Path("curve.svg"),
    against: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    most: int = 8,
    games: int = 10,
    visits: int = 0,
    size: int | None = None,
    opening_plies: int = 4,
    workers: Workers = 2,
    reports: Reports = Path("reports"),
    address: Address = None,
) -> None:
    """Play runs' kept nets among each other, rate them, and draw rating against hours and games.

    Example: `insei curve runs/go7 --out go7.svg --against random influence
    "gtp:gnugo --mode gtp --chinese-rules --capture-all-dead"`.
    Games are kept in reports/NAME, NAME being that of the picture. The same command continues after
    a stop, and plays only what is new once the runs have grown.

    Parameters
    ----------
    runs
        Folders of runs, on the same board.
    out
        The picture: a file that ends in .svg, .png or .pdf.
    against
        Players drawn in as levels, the first one at 0; random, capture and influence by default.
    most
        Nets of each run, spread over its milestones.
    games
        Of each pairing, even.
    visits
        Simulations of the nets; 0 for the nets alone.
    size
        Side of the board; the largest of the first run's by default.
    opening_plies
        Random plies that every game begins with.
    """
    silence_libraries()
    from insei.selfplay.studies.curve import CurveConfig, measure_curve
    from insei.selfplay.studies.curve_picture import check_picture, draw_curve

    check_picture(out)
    levels = tuple(against or CurveConfig.against)
    config = CurveConfig(out.stem, levels, most, games, visits, size, opening_plies, workers)
    with GamesBar() as bar:
        found = measure_curve(
            runs, config, reports=reports, address=address, watch=bar.show, notice=bar.notice
        )
    draw_curve(found, out)
    say(table_of(found))
    say("")
    say(f"{out}: {levels[0]} at 0; report: {found.page}")


def table_of(curve: "Curve", width: int | None = None) -> str:
    """The nets in the order of their runs, as a table."""
    headings = [
        Heading("run", is_number=False), Heading("generation"), Heading("hours"), Heading("games"),
        Heading("Elo"), Heading("95 %"),
    ]  # fmt: skip
    rows = [
        [
            point.net.run,
            point.net.generation,
            f"{point.net.hours:.2f}",
            f"{point.net.games:,}",
            f"{point.elo:+.0f}",
            f"{point.low:+.0f} to {point.high:+.0f}",
        ]
        for point in curve.points
    ]
    return table_text(headings, rows, width)
