"""Runs trained at the same time, each in a process of its own, in equal shares of the machine."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from insei.system.child_process import bound_to_us
from insei.system.errors import UserError


def train_side_by_side(runs: Sequence[Path], together: int) -> None:
    """Train runs to their ends, from where they stand, so many at a time.

    What each says is printed with its name. One that fails doesn't stop the others.

    Raises:
        UserError: some failed; with the last words of each.
    """
    running: list[subprocess.Popen[str]] = []
    pool = ThreadPoolExecutor(together)
    try:
        last_words = list(pool.map(lambda run: train_apart(run, running), runs))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running:  # where we are interrupted; elsewhere they have ended
            process.kill()
    if failed := [words for words in last_words if words]:
        raise UserError(f"{len(failed)} of {len(runs)} runs stopped: {'; '.join(failed)}")


def train_apart(run: Path, running: "list[subprocess.Popen[str]]") -> str:
    """Train a run in another process; returns its last words where it fails."""
    words = [sys.executable, "-m", "insei", "train", str(run)]
    with subprocess.Popen(
        bound_to_us(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        running.append(process)
        line = ""
        for line in process.stdout or ():
            print(f"{run.name}: {line.rstrip()}", flush=True)
    if process.returncode == 0:
        return ""
    return f"{run.name}, exit status {process.returncode}, {line.strip() or 'without a word'}"
