"""The configuration of a tournament."""

import itertools
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, get_args

from insei.engine.rules import Rules
from insei.system.bounds import check_bounds, check_name
from insei.tournament.sprt import SprtConfig

Format = Literal["round robin", "gauntlet", "sprt"]
PLIES_PER_POINT = 6.0  # a game is scored as it stands after this many plies per point of the board


@dataclass(frozen=True)
class PairingConfig:
    """Games of the pairings whose two players match two patterns, in either order.

    Patterns are those of file names: `*` any text, `?` any character.

    Raises:
        ValueError: games is odd or below 0.
    """

    first: str = "*"
    second: str = "*"
    games: int = 20  # even; 0 for none

    def __post_init__(self) -> None:
        if self.games < 0 or self.games % 2:
            raise ValueError(f"games {self.games}: wanted an even number, 0 or more")

    def fits(self, one: str, other: str) -> bool:
        """Whether the pairing of two players matches."""
        return any(
            fnmatchcase(a, self.first) and fnmatchcase(b, self.second)
            for a, b in ((one, other), (other, one))
        )


@dataclass(frozen=True)
class TournamentConfig:
    """Who plays whom, how often, and under what rules.

    Raises:
        ValueError: a field is outside what is said beside it.
    """

    name: str = "tournament"  # the report goes to reports/NAME
    players: tuple[str, ...] = ("random", "capture", "influence")  # by the grammar of players
    format: Format = "round robin"  # gauntlet: the first against each other; sprt: two, decided
    sprt: SprtConfig = field(default_factory=SprtConfig)  # of the first player against the second
    rules: Rules = field(default_factory=lambda: Rules(9, 9, 7.0))
    games: int = (
        20  # of each pairing, even: each opening is played with both colours; the most in an sprt
    )
    pairings: tuple[
        PairingConfig, ...
    ] = ()  # pairings with other numbers of games; the first match counts
    opening_plies: int = 2  # random plies at the start of each game, 0 to 40
    openings: str = ""  # a folder of SGF games whose first plies are the openings; random if empty
    seed: int = 1  # 0 to 2^40
    workers: int = 2  # processes that play; 0: this process
    max_plies_per_point: float = PLIES_PER_POINT
    anchor: str = ""  # the player whose rating is 0; the first one if empty
    anchor_elo: float = 0.0

    def __post_init__(self) -> None:
        if len(self.players) < 2:
            raise ValueError(f"players {list(self.players)}: wanted at least two")
        if len(set(self.players)) != len(self.players):
            raise ValueError(f"players {list(self.players)}: wanted each once")
        if self.format not in get_args(Format):
            raise ValueError(f"format {self.format!r}: wanted one of {', '.join(get_args(Format))}")
        if self.format == "sprt" and len(self.players) != 2:
            raise ValueError(f"players {list(self.players)}: wanted two for an sprt")
        if self.games < 2 or self.games % 2:
            raise ValueError(f"games {self.games}: wanted an even number, 2 or more")
        self._check_pairings()
        if not 0 <= self.opening_plies <= 40:
            raise ValueError(f"opening_plies {self.opening_plies}: wanted 0 to 40")
        if self.workers < 0:
            raise ValueError(f"workers {self.workers}: wanted 0 or more")
        if not 1 <= self.max_plies_per_point <= 100:
            raise ValueError(f"max_plies_per_point {self.max_plies_per_point}: wanted 1 to 100")
        if self.anchor and self.anchor not in self.players:
            raise ValueError(f"anchor {self.anchor!r}: wanted one of {', '.join(self.players)}")
        check_name(self.name)
        check_bounds(self, ("seed", 0, 2**40), ("anchor_elo", -10_000, 10_000))

    @property
    def max_plies(self) -> int:
        """Plies after which a game is scored as it stands."""
        return int(self.max_plies_per_point * self.rules.num_points)

    @property
    def meetings(self) -> list[tuple[str, str]]:
        """Who meets whom."""
        if self.format == "gauntlet":
            return [(self.players[0], other) for other in self.players[1:]]
        return list(itertools.combinations(self.players, 2))

    def games_of(self, one: str, other: str) -> int:
        """The games of a pairing."""
        return next((each.games for each in self.pairings if each.fits(one, other)), self.games)

    def _check_pairings(self) -> None:
        """Check that each entry matches a pairing; else its patterns are misspelt."""
        if self.pairings and self.format == "sprt":
            raise ValueError("pairings: wanted none for an sprt, which has one pairing")
        for each in self.pairings:
            if not any(each.fits(*two) for two in self.meetings):
                raise ValueError(
                    f"pairings: {each.first!r} against {each.second!r} matches no pairing of "
                    f"{', '.join(self.players)}"
                )
