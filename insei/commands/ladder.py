"""`insei ladder`: a frozen ladder from a tournament's report."""

from pathlib import Path

from insei.system.shown import say


def ladder(report: Path, /, *, placed: int = 0) -> None:
    """Print the ladder that a tournament's report makes, as a file of insei's ladders.

    Example: `insei ladder reports/ladder7/report.json --placed 2 > 7x7.json`. The players of the
    tournament become the rungs that `insei rate` plays against.

    Parameters
    ----------
    report
        The tournament's report.json.
    placed
        The best so many players have a rating on the ladder, but are not played against.
    """
    from insei.system.records import json_of
    from insei.tournament.ladder import ladder_from
    from insei.tournament.recorded_report import read_report

    say(json_of(ladder_from(read_report(report), placed), indent=2))
