"""The frozen ladders: players whose ratings were measured once, against whom others are rated.

Each board size has a file in tournament/ladders/. It holds the conditions, and each player's
rating with its 95 % interval, as a tournament of configs/ladder7.yaml or ladder9.yaml reported
them. Random is the anchor, at 0. Strong players too slow to be a rung, and players rated later, are
placed among the rungs. `insei ladder` writes such a file; placement.py rates others on it.
"""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from insei.engine.rules import Rules
from insei.system.errors import UserError

LADDERS = Path(__file__).parent / "ladders"


@dataclass(frozen=True)
class Rung:
    """A player of the ladder."""

    player: str
    elo: float
    low: float  # 95 % interval
    high: float


RUNG_FIELDS = tuple(field.name for field in fields(Rung))


@dataclass(frozen=True)
class Ladder:
    """Rated players of one board size, and how they were rated."""

    rules: Rules
    opening_plies: int
    games: int  # of each pairing
    rungs: tuple[Rung, ...]  # best first; whom `insei rate` seats others against
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
    values = json.loads(path.read_text())
    return Ladder(
        Rules(**values["rules"]),
        values["opening_plies"],
        values["games"],
        tuple(Rung(**rung) for rung in values["rungs"]),
        tuple(Rung(**rung) for rung in values.get("placed", [])),
    )


def read_report(path: Path) -> dict[str, Any]:
    """Read a tournament's report.json.

    Raises:
        UserError: it can't be read, or is another file.
    """
    try:
        report = json.loads(path.read_text())
        if {"rules", "opening_plies", "games"} <= report["config"].keys() and report["ratings"]:
            return dict(report)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; wanted a tournament's report.json") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise UserError(f"{path}: wanted a tournament's report.json")


def ladder_from(report: dict[str, Any], num_placed: int = 0) -> dict[str, Any]:
    """What a ladder's file holds, from a tournament's report.json.

    Args:
        num_placed: so many of the best are placed, and are no rungs.

    Raises:
        UserError: fewer than two rungs would be left.
    """
    config = report["config"]
    most = len(report["ratings"]) - 2
    if not 0 <= num_placed <= most:
        raise UserError(f"placed {num_placed}: wanted 0 to {most}, so that two rungs are left")
    rated = [
        {name: rating[name] if name == "player" else round(rating[name], 1) for name in RUNG_FIELDS}
        for rating in report["ratings"]
    ]
    return {
        "rules": config["rules"],
        "opening_plies": config["opening_plies"],
        "games": config["games"],
        "rungs": rated[num_placed:],
        "placed": rated[:num_placed],
    }
