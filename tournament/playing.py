"""Scheduled games to played games: in this process, or on Ray."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from insei.tournament.match import Job, PlayedGame, Table


def play_here(jobs: list[Job]) -> Iterator[list[PlayedGame]]:
    """Play in this process, a game at a time."""
    with closing(Table()) as table:
        for job in jobs:
            yield table.play([job])


def play_games(
    jobs: list[Job], workers: int, address: str | None, notice: Callable[[str], None]
) -> Iterable[list[PlayedGame]]:
    """Play games; they come back in any order, a few at a time.

    Args:
        workers: processes that play, on Ray; 0 plays in this one.
        address: of a Ray cluster to join; None starts Ray on this machine.
        notice: told in one line that a worker died and was replaced.

    Raises:
        ValueError: a player's name is unknown, or its package is damaged.
        ChildProcessError: workers keep dying.
    """
    if workers == 0 or not jobs:
        return play_here(jobs)
    from insei.system.ray_session import start_ray
    from insei.tournament.cluster import play_on_ray

    start_ray(workers, address)
    return play_on_ray(jobs, workers, notice)
