"""What stops a run with a line and loses nothing: a disk that fills, a loss that is no number."""

import errno
import os
from dataclasses import replace

import numpy as np
import pytest
import torch

from insei.selfplay import run as runs
from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.learner.learner import Learner
from insei.selfplay.run import DiskFull, RunFolder, is_disk_full
from insei.selfplay.session import train_run
from insei.selfplay.train_config import RatingConfig
from insei.system.configuration import to_yaml
from insei.system.errors import UserError
from tests.helpers.games import some_games
from tests.helpers.hostile.full_disk import no_file_longer_than
from tests.helpers.runs import CONFIG

SHORT = replace(CONFIG, rating=RatingConfig(every=None))


def test_games_that_found_no_room_are_added_later(tmp_path):
    dataset = GameDataset(tmp_path / "games.lance", CONFIG.rules)
    first, more = some_games(4), some_games(30, seed=9)
    dataset.append(SelfPlayGames.of(first))
    with no_file_longer_than(600), pytest.raises((OSError, ValueError, RuntimeError)) as caught:
        dataset.append(SelfPlayGames.of(more))
    assert is_disk_full(caught.value)
    again = GameDataset(tmp_path / "games.lance", CONFIG.rules)
    assert again.newest_ids.keys() == {game.id for game in first}
    again.append(SelfPlayGames.of(more))
    whole = GameDataset(tmp_path / "games.lance", CONFIG.rules)
    assert whole.newest_ids.keys() == {game.id for game in first + more}
    assert whole.num_rows == sum(len(game) for game in first + more)


def test_other_errors_are_not_taken_for_a_full_disk():
    assert is_disk_full(OSError(errno.ENOSPC, "x"))
    assert is_disk_full(RuntimeError(f"LanceError(IO): {os.strerror(errno.ENOSPC)} (os error 28)"))
    assert not is_disk_full(OSError(errno.EACCES, os.strerror(errno.EACCES)))
    assert not is_disk_full(ValueError("games of 7x7"))


def test_a_run_whose_loss_is_no_number_stops_with_a_line(tmp_path, monkeypatch):
    step = Learner.step

    def poisoned(self, batch, progress):
        if self.num_steps == 3:
            batch["score"][0] = np.nan
        return step(self, batch, progress)

    path = tmp_path / "tiny"
    run = RunFolder.create(path, to_yaml(SHORT))
    monkeypatch.setattr(Learner, "step", poisoned)
    with pytest.raises(ValueError, match=r"its loss is NaN or infinite .*step 3.*goes on, lower"):
        train_run(run, SHORT)
    assert "stopped: step 3" in (path / "log.txt").read_text()
    monkeypatch.setattr(Learner, "step", step)
    train_run(run, SHORT)
    run.close()
    assert checkpoints_of(path)[-1].name == "000003"


OUT_OF_MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:75] DefaultCPUAllocator: can't allocate memory"),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=["GPU", "processor"])
@pytest.mark.parametrize("where", ["step", "evaluate"])
def test_a_learner_whose_memory_is_full_is_one_line(tmp_path, monkeypatch, error, where):
    def full(*words):
        raise error

    config = replace(SHORT, window=replace(SHORT.window, held_out=0.3))
    run = RunFolder.create(tmp_path / "tiny", to_yaml(config))
    monkeypatch.setattr(Learner, where, full)
    said = f"out of memory on cpu with learner.batch_size {config.learner.batch_size}: wanted a"
    with pytest.raises(UserError, match=said):
        train_run(run, config)
    run.close()


def test_another_error_of_the_learner_stays_a_bug(tmp_path, monkeypatch):
    def wrong(*words):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    run = RunFolder.create(tmp_path / "tiny", to_yaml(SHORT))
    monkeypatch.setattr(Learner, "step", wrong)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        train_run(run, SHORT)
    run.close()


def test_a_run_stops_with_a_line_and_goes_on_when_there_is_room(tmp_path, monkeypatch, capsys):
    path = tmp_path / "tiny"
    run = RunFolder.create(path, to_yaml(SHORT))
    write = runs.write_checkpoint

    def no_room_for_the_second(folder, progress, *rest):
        write(folder, progress, *rest)
        if progress.generation == 2:
            (folder / "state.json").unlink()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(runs, "write_checkpoint", no_room_for_the_second)
    with pytest.raises(DiskFull, match=f"no room on the disk for {path}.*`insei train {path}`"):
        train_run(run, SHORT)
    run.close()
    assert [folder.name for folder in checkpoints_of(path)] == ["000000", "000001"]
    assert not list(path.glob("checkpoints/.unfinished*"))
    known = GameDataset(path / "games.lance", CONFIG.rules).newest_ids.keys()
    monkeypatch.setattr(runs, "write_checkpoint", write)
    run = RunFolder(path)
    train_run(run, SHORT)
    run.close()
    assert checkpoints_of(path)[-1].name == "000003"
    dataset = GameDataset(path / "games.lance", CONFIG.rules)
    assert known <= dataset.newest_ids.keys()
    assert all(count == 12 for count in dataset.games_by_generation.values())
