"""A tournament's result on the terminal: ratings and costs, the crosstable, what went wrong."""

from collections.abc import Iterator

from insei.printing.tables import Heading, narrowest, screen_width, table_text
from insei.tournament.page.chart import elo_text
from insei.tournament.page.templates import milliseconds, short
from insei.tournament.report import TournamentReport, milliseconds_of


def report_lines(report: TournamentReport, width: int | None = None) -> Iterator[str]:
    """The report in pieces that are lines or tables.

    Args:
        width: of the terminal; None asks it.
    """
    width = width or screen_width()
    rules = report.config.rules
    yield (
        f"{report.config.name}: {report.num_games:,} games"
        + (f" of {report.num_due:,}" if report.num_games < report.num_due else "")
        + f" on {rules.size_name}, komi {rules.komi:g}, {rules.scoring} scoring"
    )
    if report.facts.verdict:
        yield report.facts.verdict
    yield ""
    yield ratings_table(report, width)
    yield ""
    yield from crosstable_lines(report, width)
    commands = [(name, player) for player, name in report.names.items() if name != player]
    for name, player in commands:
        yield f"{name}: {player}"
    if commands:
        yield ""
    yield from warnings_of(report)


def ratings_table(report: TournamentReport, width: int) -> str:
    """Ratings and costs, best first."""
    headings = [
        Heading("#"), Heading("player", is_number=False), Heading("Elo"), Heading("95 %"),
        Heading("ms a move"), Heading("games", is_optional=True),
        Heading("score", is_optional=True), Heading("lines", is_optional=True),
        Heading("learned", is_optional=True),
    ]  # fmt: skip
    rows = []
    for place, one in enumerate(report.ratings, 1):
        pace = report.paces[one.player]
        rows.append(
            [
                place,
                report.names[one.player],
                elo_text(one.elo),
                "fixed" if one.low == one.high else f"±{(one.high - one.low) / 2:.0f}",
                milliseconds(milliseconds_of(pace)) if pace.moves else "–",
                one.games,
                f"{one.score:.1%}",
                pace.lines or "–",
                short(pace.parameters) if pace.parameters else "–",
            ]
        )
    return table_text(headings, rows, width)


def crosstable_lines(report: TournamentReport, width: int) -> Iterator[str]:
    """Points of each player against each, in percent, where the terminal is wide enough."""
    headings = [Heading("#"), Heading("percent of the points against", is_number=False)]
    headings += [Heading(str(place)) for place in range(1, len(report.ratings) + 1)]
    rows = []
    for place, row in enumerate(report.ratings, 1):
        cells = (report.cells.get((row.player, column.player)) for column in report.ratings)
        shares = [f"{100 * cell.share:.0f}" if cell else "" for cell in cells]
        rows.append([place, report.names[row.player], *shares])
    if narrowest(headings, rows) <= width:
        yield table_text(headings, rows, width)
    else:
        yield f"The crosstable of {len(rows)} players is in the report."
    yield ""


def warnings_of(report: TournamentReport) -> Iterator[str]:
    """What the ratings do not say: unexpected pairings, repeated games, failures."""
    names = report.names
    for one in report.residuals:
        yield (
            f"{names[one.player]} took {one.share:.0%} of {one.games} games from "
            f"{names[one.opponent]}; the ratings expect {one.expected:.0%} (p < 0.01)"
        )
    if report.repeats:
        yield f"{report.repeats} games repeat another of the same two: the intervals are too narrow"
    for player, reasons in report.failures.items():
        for reason, count in reasons.items():
            yield f"{names.get(player, player)} lost {count} games by failing: {reason}"
