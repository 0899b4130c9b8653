"""kill -9 of a whole training at chosen moments loses and doubles nothing."""

import contextlib
import json
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.data import load
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import RatingConfig
from insei.system.configuration import to_yaml
from tests.helpers.paths import ROOT
from tests.helpers.runs import CONFIG


def kill_tree(process):
    """Kill -9 a process and all that it started."""
    started = psutil.Process(process.pid)
    for child in [*started.children(recursive=True), started]:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    process.wait()


def start(words, **streams):
    words = [sys.executable, "-m", *words]
    return subprocess.Popen(words, cwd=ROOT, text=True, start_new_session=True, **streams)


def kill_at(moment, source, runs):
    """Train until a moment, and kill -9 the driver, its workers and Ray there."""
    reached, log = runs / f"{moment}.reached", runs / f"{moment}.txt"
    words = ["tests.helpers.paused_training", moment, str(reached), "train", str(source)]
    with log.open("w") as output:
        process = start([*words, "--runs", str(runs)], stdout=output, stderr=output)
    try:
        end = time.monotonic() + 240
        while not reached.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, f"{moment}: not reached"
            time.sleep(0.02)
    finally:
        kill_tree(process)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kill_9_of_the_whole_tree_loses_and_doubles_nothing(tmp_path):
    config = replace(
        CONFIG, workers=2, generations=5, games_per_generation=60, rating=RatingConfig(every=None)
    )
    source, path = tmp_path / "tiny.yaml", tmp_path / "tiny"
    source.write_text(to_yaml(config))
    known: set[str] = set()
    steps = [0]
    for moment, newest in (("committed", 0), ("saved", 2), ("saving", 2)):
        kill_at(moment, source if moment == "committed" else path, tmp_path)
        assert checkpoints_of(path)[-1].name == f"{newest:06}"
        assert any(path.glob("checkpoints/.unfinished*")) == (moment == "saving")
        dataset = GameDataset(path / "games.lance", CONFIG.rules)
        assert known <= dataset.newest_ids.keys(), "a committed game is gone"
        known = set(dataset.newest_ids)
        assert known
        state = json.loads((checkpoints_of(path)[-1] / "state.json").read_text())
        steps.append(state["progress"]["num_steps"])
    process = start(
        ["insei.main", "train", str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output, _ = process.communicate(timeout=400)
    assert process.returncode == 0, output
    dataset = GameDataset(path / "games.lance", CONFIG.rules)
    assert known <= dataset.newest_ids.keys()
    rows = dataset.newest(10**9)
    keys = list(zip(rows["game"].tolist(), rows["ply"].tolist(), strict=True))
    assert len(keys) == len(set(keys)), "a row is there twice"
    assert len(rows["ply"]) == dataset.num_rows
    assert dataset.num_games >= 5 * 60
    whole = [game.id for game in load(path).games()]
    assert len(whole) == len(set(whole))
    assert set(whole) == dataset.newest_ids.keys()
    progress, _ = RunFolder(path).newest()
    assert progress.generation == 5
    assert steps == sorted(steps)
    assert progress.num_steps > steps[-1]
    assert progress.num_rows_learned == 32 * progress.num_steps
    assert not list(path.glob("checkpoints/.unfinished*"))
