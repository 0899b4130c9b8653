"""The frozen ladders: players whose ratings were measured once, against whom others are rated.

One file a board size in tournament/ladders/: the conditions, and each player's rating with its
interval, as a tournament of configs/ladder7.yaml or ladder9.yaml reported them; random is the
anchor, at 0. Players too slow to be met by everybody who is rated, or rated later, are placed
among the rungs.

    python -m insei.tournament.ladder reports/ladder7/report.json 2 > tournament/ladders/7x7.json

writes one, the two best players placed.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import cosh, hypot
from pathlib import Path
from typing import Any

from insei.engine.rules import Rules
from insei.tournament.elo import ELO

LADDERS = Path(__file__).parent / "ladders"
SWEEPS = 100  # in which players that met each other come to rest


@dataclass(frozen=True)
class Rung:
    """A player of the ladder."""

    player: str
    elo: float
    low: float  # 95 % interval
    high: float


RUNG_FIELDS = tuple(one.name for one in fields(Rung))


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
        return replace(self, rungs=tuple(one for one in self.rungs if one.player != player))

    def elo_of(self, player: str) -> Rung | None:
        """The rating of a player, if it was measured."""
        return next((rung for rung in (*self.rungs, *self.placed) if rung.player == player), None)


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
        tuple(Rung(**one) for one in values.get("placed", [])),
    )


def ladder_from(report: dict[str, Any], num_placed: int = 0) -> dict[str, Any]:
    """What a ladder's file holds, from a tournament's report.json; the best so many are placed."""
    config = report["config"]
    rated = [
        {name: one[name] if name == "player" else round(one[name], 1) for name in RUNG_FIELDS}
        for one in report["ratings"]
    ]
    return {
        "rules": config["rules"],
        "opening_plies": config["opening_plies"],
        "games": config["games"],
        "rungs": rated[num_placed:],
        "placed": rated[:num_placed],
    }


def placed_on(ladder: Ladder, points: Mapping[tuple[str, str], tuple[float, int]]) -> list[Rung]:
    """Rate players that are no rungs from games against rungs and among themselves.

    The rungs stay where they are. A new player's interval holds its own games' and, for the rungs'
    errors go together, the whole interval of those that it was mostly measured against.

    Args:
        points: (a, b) to the points that a took from b, and their games.

    Returns:
        the new players, best first.

    Raises:
        ValueError: the games lead from a player to no rung.
    """
    from insei.tournament.ratings import place

    both = dict(points) | {(b, a): (games - won, games) for (a, b), (won, games) in points.items()}
    middle = {rung.player: (rung.elo, (rung.high - rung.low) / 2) for rung in ladder.rungs}
    names = sorted({a for a, _ in both} - set(middle))
    known = dict(middle)
    for _ in range(SWEEPS):
        for name in names:
            met = [(b, *both[a, b]) for a, b in both if a == name and b in known]
            if not met:
                continue
            elo, own = place([(known[b][0], won, games) for b, won, games in met])
            weights = [games / (2 + 2 * cosh((elo - known[b][0]) / ELO)) for b, _, games in met]
            theirs = sum(w * known[b][1] for w, (b, _, _) in zip(weights, met, strict=True))
            known[name] = elo, hypot(own, theirs / sum(weights))
    if lost := [name for name in names if name not in known]:
        raise ValueError(f"{', '.join(lost)}: wanted games that lead to a rung")
    found = [
        Rung(name, elo, elo - half, elo + half) for name in names for elo, half in [known[name]]
    ]
    return sorted(found, key=lambda rung: -rung.elo)


def main() -> None:
    """Print the ladder that a tournament's report makes."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("report", type=Path, help="a tournament's report.json")
    parser.add_argument("placed", type=int, nargs="?", default=0, help="of the best, no rungs")
    words = parser.parse_args()
    try:
        report = json.loads(words.report.read_text())
        print(json.dumps(ladder_from(report, words.placed), indent=2))
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"{words.report}: {error!r}; wanted a tournament's report.json")


if __name__ == "__main__":
    main()
