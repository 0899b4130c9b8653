"""The configuration of a tournament."""

import itertools
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal

from insei.engine.rules import Rules
from insei.system.errors import UserError
from insei.system.setting import BadSetting, Setting, check_name, check_settings
from insei.system.worker_range import PROCESSES, NumWorkers, WorkerRange
from insei.tournament.sprt import SprtConfig

PLIES_PER_POINT = 6.0  # a game is scored as it stands after this many plies per point of the board


@dataclass(frozen=True)
class PairingConfig:
    """Games of the pairings whose two players match two patterns, in either order.

    Patterns are those of file names: `*` any text, `?` any character.

    Raises:
        ValueError: games is odd or below 0.
    """

    first: Annotated[str, Setting("a pattern for the name of one player")] = "*"
    second: Annotated[str, Setting("a pattern for the name of the other")] = "*"
    games: Annotated[
        int, Setting("games of the pairing; 0 leaves it out", 0, 10**6, multiple_of=2)
    ] = 20

    def __post_init__(self) -> None:
        check_settings(self)

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
        ValueError: a field is out of its bounds.
    """

    name: Annotated[str, Setting("the results go to reports/NAME")] = "tournament"
    players: Annotated[tuple[str, ...], Setting("names by the player grammar, at least two")] = (
        "random",
        "capture",
        "influence",
    )
    format: Annotated[
        Literal["round robin", "gauntlet", "sprt"],
        Setting("gauntlet: the first player against each other one; sprt: two, to a decision"),
    ] = "round robin"
    sprt: Annotated[SprtConfig, Setting("the first player against the second")] = field(
        default_factory=SprtConfig
    )
    rules: Annotated[Rules, Setting("rules of the games")] = field(
        default_factory=lambda: Rules(9, 9, 7.0)
    )
    games: Annotated[
        int,
        Setting(
            "games of each pairing, half with each colour; in an sprt at most",
            2,
            10**6,
            multiple_of=2,
        ),
    ] = 20
    pairings: Annotated[
        tuple[PairingConfig, ...],
        Setting("other numbers of games; the first entry that fits a pairing counts"),
    ] = ()
    opening_plies: Annotated[
        int, Setting("random legal plies that every game begins with", 0, 40, unit="plies")
    ] = 2
    openings: Annotated[
        str | None,
        Setting("a folder of SGF games to take openings from; null: random ones", once_null=""),
    ] = None
    seed: Annotated[int, Setting("random seed of openings and players", 0, 2**40)] = 1
    workers: Annotated[
        NumWorkers, Setting(f"processes that play: {PROCESSES}; 0: this one plays, without Ray")
    ] = 2
    anchor: Annotated[
        str | None, Setting("the player whose rating is given; null: the first", once_null="")
    ] = None
    anchor_elo: Annotated[float, Setting("the anchor's rating", -10_000, 10_000, unit="Elo")] = 0.0

    # A constant, once a key.
    max_plies_per_point: ClassVar[float] = PLIES_PER_POINT

    def __post_init__(self) -> None:
        check_name(self.name)
        check_settings(self)
        WorkerRange.of(self.workers)
        if len(self.players) < 2:
            raise BadSetting("players", list(self.players), "at least two")
        if len(set(self.players)) != len(self.players):
            raise BadSetting("players", list(self.players), "each once")
        if self.format == "sprt" and len(self.players) != 2:
            raise BadSetting("players", list(self.players), "two for an sprt")
        self._check_pairings()
        if self.anchor is not None and self.anchor not in self.players:
            raise BadSetting("anchor", self.anchor, f"one of {', '.join(self.players)}")

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
            raise UserError("pairings: wanted none for an sprt, which has one pairing")
        for each in self.pairings:
            if not any(each.fits(*two) for two in self.meetings):
                raise UserError(
                    f"pairings: {each.first!r} against {each.second!r} matches no pairing of "
                    f"{', '.join(self.players)}"
                )
