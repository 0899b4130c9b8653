"""The frozen ladders: players whose ratings were measured once, against whom others are rated.

One file a board size in insei/ladders/: the conditions, and each player's rating with its interval,
as a tournament of configs/ladder-*.yaml reported them; random is the anchor, at 0.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.rules import Rules

LADDERS = Path(__file__).parent / "ladders"


@dataclass(frozen=True)
class Rung:
    """A player of the ladder."""

    player: str
    elo: float
    low: float  # 95 % interval
    high: float


@dataclass(frozen=True)
class Ladder:
    """Rated players of one board size, and how they were rated."""

    rules: Rules
    opening_plies: int
    games: int  # of each pairing
    rungs: tuple[Rung, ...]  # best first

    def elo_of(self, player: str) -> Rung | None:
        """The rung of a player, if it stands on the ladder."""
        return next((rung for rung in self.rungs if rung.player == player), None)


def ladder_sizes() -> list[int]:
    """The sides of the boards that have a ladder."""
    return sorted(int(path.stem.partition("x")[0]) for path in LADDERS.glob("*.json"))


def read_ladder(size: int) -> Ladder:
    """The ladder of a board size.

    Raises:
        ValueError: there is none.
    """
    path = LADDERS / f"{size}x{size}.json"
    if not path.is_file():
        sizes = ", ".join(str(one) for one in ladder_sizes()) or "none yet"
        raise ValueError(f"no ladder for size {size}: wanted one of {sizes}")
    values = json.loads(path.read_text())
    return Ladder(
        Rules(**values["rules"]),
        values["opening_plies"],
        values["games"],
        tuple(Rung(**one) for one in values["rungs"]),
    )


def ladder_from(report: dict[str, Any]) -> dict[str, Any]:
    """What a ladder's file holds, from a tournament's report.json."""
    config = report["config"]
    return {
        "rules": config["rules"],
        "opening_plies": config["opening_plies"],
        "games": config["games"],
        "rungs": [
            {name: round(one[name], 1) if name != "player" else one[name]
             for name in ("player", "elo", "low", "high")}
            for one in report["ratings"]
        ],
    }  # fmt: skip
