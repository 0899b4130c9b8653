"""One game between two players: its moves, the time of each, and how it ended."""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Literal

from annotated_types import Interval, Len

from insei.agents.carried import Packages, make_carried_player, packages_of
from insei.agents.net.architecture import BrokenNetwork
from insei.agents.player import RESIGN, ExternalPlayer, Player, PlayerFailed
from insei.engine.diagram import result_of
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, MAX_SIDE, WHITE, Rules, opponent
from insei.system.errors import UserError

Seconds = Annotated[float, Interval(ge=0)]
Text = Annotated[str, Len(0, 10_000)]
Side = Literal["black", "white"]

MOST_FAILURES = 3  # in a row, before a player forfeits its other games
RULES_KNOWN_BY = (  # what a game's id contains of the rules, in this order
    "width", "height", "komi", "ko", "suicide", "captures_to_win", "scoring", "pass_stones",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """A game to be played, and everything that determines it, so that it can be played anywhere."""

    number: int  # within its pairing, from 0
    black: str  # players by the grammar
    white: str
    rules: Rules
    opening: tuple[int, ...]
    seed: int
    max_plies: int
    fingerprints: tuple[str, str] = ("", "")  # of Black and White; "" accepts any

    @property
    def id(self) -> str:
        """The game's id, from everything that determines it; stable across versions."""
        rules = ", ".join(f"{name}={getattr(self.rules, name)!r}" for name in RULES_KNOWN_BY)
        players = f"{self.black!r}, {self.white!r}"
        text = f"({players}, Rules({rules}), {self.opening}, {self.seed}, {self.max_plies})"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class PlayedGame:
    """A game that was played, as a line of games.jsonl holds it."""

    id: Text
    number: Annotated[int, Interval(ge=0, le=10**9)]
    black: Text
    white: Text
    winner: Annotated[int, Interval(ge=EMPTY, le=WHITE)]  # EMPTY for a tie
    result: Text  # as SGF writes it, "B+3.5", "W+R"
    reason: Text  # "two passes", "captures", "resignation", "ply limit", "illegal move: ..." or so
    moves: list[Annotated[int, Interval(ge=0, le=MAX_SIDE**2)]]
    opening_plies: Annotated[int, Interval(ge=0, le=10**6)]
    seconds: dict[Side, list[Seconds]] = field(default_factory=dict)  # each move's
    # Boards evaluated, nets evaluated, ...
    operations: dict[Side, Annotated[int, Interval(ge=0)]] = field(default_factory=dict)
    cpu_seconds: dict[Side, list[Seconds | None]] = field(default_factory=dict)  # each move's
    win_rates: list[float | None] = field(default_factory=list)  # Black's, by each mover

    def rounded(self) -> "PlayedGame":
        """The game with its times rounded to microseconds, as it is saved."""
        return replace(
            self,
            seconds={
                side: [round(time, 6) for time in self.seconds[side]] for side in self.seconds
            },
            cpu_seconds={
                side: [None if time is None else round(time, 6) for time in times]
                for side, times in self.cpu_seconds.items()
            },
            win_rates=[None if rate is None else round(rate, 3) for rate in self.win_rates],
        )


class Scoresheet:
    """What is recorded of each side's moves during a game."""

    def __init__(self) -> None:
        self.seconds: dict[Side, list[float]] = {"black": [], "white": []}
        self.cpu_seconds: dict[Side, list[float | None]] = {"black": [], "white": []}
        self.operations: dict[Side, int] = {"black": 0, "white": 0}
        self.win_rates: list[float | None] = []

    def ask(self, player: Player, clock: Callable[[], float], position: Position) -> int:
        """Ask a player for its move, and record the time and cost; raises PlayerFailed."""
        side: Side = "black" if position.to_play == BLACK else "white"
        began, used = time.perf_counter(), clock()
        choice = player.choose(position)
        used = clock() - used
        self.seconds[side].append(time.perf_counter() - began)
        self.cpu_seconds[side].append(None if math.isnan(used) else used)
        self.operations[side] += max(0, choice.operations)
        self.win_rates.append(black_win_rate(choice.value, position.to_play))
        return choice.move


def play_game(job: Job, black: Player, white: Player) -> PlayedGame:
    """Play a job's game; an illegal move loses it, and so does a player that fails."""
    seats = {BLACK: black, WHITE: white}
    sheet = Scoresheet()
    position = Position(job.rules).play_all(job.opening)
    loser, reason = begin(job, seats)
    if not reason:
        loser, reason = play_on(job, seats, position, sheet)
    if reason:
        winner = opponent(loser)
        result = f"{'B' if winner == BLACK else 'W'}+{lost_as(reason)}"
    else:
        winner, result = position.winner(), result_of(position)
        passed = position.passes >= 2
        reason = "two passes" if passed else "captures" if position.is_over else "ply limit"
    return PlayedGame(
        job.id,
        job.number,
        job.black,
        job.white,
        winner,
        result,
        reason,
        position.moves,
        len(job.opening),
        sheet.seconds,
        sheet.operations,
        sheet.cpu_seconds,
        sheet.win_rates,
    )


def lost_as(reason: str) -> str:
    """How a result says that a side lost for this reason: "R", "F", or "" if the score decided."""
    if reason == "resignation":
        return "R"
    return "F" if reason.startswith(("failed: ", "illegal move: ")) else ""


def begin(job: Job, seats: dict[int, Player]) -> tuple[int, str]:
    """Begin the game for both players.

    Returns:
        the colour that could not begin and why, or EMPTY and "".
    """
    for colour, player in seats.items():
        try:
            player.new_game(job.rules, 2 * job.seed + colour)
        except (PlayerFailed, ValueError) as error:  # of these rules, or at all
            return colour, f"failed: {error}"
    return EMPTY, ""


def play_on(
    job: Job, seats: dict[int, Player], position: Position, sheet: Scoresheet
) -> tuple[int, str]:
    """Play to the end, in place.

    Returns:
        the colour that lost by resigning, failing or an illegal move, and why; or EMPTY and "".
    """
    clocks = {colour: clock_of(player) for colour, player in seats.items()}
    while not position.is_over and position.num_moves < job.max_plies:
        mover = position.to_play
        try:
            move = sheet.ask(seats[mover], clocks[mover], position)
        except (PlayerFailed, BrokenNetwork) as error:
            return mover, f"failed: {error}"
        if move == RESIGN:
            return mover, "resignation"
        if why := position.why_illegal(move):
            return mover, f"illegal move: {move}, {why}"
        position.play_in_place(move)
    return EMPTY, ""


def clock_of(player: Player) -> Callable[[], float]:
    """A function that reads the processor time of the player's process, in seconds."""
    return player.cpu_seconds if isinstance(player, ExternalPlayer) else time.process_time


def black_win_rate(value: float | None, mover: int) -> float | None:
    """The mover's value, -1 to 1, as Black's win rate, 0 to 1; None for a value that is NaN."""
    if value is None or not math.isfinite(value):
        return None
    return (1 + value) / 2 if mover == BLACK else (1 - value) / 2


def forfeit(job: Job, loser: int, why: str) -> PlayedGame:
    """A job's game, lost by `loser` without a move."""
    winner = opponent(loser)
    result = f"{'B' if winner == BLACK else 'W'}+F"
    none: dict[Side, list[float]] = {"black": [], "white": []}
    return PlayedGame(
        job.id,
        job.number,
        job.black,
        job.white,
        winner,
        result,
        f"failed: {why}",
        list(job.opening),
        len(job.opening),
        none,
        {"black": 0, "white": 0},
    )


def packages_for(jobs: Iterable[Job]) -> Packages:
    """The packages that the players of these games need; see `packages_of`."""
    return packages_of({name for job in jobs for name in (job.black, job.white)})


class GameRunner:
    """Plays games one after the other, and makes each player once.

    A player that failed in `MOST_FAILURES` games in a row forfeits the rest.

    Args:
        packages: of players whose folders this machine may lack.
    """

    def __init__(self, packages: Packages = MappingProxyType({})) -> None:
        self.packages = packages
        self.players: dict[str, Player] = {}
        self.failures: Counter[str] = Counter()  # games in a row that each player failed in

    def carry(self, packages: Packages) -> None:
        """Make players that are not made yet from these packages."""
        self.packages = packages

    def play(self, jobs: list[Job]) -> list[PlayedGame]:
        """Play games one after the other.

        Raises:
            UserError: a player's name is unknown, its package damaged, or it has changed.
        """
        return [self._play(job) for job in jobs]

    def _play(self, job: Job) -> PlayedGame:
        seats = {BLACK: job.black, WHITE: job.white}
        for colour, name in seats.items():
            if self.failures[name] >= MOST_FAILURES:
                return forfeit(job, colour, f"given up after {MOST_FAILURES} games that failed")
        black, white = (
            self._seat(name, fingerprint)
            for name, fingerprint in zip(seats.values(), job.fingerprints, strict=True)
        )
        game = play_game(job, black, white)
        for colour, name in seats.items():
            failed = game.reason.startswith("failed: ") and game.winner == opponent(colour)
            self.failures[name] = self.failures[name] + 1 if failed else 0
        return game

    def close(self) -> None:
        """Give back what the players hold."""
        for player in self.players.values():
            player.close()
        self.players.clear()

    def _seat(self, name: str, fingerprint: str) -> Player:
        if name not in self.players:
            self.players[name] = make_carried_player(name, self.packages)
        player = self.players[name]
        if fingerprint not in ("", player.fingerprint):
            raise UserError(
                f"{name} has changed since the tournament began; wanted a player that stays the "
                "same, as a checkpoint or milestone of a run"
            )
        return player
