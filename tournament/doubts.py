"""What the ratings don't tell: whether they fit the pairings, and what colour and opening did."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from insei.tournament.elo import expected_share
from insei.tournament.ratings import PRIOR_GAMES, Rating

FAR = 2.576  # standard deviations from what the ratings expect, exceeded by chance in 1 of 100
FEWEST = 10  # games of a pairing that is judged


@dataclass(frozen=True)
class Misfit:
    """A pairing that went another way than the two ratings say."""

    player: str
    opponent: str
    games: int
    share: float  # of the points, 0 to 1
    expected: float


def misfits(ratings: Sequence[Rating], points: Mapping[tuple[str, str], float]) -> list[Misfit]:
    """The pairings that a single number a player can't explain."""
    elo = {one.player: one.elo for one in ratings}
    found = []
    for (player, opponent), taken in points.items():
        games = taken + points[opponent, player]
        expected = expected_share(elo[player] - elo[opponent])
        variance = expected * (1 - expected) * games + PRIOR_GAMES / 4
        if games >= FEWEST and taken - expected * games > FAR * variance**0.5:
            found.append(Misfit(player, opponent, round(games), taken / games, expected))
    return sorted(found, key=lambda one: one.expected - one.share)


@dataclass(frozen=True)
class PairCount:
    """Openings played with both colours, by who took what."""

    one_side: int  # a player took more of the two games
    black: int  # Black took both games: the opening or the colour decided
    white: int
    other: int  # ties among them

    @property
    def pairs(self) -> int:
        """Pairs of games."""
        return self.one_side + self.black + self.white + self.other


def count_pairs(games: Sequence[dict[str, Any]]) -> PairCount:
    """Count what colour and opening decided."""
    pairs: dict[tuple[frozenset[str], int], list[int]] = defaultdict(list)
    for game in games:
        key = frozenset((game["black"], game["white"])), game["number"] // 2
        pairs[key].append(game["winner"])
    counts = {"one": 0, "black": 0, "white": 0, "other": 0}
    for winners in pairs.values():
        if len(winners) == 2:
            said = {(1, 1): "black", (2, 2): "white", (1, 2): "one", (2, 1): "one"}
            counts[said.get((winners[0], winners[1]), "other")] += 1
    return PairCount(counts["one"], counts["black"], counts["white"], counts["other"])
