"""The history of a dataset: python -m benchmarks.history [--json].

10,000 edits in one commit, beside Lance's own append of the same rows. Log, diff and blame at 1,000
commits, the table read anew each time, beside Lance's bare scan of the table. 100,000 rows of 9x9
read to learn from with 10,000 edits, beside the same rows without; batches drawn from them; and
steps of the learner on such batches. Medians of wall time, of the learner's processor time; with
and without take turns. Rows are random numbers, made anew each time.
"""

import itertools
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import lance
import numpy as np

from benchmarks.measure import in_turns, parser, tell
from insei.agents.net.architecture import NetworkConfig
from insei.engine.rules import Rules
from insei.selfplay.data.columns import STORED, num_values
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.game import SelfPlayGame
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.window import Window
from insei.selfplay.history.edited import NO_EDITS
from insei.selfplay.history.fields import bytes_of
from insei.selfplay.history.history import History, Proposal
from insei.selfplay.history.table import EDITS
from insei.selfplay.history.told import blame_told, diff_told, log_told
from insei.selfplay.learner.learner import Learner
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.run import DATASET, RunFolder
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import to_yaml

RULES = Rules(9, 9, 7.0)
GAMES, PLIES = 2000, 50
EDITS_AT_ONCE, COMMITS, EDITS_EACH = 10_000, 1000, 10
ROUNDS = 9
BATCH = 256


def random_game(number: int, rng: np.random.Generator) -> SelfPlayGame:
    """A game whose rows are random numbers of the columns' types."""
    rows = {}
    for column in STORED:
        if column.is_per_game:
            continue
        shape = (PLIES, num_values(column, 9, 9)) if column.is_array else (PLIES,)
        rows[column.name] = rng.integers(0, 2, shape).astype(column.dtype)
    rows["planes"][:, : -(-RULES.num_points // 8)] = 255  # the points of the board
    rows["ply"] = np.arange(PLIES, dtype=np.uint16)
    moves = rng.integers(0, 81, PLIES).astype(np.uint16)
    return SelfPlayGame(f"{number:016x}", number // 100, 9, 9, 7.0, moves, rows)


def median_of(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median wall seconds of a call."""
    return statistics.median(seconds_of(run) for _ in range(rounds))


def seconds_of(run: Callable[[], object]) -> float:
    """Wall seconds of a call."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def proposals_of(games: list[SelfPlayGame], rng: np.random.Generator) -> list[Proposal]:
    """Edits of random rows: half of their weights, half of their policies."""
    chosen = rng.choice(GAMES * PLIES, EDITS_AT_ONCE, replace=False)
    policy = np.zeros((EDITS_AT_ONCE, 82), np.float16)
    policy[np.arange(EDITS_AT_ONCE), rng.integers(0, 82, EDITS_AT_ONCE)] = 1
    found = []
    for number, row in enumerate(chosen.tolist()):
        field = "weight" if number % 2 else "policy"
        value = bytes_of(rng.random() if number % 2 else policy[number], field)
        found.append(Proposal(games[row // PLIES].id, row % PLIES, field, value))
    return found


def commit_all(run: Path, proposals: list[Proposal]) -> None:
    """Open a run's history and commit."""
    History(run).commit(proposals, "many")


def commit_numbers(run: Path, proposals: list[Proposal]) -> dict[str, float]:
    """Seconds of a commit of all edits, and of Lance's append of its rows."""
    ours, theirs = [], []
    for number in range(5):
        copy = run.with_name(f"copy{number}")
        shutil.copytree(run, copy)
        ours.append(seconds_of(partial(commit_all, copy, proposals)))
        rows = lance.dataset(str(copy / EDITS)).to_table()
        bare = str(copy / "bare.lance")
        theirs.append(seconds_of(partial(lance.write_dataset, rows, bare)))
    return {
        "commit_10000_seconds (bar 1)": statistics.median(ours),
        "lance_append_seconds": statistics.median(theirs),
    }


def reading_numbers(run: Path, proposals: list[Proposal]) -> dict[str, float]:
    """Milliseconds of log, diff and blame, opened anew, at 1,000 commits."""
    history = History(run)
    for number in range(COMMITS):
        first = number * EDITS_EACH
        history.commit(proposals[first : first + EDITS_EACH], f"number {number}")
    game = proposals[0].game
    found = {}
    for name, read in {
        "log_milliseconds (bar 100)": lambda: log_told(History(run), "HEAD"),
        "diff_milliseconds (bar 100)": lambda: diff_told(History(run), "HEAD~500", "HEAD", 40),
        "blame_milliseconds (bar 100)": lambda: blame_told(History(run), game, None, "HEAD"),
        "lance_scan_milliseconds": lambda: lance.dataset(str(run / EDITS)).to_table(),
    }.items():
        found[name] = 1000 * median_of(read)
    return found


def training_numbers(run: Path) -> dict[str, float]:
    """How much longer rows are read, and drawn from the window, with 10,000 edits than without."""
    dataset = GameDataset(run / DATASET, RULES)
    edits = dataset.edits
    count = GAMES * PLIES
    ratios, plain = [], []
    for _ in range(3 * ROUNDS):
        dataset.edits = edits
        ours = seconds_of(lambda: dataset.newest(count))
        dataset.edits = NO_EDITS
        plain.append(seconds_of(lambda: dataset.newest(count)))
        ratios.append(ours / plain[-1])
    drawn = []
    windows = []
    for each in (edits, NO_EDITS):
        dataset.edits = each
        windows.append(Window(9, 9))
        windows[-1].update(dataset.newest(count), count)
    for seed in range(10 * ROUNDS):
        ours, theirs = (
            seconds_of(partial(window.sample, BATCH, np.random.default_rng(seed)))
            for window in windows
        )
        drawn.append(ours / theirs)
    return {
        "read_100000_rows_seconds": statistics.median(plain),
        "read_with_edits_ratio": statistics.median(ratios),
        "drawn_with_edits_ratio": statistics.median(drawn),
        "learned_with_edits_ratio (bar 1.02)": learned_ratio(*windows),
    }


def learned_ratio(ours: Window, theirs: Window) -> float:
    """How much longer a step of the learner takes, its batch drawn, from the first window."""
    learner = Learner(NetworkConfig(blocks=4, channels=48), LearnerConfig(learning_rate=1e-6), 1)

    def step(window: Window, seed: int) -> int:
        learner.step(window.sample(BATCH, np.random.default_rng(seed)), 0.0)
        return BATCH

    numbers = itertools.count()
    steps = [lambda window=window: step(window, next(numbers)) for window in (ours, theirs)]
    return statistics.median(edited / plain for edited, plain in in_turns(steps, 3 * ROUNDS))


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    rng = np.random.default_rng(1)
    games = [random_game(number, rng) for number in range(GAMES)]
    proposals = proposals_of(games, rng)
    with tempfile.TemporaryDirectory() as name:
        run = Path(name) / "run"
        RunFolder.create(run, to_yaml(replace(TrainConfig(), rules=RULES, sizes=()))).close()
        GameDataset(run / DATASET, RULES).append(SelfPlayGames.of(games))
        found = commit_numbers(run, proposals)
        found |= reading_numbers(run, proposals)
        found |= training_numbers(run)
    tell(found, as_json, "history of a dataset")


if __name__ == "__main__":
    main()
