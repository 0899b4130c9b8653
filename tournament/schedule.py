"""The schedule: every pairing plays every opening twice, colours swapped."""

import itertools
import zlib

from engine.rules import Rules
from tournament.config import TournamentConfig
from tournament.match import Job
from tournament.openings import openings


def pairing_jobs(
    first: str,
    second: str,
    rules: Rules,
    games: int,
    opening_plies: int,
    seed: int,
    max_plies: int,
) -> list[Job]:
    """The games of one pairing; `games` is even. The seeds depend on the names alone."""
    salt = zlib.crc32(f"{first} {second}".encode())
    jobs = []
    for number, opening in enumerate(openings(rules, games // 2, opening_plies, seed)):
        for swap, (black, white) in enumerate([(first, second), (second, first)]):
            game_seed = seed * 1_000_003 + salt + 2 * number + swap
            jobs.append(Job(0, black, white, rules, tuple(opening), game_seed, max_plies))
    return jobs


def round_robin(config: TournamentConfig) -> list[Job]:
    """All games of a tournament, in rounds, so that one cut short is even all the same."""
    max_plies = int(config.max_plies_per_point * config.rules.num_points)
    pairings = [
        pairing_jobs(
            first,
            second,
            config.rules,
            config.games,
            config.opening_plies,
            config.seed,
            max_plies,
        )
        for first, second in itertools.combinations(config.players, 2)
    ]
    jobs = [job for both in zip(*pairings, strict=True) for job in both]
    return [
        Job(number, job.black, job.white, job.rules, job.opening, job.seed, job.max_plies)
        for number, job in enumerate(jobs)
    ]
