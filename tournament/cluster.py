"""Tournament games on Ray: tables as actors, a few games a call, dead tables replaced."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from insei.system.ray_session import cause_of
from insei.tournament.match import Job, PlayedGame, Table

RemoteTable = ray.remote(Table)
GAMES_PER_CALL = 4
MOST_DEATHS = 5  # of tables, without games between, before those at hand are blamed


def play_on_ray(
    jobs: list[Job], num_tables: int, notice: Callable[[str], None]
) -> Iterator[list[PlayedGame]]:
    """Play jobs at `num_tables` tables; yields games as they come in, in any order.

    Raises:
        ValueError: a player's name is unknown, or its package damaged.
        ChildProcessError: tables keep dying.
    """
    if not ray.is_initialized():
        raise RuntimeError("play_on_ray before Ray: wanted it started")
    tables = [_open_table() for _ in range(num_tables)]
    waiting = [jobs[i : i + GAMES_PER_CALL] for i in range(0, len(jobs), GAMES_PER_CALL)][::-1]
    calls: dict[Any, tuple[int, list[Job]]] = {}
    idle = list(range(num_tables))
    deaths = 0
    try:
        while waiting or calls:
            while idle and waiting:
                index, batch = idle.pop(), waiting.pop()
                calls[tables[index].play.remote(batch)] = index, batch
            ready, _ = ray.wait(list(calls), num_returns=1)
            index, batch = calls.pop(ready[0])
            idle.append(index)
            try:
                yield ray.get(ready[0])
                deaths = 0
            except RayTaskError as error:
                raise cause_of(error) from None
            except RayError:  # its process, its node or its memory is gone
                deaths += 1
                if deaths > MOST_DEATHS:
                    last = batch[0]
                    raise ChildProcessError(
                        f"{deaths} tables died, the last at game {last.number} of {last.black} "
                        f"against {last.white}, or soon after: wanted players that live"
                    ) from None
                notice(f"table {index} died; its games under way are played again at another")
                with suppress(RayError):
                    ray.kill(tables[index])
                tables[index] = _open_table()
                waiting.append(batch)
    finally:
        # A table that still plays is not waited for; its programs end with their input.
        closing = [table.close.remote() for table in tables if not calls]
        for call in closing:
            with suppress(RayError):
                ray.get(call, timeout=10)
        for table in tables:
            with suppress(RayError):
                ray.kill(table)


def _open_table() -> Any:
    return RemoteTable.options(
        num_cpus=1, runtime_env={"env_vars": {"OMP_NUM_THREADS": "1"}}
    ).remote()
