"""The report: one self-contained HTML file, with Markdown and JSON beside it."""

import itertools
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from insei.agents.grammar import is_external
from insei.agents.short_name import short_names
from insei.engine.rules import BLACK, EMPTY, WHITE
from insei.system.errors import UserError
from insei.system.files import write_text
from insei.tournament.cost import PlayerCost
from insei.tournament.match import PlayedGame
from insei.tournament.memory_use import MemoryUse
from insei.tournament.pace import Pace, pace_of
from insei.tournament.page.chart import HANDWRITTEN, LEARNED, PROGRAM, Chart, Rated, chart_of
from insei.tournament.page.replays import replays_of
from insei.tournament.page.templates import environment
from insei.tournament.provenance import Session
from insei.tournament.ratings import Rating, fit, interval, superiority
from insei.tournament.residuals import PairCount, Residual, count_pairs, significant_residuals
from insei.tournament.schedule import schedule
from insei.tournament.tournament_config import TournamentConfig

WIDE, NARROW = (640.0, 500.0), (360.0, 340.0)  # view boxes of the chart
SURE = 0.95  # that one player is stronger than another, to say so


@dataclass(frozen=True)
class Cell:
    """One player's results against another."""

    wins: int
    ties: int
    losses: int
    share: float  # of the points, 0 to 1
    low: float  # 95 % interval
    high: float

    @property
    def games(self) -> int:
        """Games of the pairing."""
        return self.wins + self.ties + self.losses


@dataclass(frozen=True)
class Facts:
    """What a report shows beside the games."""

    costs: dict[str, PlayerCost]  # by player
    memory: dict[str, MemoryUse] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    verdict: str = ""  # of an sprt, in words


@dataclass(frozen=True)
class TournamentReport:
    """All that the files show."""

    config: TournamentConfig
    ratings: list[Rating]
    cells: dict[tuple[str, str], Cell]
    paces: dict[str, Pace]
    black_share: float  # of the points, over all games
    mean_plies: float
    endings: dict[str, int]  # reasons, counted
    num_games: int
    num_due: int  # games that the schedule has
    ties: int
    repeats: int  # games identical to another one of the same players and colours
    superiorities: list[float]  # probability that each player is stronger than the next
    residuals: list[Residual]  # significant ones
    pairs: PairCount
    failures: dict[str, dict[str, int]]  # by player: reasons of lost games, counted
    facts: Facts
    names: dict[str, str]  # short ones, by player


def points_of(game: PlayedGame) -> float:
    """Black's points: a win 1, a tie one half."""
    return 1.0 if game.winner == BLACK else 0.0 if game.winner == WHITE else 0.5


def crosstable(games: list[PlayedGame], players: tuple[str, ...]) -> dict[tuple[str, str], Cell]:
    """Each ordered pair's cell; pairs that never met are left out."""
    counts: dict[tuple[str, str], list[int]] = {}
    for game in games:
        points = points_of(game)
        index = {1.0: 0, 0.5: 1, 0.0: 2}[points]
        counts.setdefault((game.black, game.white), [0, 0, 0])[index] += 1
        counts.setdefault((game.white, game.black), [0, 0, 0])[2 - index] += 1
    cells = {}
    for pair, (wins, ties, losses) in counts.items():
        if not set(pair) <= set(players):
            continue
        number = wins + ties + losses
        points = wins + ties / 2
        cells[pair] = Cell(wins, ties, losses, points / number, *interval(points, number))
    return cells


def failures_of(games: list[PlayedGame]) -> dict[str, dict[str, int]]:
    """By player, how often it failed or broke the rules, and why."""
    found: dict[str, Counter[str]] = {}
    for game in games:
        if game.result.endswith("+F"):
            loser = game.white if game.winner == BLACK else game.black
            found.setdefault(loser, Counter())[game.reason] += 1
    return {player: dict(reasons.most_common()) for player, reasons in found.items()}


def summarise(config: TournamentConfig, games: list[PlayedGame], facts: Facts) -> TournamentReport:
    """Reckon up games; raises ValueError where there are none."""
    if not games:
        raise UserError("no games: wanted at least one to report")
    cells = crosstable(games, config.players)
    points = {pair: cell.wins + cell.ties / 2 for pair, cell in cells.items()}
    players = list(config.players)
    met = {name for game in games for name in (game.black, game.white)}
    ratings = fit(players, points, config.anchor or players[0], config.anchor_elo)
    return TournamentReport(
        config,
        ratings,
        cells,
        {name: pace_of(name, games, facts.costs[name], facts.memory.get(name)) for name in players},
        float(np.mean([points_of(game) for game in games])),
        float(np.mean([len(game.moves) for game in games])),
        dict(Counter(game.reason.partition(":")[0] for game in games).most_common()),
        len(games),
        len(schedule(config)),
        sum(game.winner == EMPTY for game in games),
        len(games) - len({(game.black, game.white, *game.moves) for game in games}),
        [
            superiority(players, points, one.player, other.player)
            for one, other in itertools.pairwise(ratings)
        ],
        significant_residuals(ratings, points),
        count_pairs(games),
        failures_of(games),
        facts,
        short_names([one.player for one in ratings] + sorted(met - set(players))),
    )


def as_json(report: TournamentReport) -> dict[str, Any]:
    """The report as plain values."""
    return {
        "config": asdict(report.config),
        "games": report.num_games,
        "ratings": [asdict(rating) for rating in report.ratings],
        "pairings": [
            {"player": first, "opponent": second, "games": cell.games, **asdict(cell)}
            for (first, second), cell in report.cells.items()
        ],
        "paces": [asdict(pace) for pace in report.paces.values()],
        "black_share": report.black_share,
        "mean_plies": report.mean_plies,
        "endings": report.endings,
        "ties": report.ties,
        "repeats": report.repeats,
        "due": report.num_due,
        "superiorities": report.superiorities,
        "misfits": [asdict(residual) for residual in report.residuals],
        "pairs": asdict(report.pairs),
        "failures": report.failures,
        "sessions": [asdict(session) for session in report.facts.sessions],
        "verdict": report.facts.verdict,
    }


def kind_of(pace: Pace) -> str:
    """Whether a player learned, was written by hand, or is a program of somebody else's."""
    if is_external(pace.player):
        return PROGRAM
    return LEARNED if pace.parameters else HANDWRITTEN


def milliseconds_of(pace: Pace) -> float:
    """A move's median processor time; the wall time where that is unknown."""
    return (pace.cpu or pace.wall).median


def charts_of(report: TournamentReport) -> tuple[Chart, ...]:
    """Strength against cost, on a wide screen and on a narrow one; none if nobody moved."""
    rated = [
        Rated(
            rank,
            report.names[one.player],
            kind_of(report.paces[one.player]),
            milliseconds_of(report.paces[one.player]),
            one.elo,
            one.low,
            one.high,
        )
        for rank, one in enumerate(report.ratings, 1)
        if report.paces[one.player].moves
    ]
    if not rated:
        return ()
    return chart_of(rated, *WIDE, has_names=True), chart_of(rated, *NARROW, has_names=False)


def best_of(report: TournamentReport, kind: str) -> Rating | None:
    """The best player of a kind; None if there is none."""
    return next((one for one in report.ratings if kind_of(report.paces[one.player]) == kind), None)


def write_report(
    folder: Path,
    config: TournamentConfig,
    games: list[PlayedGame],
    facts: Facts,
) -> TournamentReport:
    """Write report.html, report.md, report.json and chart.svg; returns what they show."""
    report = summarise(config, games, facts)
    charts = charts_of(report)
    shared = {
        "report": report,
        "config": config,
        "kinds": {name: kind_of(pace) for name, pace in report.paces.items()},
        "milliseconds": {name: milliseconds_of(pace) for name, pace in report.paces.items()},
        "bests": [best for kind in (LEARNED, HANDWRITTEN) if (best := best_of(report, kind))],
        "is_sure": bool(report.superiorities) and report.superiorities[0] >= SURE,
        "charts": charts,
        "replays": replays_of(games, config.rules, report.names),
    }
    for suffix in ("html", "md"):
        text = environment(suffix).get_template(f"report.{suffix}.j2").render(shared)
        write_text(folder / f"report.{suffix}", text)
    if charts:
        text = environment("html").get_template("chart.svg.j2").render(charts=charts)
        write_text(folder / "chart.svg", text.strip() + "\n")
    write_text(folder / "report.json", json.dumps(as_json(report), indent=2) + "\n")
    return report
