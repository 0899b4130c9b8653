"""A player's rating on a frozen ladder.

from insei.tournament.placement import rate_player

rated = rate_player("capture", read_ladder(7), games=20)
print(rated.rating.elo, rated.rating.low, rated.rating.high)
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from math import cosh, hypot

from insei.agents.grammar import make_player
from insei.system.errors import UserError
from insei.system.worker_range import NumWorkers, WorkerRange
from insei.tournament.elo import ELO
from insei.tournament.ladder import Ladder, Rung
from insei.tournament.match import Job, PlayedGame
from insei.tournament.playing import play_games
from insei.tournament.provenance import identity_of
from insei.tournament.ratings import place
from insei.tournament.report import Cell, crosstable, failures_of
from insei.tournament.run import Progress
from insei.tournament.schedule import pairing_jobs
from insei.tournament.session import ignore
from insei.tournament.tournament_config import PLIES_PER_POINT

SWEEPS = 100  # until players that met each other have settled


@dataclass(frozen=True)
class Placement:
    """A player's rating on a ladder, and what it took from each rung."""

    rating: Rung
    cells: tuple[tuple[Rung, Cell], ...]  # the player's results, best rung first
    num_games: int
    failures: dict[str, dict[str, int]]  # by player: why games were lost by failing, counted


def rate_player(
    player: str,
    ladder: Ladder,
    *,
    games: int = 20,
    seed: int = 1,
    workers: NumWorkers = 0,
    address: str | None = None,
    watch: Callable[[Progress], None] = ignore,
    notice: Callable[[str], None] = ignore,
) -> Placement:
    """Play a player against each rung of a ladder, and rate it.

    Args:
        player: by the grammar. If it is a rung itself, it is rated against the others.
        games: against each rung, even. Each opening is played with both colours.
        seed: of openings and players.
        workers, address, notice: as `play_games`.
        watch: told how far the games are.

    Raises:
        UserError: a number is out of bounds, or the player is unknown or can't be started.
    """
    if games < 2 or games % 2:
        raise UserError(f"games {games}: wanted an even number, 2 or more")
    WorkerRange.of(workers)
    with closing(make_player(player)) as made:
        identity_of(made, plays=True)
    rungs = [rung for rung in ladder.rungs if rung.player != player]
    jobs = jobs_against(player, rungs, ladder, games, seed)
    played: list[PlayedGame] = []
    for ended in play_games(jobs, workers, address, notice):
        played += ended
        watch(Progress(len(played), len(jobs)))
    cells = crosstable(played, (player, *(rung.player for rung in rungs)))
    points = {
        pair: (cell.share * cell.games, cell.games)
        for pair, cell in cells.items()
        if pair[0] == player
    }
    [rating] = placed_on(ladder.without(player), points)
    met = tuple((rung, cells[player, rung.player]) for rung in rungs)
    return Placement(rating, met, len(played), failures_of(played))


def jobs_against(
    player: str, rungs: list[Rung], ladder: Ladder, games: int, seed: int
) -> list[Job]:
    """The games of a player against rungs, by the ladder's rules."""
    rules, plies = ladder.rules, ladder.opening_plies
    longest = int(PLIES_PER_POINT * rules.num_points)
    return [
        job
        for rung in rungs
        for job in pairing_jobs(player, rung.player, rules, games, plies, seed, longest)
    ]


def placed_on(ladder: Ladder, points: Mapping[tuple[str, str], tuple[float, int]]) -> list[Rung]:
    """Rate new players by their games against rungs and among themselves; the rungs stay fixed.

    A new player's interval adds its own games' error and the error of the rungs that it met, by the
    information in each pairing. The rungs' errors are correlated, so they are not averaged away.

    Args:
        points: (a, b) to the points that a took from b, and their games.

    Returns:
        the new players, best first.

    Raises:
        UserError: no chain of games connects a player to a rung.
    """
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
        raise UserError(f"{', '.join(lost)}: wanted games that lead to a rung")
    found = [
        Rung(name, elo, elo - half, elo + half) for name in names for elo, half in [known[name]]
    ]
    return sorted(found, key=lambda rung: -rung.elo)
