"""Runs trained at the same time, each in a process of its own, in equal shares of the machine."""

import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from insei.system.child_process import bound_to_us, python_environment, python_words
from insei.system.errors import UserError


def train_in_parallel(
    runs: Sequence[Path], num_at_a_time: int, notice: Callable[[str], None]
) -> None:
    """Train runs to their ends, from where they stand. One that fails doesn't stop the others.

    Args:
        notice: told each line that a run prints, with the run's name.

    Raises:
        ValueError: some failed; with the last line of each.
    """
    running: list[subprocess.Popen[str]] = []
    pool = ThreadPoolExecutor(num_at_a_time)
    try:
        found = pool.map(lambda run: train_in_process(run, running, notice), runs)
        failures = [failure for failure in found if failure]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running:  # where we are interrupted; elsewhere they have ended
            process.kill()
    if failures:
        raise UserError(f"{len(failures)} of {len(runs)} runs stopped: {'; '.join(failures)}")


def train_in_process(
    run: Path, running: "list[subprocess.Popen[str]]", notice: Callable[[str], None]
) -> str:
    """Train a run in another process; returns how it failed, or an empty text."""
    words = python_words("-m", "insei", "train", str(run))
    with subprocess.Popen(
        bound_to_us(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=python_environment(),
        text=True,
        errors="replace",
    ) as process:
        running.append(process)
        line = ""
        for line in process.stdout or ():
            notice(f"{run.name}: {line.rstrip()}")
    if process.returncode == 0:
        return ""
    return f"{run.name}, exit status {process.returncode}, {line.strip() or 'without a word'}"
