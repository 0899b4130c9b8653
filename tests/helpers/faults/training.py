"""`insei train` on a run that does not end by itself, which a test of faults watches and kills."""

import json
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil

from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.reports.run_now import NOW_FILE
from insei.selfplay.train_config import RatingConfig
from insei.system.configuration import to_yaml
from tests.helpers.faults.programs import ENVIRONMENT, MOST_SECONDS, actors_among
from tests.helpers.runs import CONFIG

LONG = replace(
    CONFIG,
    workers=2,
    generations=10**6,
    games_per_generation=30,
    rating=RatingConfig(every=None),
    window=replace(CONFIG.window, held_out=0.0),  # else a line may tell of overfitting
)


class Command:
    """The command.

    Args:
        folder: where it runs.
        words: more of its options.
        before: a program that starts it, as `ip netns exec NAME`.
        program: options of Python that run insei.
    """

    def __init__(self, folder, *words, env=ENVIRONMENT, before=(), program=("-m", "insei")):
        (folder / "tiny.yaml").write_text(to_yaml(LONG))
        self.log = folder / "log.txt"
        self.runs = folder / "runs"
        self.run = self.runs / "tiny"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*before, sys.executable, *program, "train", "tiny.yaml", *words],
                cwd=folder,
                env={"PYTHONWARNINGS": "ignore"} | env,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def until(self, what):
        """Wait until `what()` is true while the command runs, and return it."""
        end = time.monotonic() + MOST_SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            if found := what():
                return found
            time.sleep(0.5)
        raise AssertionError(f"not within {MOST_SECONDS} s: {self.log.read_text()}")

    def until_games(self, count=10):
        """Wait until so many games are in the dataset; the ids of all that are."""
        return self.until(lambda: found if len(found := games_of(self.run)) >= count else None)

    def until_generation(self, number):
        """Wait until there is a checkpoint with this number, or a later one."""
        return self.until(lambda: self.generation >= number)

    @property
    def generation(self):
        """The number of the newest checkpoint; -1 without one."""
        found = checkpoints_of(self.run)
        return int(found[-1].name) if found else -1

    def said(self):
        """The lines on standard error."""
        return self.log.read_text().splitlines()

    def end(self):
        """Its status and what it said on standard error, without what libraries warn of."""
        status = self.process.wait(MOST_SECONDS)
        return status, self.said()

    def child(self, name):
        """The process of Ray's that a path with this name runs."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        [found] = [one for one in children if Path(one.cmdline()[0]).name == name]
        return found

    def worker_pids(self):
        """The processes that play, by what the command tells `insei status`."""
        with suppress(OSError, ValueError):
            now = json.loads((self.run / NOW_FILE).read_text())
            return {worker["process"] for worker in now["workers"]}
        return set()

    def learner(self):
        """The id of the process that learns: the actor that does not play."""
        return self.until(self._learner)

    def _learner(self):
        actors = actors_among(psutil.Process(self.process.pid).children(recursive=True))
        workers = self.worker_pids()
        left = actors - workers
        return left.pop() if len(workers) == 2 and len(left) == 1 else None

    def close(self):
        self.process.kill()
        self.process.wait()


def games_of(run):
    """The ids of the games of a run; a game that is there twice fails."""
    path = run / "games.lance"
    if not (path / "_versions").is_dir():
        return set()
    dataset = GameDataset(path, LONG.rules)
    found = set(dataset.newest_ids)
    assert len(found) == dataset.num_games
    return found


@contextmanager
def training(folder, *words, **more):
    with closing(Command(folder, *words, **more)) as command:
        yield command
