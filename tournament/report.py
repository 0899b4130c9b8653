"""The report: one self-contained HTML file, with Markdown and JSON beside it."""

import itertools
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from insei.engine.rules import BLACK, EMPTY, WHITE
from insei.system.errors import UserError
from insei.system.files import write_text
from insei.system.shown import shown
from insei.tournament.cost import PlayerCost
from insei.tournament.markdown import code, escaped
from insei.tournament.match import PlayedGame
from insei.tournament.memory_use import MemoryUse
from insei.tournament.pace import Pace, pace_of
from insei.tournament.provenance import Session
from insei.tournament.ratings import Rating, fit, interval, superiority
from insei.tournament.residuals import PairCount, Residual, count_pairs, significant_residuals
from insei.tournament.schedule import schedule
from insei.tournament.tournament_config import TournamentConfig

MOST_REPLAYS = 10_000  # games in the page; all of them are in games.jsonl

BRIEF = 34  # characters of a name that fit beside the chart of ratings
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


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


def plain_in_html(value: object) -> object:
    """What a page's template puts out, before it is escaped."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def environment(suffix: str) -> jinja2.Environment:
    """Templates beside this file; whatever they put out is escaped, in HTML or in Markdown.

    Args:
        suffix: html or md.
    """
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    made = jinja2.Environment(
        loader=loader,
        autoescape=suffix == "html",
        finalize=plain_in_html if suffix == "html" else escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["percent"] = lambda share: f"{100 * share:.1f} %"
    made.filters["whole_percent"] = lambda share: f"{100 * share:.0f}"
    made.filters["signed"] = lambda number: f"{number:+.0f}"
    made.filters["short"] = short
    made.filters["code"] = code
    made.filters["brief"] = lambda name: name if len(name) <= BRIEF else name[: BRIEF - 1] + "…"
    return made


def short(number: float) -> str:
    """Three digits, and a letter for thousands, millions and so on."""
    for size, letter in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(number) >= size:
            scale = 1e3 if letter == " k" else size
            return f"{number / scale:.3g}{letter}"
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:.0f}"


def replays_of(games: list[PlayedGame]) -> Markup:
    """The games for the page's replay, as JSON that is safe inside HTML.

    Rows refer to lists of names and reasons by index. A move is two characters, and so is a win
    rate, in percent.
    """
    chosen = sorted(games, key=lambda game: game.number)[:MOST_REPLAYS]
    names = sorted({name for game in chosen for name in (game.black, game.white)})
    reasons = sorted({game.reason for game in chosen})
    rows = [
        [
            game.number,
            names.index(game.black),
            names.index(game.white),
            game.result,
            reasons.index(game.reason),
            game.opening_plies,
            "".join(map(pair_of, game.moves)),
            "".join(
                pair_of(round(100 * rate)) if rate is not None and 0 <= rate <= 1 else "--"
                for rate in game.win_rates
            ),
        ]
        for game in chosen
    ]
    return htmlsafe_json_dumps({"names": names, "reasons": reasons, "games": rows})


def pair_of(number: int) -> str:
    """A number below 1,296 as two digits of base 36."""
    return DIGITS[number // 36] + DIGITS[number % 36]


def write_report(
    folder: Path,
    config: TournamentConfig,
    games: list[PlayedGame],
    facts: Facts,
) -> TournamentReport:
    """Write report.html, report.md and report.json; returns what they show."""
    report = summarise(config, games, facts)
    span = [rating.low for rating in report.ratings] + [rating.high for rating in report.ratings]
    replays = replays_of(games)
    for suffix in ("html", "md"):
        text = (
            environment(suffix)
            .get_template(f"report.{suffix}.j2")
            .render(
                report=report,
                config=config,
                lowest=min(span),
                highest=max(max(span), min(span) + 1),
                replays=replays,
            )
        )
        write_text(folder / f"report.{suffix}", text)
    write_text(folder / "report.json", json.dumps(as_json(report), indent=2) + "\n")
    return report
