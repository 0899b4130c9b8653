"""What ratings leave unexplained: pairings that deviate from them, and the effect of colour."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from insei.tournament.elo import expected_share
from insei.tournament.match import PlayedGame
from insei.tournament.ratings import PRIOR_GAMES, Rating

CRITICAL_Z = 2.576  # standard deviations; p < 0.01, two-sided
FEWEST_GAMES = 10  # of a pairing that is tested


@dataclass(frozen=True)
class Residual:
    """A pairing whose result deviates from the two ratings."""

    player: str
    opponent: str
    games: int
    share: float  # of the points, 0 to 1
    expected: float


def significant_residuals(
    ratings: Sequence[Rating], points: Mapping[tuple[str, str], float]
) -> list[Residual]:
    """The pairings in which a player took more points than the ratings predict, at p < 0.01.

    Args:
        points: (a, b) to the points that a took from b.
    """
    elo = {rating.player: rating.elo for rating in ratings}
    found = []
    for (player, opponent), taken in points.items():
        games = taken + points[opponent, player]
        expected = expected_share(elo[player] - elo[opponent])
        variance = expected * (1 - expected) * games + PRIOR_GAMES / 4
        if games >= FEWEST_GAMES and taken - expected * games > CRITICAL_Z * variance**0.5:
            found.append(Residual(player, opponent, round(games), taken / games, expected))
    return sorted(found, key=lambda residual: residual.expected - residual.share)


@dataclass(frozen=True)
class PairCount:
    """Openings played with both colours, counted by who won the two games."""

    one_side: int  # one player won both
    black: int  # Black won both: the opening or the colour decided
    white: int
    other: int  # with a tie

    @property
    def pairs(self) -> int:
        """Pairs of games."""
        return self.one_side + self.black + self.white + self.other


def count_pairs(games: Sequence[PlayedGame]) -> PairCount:
    """Count pairs of games with the same opening by what decided them."""
    pairs: dict[tuple[frozenset[str], int], list[int]] = defaultdict(list)
    for game in games:
        key = frozenset((game.black, game.white)), game.number // 2
        pairs[key].append(game.winner)
    counts = {"one": 0, "black": 0, "white": 0, "other": 0}
    for winners in pairs.values():
        if len(winners) == 2:
            kinds = {(1, 1): "black", (2, 2): "white", (1, 2): "one", (2, 1): "one"}
            counts[kinds.get((winners[0], winners[1]), "other")] += 1
    return PairCount(counts["one"], counts["black"], counts["white"], counts["other"])
