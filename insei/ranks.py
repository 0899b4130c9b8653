"""Ranks in kyu and dan: estimates, from Elo ratings and one known player.

The known player is GNU Go 3.8 at level 10, about 8 to 9 kyu on 19x19. A ladder holds its Elo. How
much Elo a rank is worth is the European Go Federation's formula of 1998 to 2021, on 19x19. On a
smaller board a game has fewer moves to tell two players apart, and a rank is worth less.
"""

from dataclasses import dataclass
from functools import cache
from math import exp

from insei.tournament.ladder import Ladder, Rung, ladder_sizes, read_ladder

GNU_GO = "gtp:gnugo --mode gtp --level 10 --chinese-rules --capture-all-dead"
GNU_GO_GOR = 1250  # on the European scale, where 2100 is 1 dan and a rank is 100
ELO_SCALE = 3474  # 400 log10(e) · 20: from the formula's spread a = 205 - rating / 20
WEAKEST, STRONGEST = -30, 5  # beyond these the scale means nothing
BORROWED_ROUGHNESS = 2.0  # ranks more, where another board's ladder stands in


@dataclass(frozen=True)
class Rank:
    """A rank, and how rough it is.

    Attributes:
        steps: 0 for 1 dan, 1 for 2 dan, -1 for 1 kyu, and so on; not rounded.
        roughness: in ranks, to either side.
    """

    steps: float
    roughness: float

    def short(self) -> str:
        """As SGF has it: 12k, 3d."""
        whole = round(min(max(self.steps, WEAKEST), STRONGEST - 1))
        return f"{whole + 1}d" if whole >= 0 else f"{-whole}k"

    def name(self) -> str:
        """As players write it."""
        name = self.short().replace("k", " kyu").replace("d", " dan")
        if self.steps <= WEAKEST:
            return f"{name} or weaker"
        return f"{name} or stronger" if self.steps >= STRONGEST - 1 else name

    def text(self) -> str:
        """The rank with its roughness."""
        if self.steps <= WEAKEST or self.steps >= STRONGEST - 1:
            return self.name()
        return f"about {self.name()} (±{round(self.roughness)})"


def ladder_of(size: int) -> Ladder | None:
    """The ladder of a size; None if there is none."""
    return read_ladder(size) if size in ladder_sizes() else None


def rated_on(size: int) -> bool:
    """Whether there is a ladder for this size."""
    return size in ladder_sizes()


def rating_text(player: str, size: int) -> str:
    """A rating on a size with its 95 % interval."""
    ladder = ladder_of(size)
    rung = ladder.elo_of(player) if ladder else None
    if rung is None:
        return "not rated"
    return f"{rung.elo:+.0f} ±{(rung.high - rung.low) / 2:.0f}"


def rank_from(elo: float, gnu_go_elo: float, size: int) -> float:
    """The rank, 0 for 1 dan, of a player with this Elo on a board of this side.

    Args:
        elo, gnu_go_elo: of the player and of GNU Go on one ladder.

    Source: the rating system of the European Go Federation. A win has the odds exp(D / a) for D
    points of difference; a falls with the rating. One integral over D gives Elo. The scale with the
    side is ours: Elo grows as the square root of the number of moves.
    """
    spread = 205 - GNU_GO_GOR / 20
    scale = ELO_SCALE * size / 19
    return (20 * (205 - spread * exp(-(elo - gnu_go_elo) / scale)) - 2100) / 100


@cache
def rank_on(player: str, size: int) -> Rank | None:
    """The rank of a player on a board; None if no ladder has both it and GNU Go."""
    for other in sorted(ladder_sizes(), key=lambda side: (abs(side - size), side)):
        ladder = read_ladder(other)
        rung, known = ladder.elo_of(player), ladder.elo_of(GNU_GO)
        if rung is not None and known is not None:
            return _rank(rung, known, size, other)
    return None


def _rank(rung: Rung, known: Rung, size: int, ladder_size: int) -> Rank:
    steps = rank_from(rung.elo, known.elo, ladder_size)
    distance = abs(steps - rank_from(known.elo, known.elo, ladder_size))
    # GNU Go's own rank is known to two; a smaller board and a longer way from it add to that.
    roughness = 2 + (19 - size) / 5 + distance / 4
    return Rank(steps, roughness + (BORROWED_ROUGHNESS if size != ladder_size else 0))


def stones_between(stronger: Rank, weaker: Rank, size: int) -> int:
    """The handicap that makes a game between two ranks about even, 0 to 9 stones.

    A stone is worth a rank on 19x19. On a smaller board it covers a larger part of it.
    """
    stones = (stronger.steps - weaker.steps) * size * size / 361
    return min(9, max(0, round(stones)))
