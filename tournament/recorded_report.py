"""A tournament's report.json as other programs read it: conditions, ratings, pairings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import Interval, Len

from insei.engine.rules import Rules
from insei.system.records import BadRecord, read_record

Share = Annotated[float, Interval(ge=0, le=1)]
Games = Annotated[int, Interval(ge=0, le=10**9)]


@dataclass(frozen=True)
class RecordedConditions:
    """Under what conditions the games were played."""

    rules: Rules
    games: Games  # of a pairing
    opening_plies: Annotated[int, Interval(ge=0, le=40)]
    seed: Annotated[int, Interval(ge=0, le=2**40)] = 1


@dataclass(frozen=True)
class RecordedRating:
    """A player's rating."""

    player: str
    elo: float
    low: float  # 95 % interval
    high: float


@dataclass(frozen=True)
class RecordedPairing:
    """What a player took from an opponent."""

    player: str
    opponent: str
    games: Games
    wins: Games
    ties: Games
    losses: Games
    share: Share
    low: Share  # 95 % interval
    high: Share


@dataclass(frozen=True)
class RecordedReport:
    """The part of report.json that ladders and cards are made of."""

    config: RecordedConditions
    ratings: Annotated[tuple[RecordedRating, ...], Len(1)]  # best first
    pairings: tuple[RecordedPairing, ...] = ()


def read_report(path: Path) -> RecordedReport:
    """Read a tournament's report.json.

    Raises:
        BadRecord: it can't be read, or is another file.
    """
    try:
        return read_record(RecordedReport, path)
    except OSError as error:
        raise BadRecord(f"{path}: {error.strerror}; wanted a tournament's report.json") from error
    except BadRecord as error:
        raise BadRecord(f"{error}; wanted a tournament's report.json") from error
