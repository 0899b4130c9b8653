"""The schedule: every pairing plays every opening twice, colours swapped."""

import zlib
from pathlib import Path

from insei.engine.rules import Rules
from insei.tournament.match import Job
from insei.tournament.openings import openings, openings_from
from insei.tournament.tournament_config import TournamentConfig


def pairing_jobs(
    first: str,
    second: str,
    rules: Rules,
    games: int,
    opening_plies: int,
    seed: int,
    max_plies: int,
    folder: Path | None = None,
) -> list[Job]:
    """The games of one pairing; `games` is even.

    The games depend on the two names, not on their order or on other pairings. With more games,
    the first ones stay the same.

    Args:
        folder: SGF games whose first plies are the openings; None draws random ones.

    Raises:
        ValueError: the folder has no game for these rules.
    """
    first, second = sorted((first, second))
    salt = zlib.crc32(f"{first} {second}".encode())
    if folder is None:
        found = openings(rules, games // 2, opening_plies, seed)
    else:
        found = openings_from(folder, rules, games // 2, opening_plies)
    jobs = []
    for number, opening in enumerate(found):
        for swap, (black, white) in enumerate([(first, second), (second, first)]):
            game_seed = seed * 1_000_003 + salt + 2 * number + swap
            jobs.append(
                Job(2 * number + swap, black, white, rules, tuple(opening), game_seed, max_plies)
            )
    return jobs


def schedule(config: TournamentConfig) -> list[Job]:
    """All games of a tournament, interleaved so that all pairings progress at the same rate."""
    max_plies = config.max_plies
    folder = Path(config.openings) if config.openings else None
    due: list[tuple[float, Job]] = []
    for first, second in config.meetings:
        games = config.games_of(first, second)
        jobs = pairing_jobs(
            first, second, config.rules, games, config.opening_plies, config.seed, max_plies, folder
        )
        due += [(job.number // 2 / games, job) for job in jobs]
    return [job for _, job in sorted(due, key=lambda pair: pair[0])]
