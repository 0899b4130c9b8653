"""Scheduled games to played games: in this process, or on Ray."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from insei.system.actor_pool import ActorPool
from insei.system.errors import WorkersExited
from insei.system.worker_range import NumWorkers, WorkerRange
from insei.tournament.match import GameRunner, Job, PlayedGame, packages_for

GAMES_PER_TASK = 4
PATIENCE_SECONDS = 600.0  # a player may think for long without letting another thread answer


def play_games(
    jobs: list[Job], workers: NumWorkers, address: str | None, notice: Callable[[str], None]
) -> Iterable[list[PlayedGame]]:
    """Play games; they come back in any order, a few at a time.

    Args:
        workers: processes that play, on Ray: a number, a range, or auto; 0 plays in this one.
        address: of a Ray cluster to join; None starts Ray on this machine.
        notice: told in one line what deserves a line, as that a worker died and was replaced.

    Raises:
        ValueError: a player's name is unknown, or its package is damaged.
        WorkersExited: workers keep dying.
    """
    wanted = WorkerRange.of(workers)
    if wanted.is_none or not jobs:
        return play_here(jobs)
    from insei.system.ray_session import start_ray

    start_ray(wanted.least, address)
    return play_on_ray(jobs, wanted, notice)


def play_here(jobs: list[Job]) -> Iterator[list[PlayedGame]]:
    """Play in this process, a game at a time."""
    with closing(GameRunner()) as runner:
        for job in jobs:
            yield runner.play([job])


def play_on_ray(
    jobs: list[Job], workers: int | WorkerRange, notice: Callable[[str], None]
) -> Iterator[list[PlayedGame]]:
    """Play on Ray, which is running, a few games at a time; raises as `play_games`."""
    from insei.system.ray_actors import RayActors

    with closing(ActorPool(RayActors(), make_runner, workers, notice, PATIENCE_SECONDS)) as pool:
        yield from play_in_pool(jobs, pool)


def make_runner(index: int) -> GameRunner:
    """What an actor holds."""
    return GameRunner()


def play_in_pool(jobs: list[Job], pool: ActorPool) -> Iterator[list[PlayedGame]]:
    """Play on a pool of `GameRunner`s.

    Raises:
        WorkersExited: its actors keep dying; the message names a game that they died at.
    """
    if packages := packages_for(jobs):
        pool.broadcast("carry", packages)
    for first in range(0, len(jobs), GAMES_PER_TASK):
        pool.submit("play", jobs[first : first + GAMES_PER_TASK])
    try:
        while pool.is_busy:
            for done in pool.wait(1.0):
                yield done.result
    except WorkersExited as error:
        if error.task is None:
            raise
        (first_job, *_), *_ = error.task.arguments
        raise WorkersExited(
            f"{error}, at game {first_job.number} of {first_job.black} against {first_job.white} "
            "or one of the next three: see whether these players crash, or need more memory than "
            "there is"
        ) from error
