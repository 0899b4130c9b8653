"""The frozen ladders: players whose ratings were measured once, against whom others are rated.

Each board size has a file in tournament/ladders/. It holds the conditions, and each player's
rating with its 95 % interval, as a tournament of configs/ladder7.yaml or ladder9.yaml reported
them. Random is the anchor, at 0. Strong players too slow to be a rung, and players rated later, are
placed among the rungs. `insei ladder` writes such a file; placement.py rates others on it.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from annotated_types import Interval, Len

from insei.engine.rules import Rules
from insei.system.errors import UserError
from insei.system.records import read_record
from insei.tournament.recorded_report import RecordedReport

LADDERS = Path(__file__).parent / "ladders"


@dataclass(frozen=True)
class Rung:
    """A player of the ladder."""

    player: str
    elo: float
    low: float  # 95 % interval
    high: float

    def rounded(self) -> "Rung":
        """The rating with one decimal place, as files have it."""
        return Rung(self.player, round(self.elo, 1), round(self.low, 1), round(self.high, 1))


@dataclass(frozen=True)
class Ladder:
    """Rated players of one board size, and how they were rated, as a ladder's file holds them."""

    rules: Rules
    opening_plies: Annotated[int, Interval(ge=0, le=40)]
    games: Annotated[int, Interval(ge=2, le=10**6)]  # of each pairing
    rungs: Annotated[tuple[Rung, ...], Len(1)]  # best first; whom `insei rate` seats others against
    placed: tuple[Rung, ...] = ()  # rated against the rungs later, best first

    def without(self, player: str) -> "Ladder":
        """The ladder without that rung."""
        return replace(self, rungs=tuple(rung for rung in self.rungs if rung.player != player))

    def elo_of(self, player: str) -> Rung | None:
        """The rating of a player, if it was measured."""
        return next((rung for rung in (*self.rungs, *self.placed) if rung.player == player), None)


def ladder_sizes() -> list[int]:
    """The sides of the boards that have a ladder."""
    return sorted(int(path.stem.partition("x")[0]) for path in LADDERS.glob("*.json"))


def read_ladder(size: int) -> Ladder:
    """The ladder of a board size.

    Raises:
        UserError: there is none.
    """
    path = LADDERS / f"{size}x{size}.json"
    if not path.is_file():
        sizes = ", ".join(map(str, ladder_sizes())) or "none yet"
        raise UserError(f"no ladder for size {size}: wanted one of {sizes}")
    return read_record(Ladder, path)


def ladder_from(report: RecordedReport, num_placed: int = 0) -> Ladder:
    """The ladder that a tournament's report makes.

    Args:
        num_placed: so many of the best are placed, and are no rungs.

    Raises:
        UserError: fewer than two rungs would be left.
    """
    config = report.config
    most = len(report.ratings) - 2
    if not 0 <= num_placed <= most:
        raise UserError(f"placed {num_placed}: wanted 0 to {most}, so that two rungs are left")
    rated = tuple(Rung(one.player, one.elo, one.low, one.high).rounded() for one in report.ratings)
    return Ladder(
        config.rules, config.opening_plies, config.games, rated[num_placed:], rated[:num_placed]
    )
