"""kill -9 amid commits, merges and switches loses no edit and doubles none."""

import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pytest

from insei.selfplay.data import load
from insei.selfplay.history.history import History
from tests.helpers.history.editing import CELLS
from tests.helpers.history.small import small_run, weight
from tests.helpers.paths import ROOT


def killed_editor(run, seed, seconds):
    """Edit until a moment, and kill -9 there; returns the lines that the program said."""
    words = [sys.executable, "-m", "tests.helpers.history.editing", str(run), str(seed)]
    process = subprocess.Popen(words, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    time.sleep(seconds)
    process.kill()
    lines = process.stdout.read().splitlines()
    process.wait()
    return [line.split() for line in lines]


def check(run, before, lines):
    """What was done is there, once; of what was under way, all or nothing."""
    history = History(run)
    graph = history.graph
    assert set(before) <= set(graph.commits), "a commit is gone"
    done = [line for line in lines if line[0] == "done"]
    for _, _, tip in (line for line in done if len(line) == 3):
        assert tip in graph.commits, "a commit that was told is gone"
    began = sum(line[0] == "begin" for line in lines)
    new = set(graph.commits) - set(before)
    assert len(new) <= began
    for commit in graph.commits.values():
        edits = graph.edits[commit.id]
        if len(commit.parents) == 1:
            assert len(edits) == CELLS, "a commit is half there"
        assert max(Counter(edit.cell for edit in edits).values(), default=1) == 1
    if done and began == len(done):
        head, *tip = done[-1][1:]
        assert (graph.head, graph.tip) == (head, tip[0] if tip else "")
    assert len(load(run).rows().weight)
    return graph.commits


def kill_often(run, count):
    rng = np.random.default_rng(count)
    commits = {}
    for seed in range(count):
        lines = killed_editor(run, seed, float(rng.uniform(0, 0.3)))
        commits = check(run, commits, lines)
    return commits


def test_three_kills_lose_and_double_nothing(tmp_path):
    run, _ = small_run(tmp_path / "run", 6)
    kill_often(run, 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_kills_lose_and_double_nothing(tmp_path):
    run, games = small_run(tmp_path / "run", 6)
    commits = kill_often(run, 100)
    assert len(commits) > 30
    history = History(run)
    history.commit([weight(games[0], int(ply), 77) for ply in games[0].rows["ply"][:5]], "after")
    assert (load(run).column("weight") == 77).sum() == 5
