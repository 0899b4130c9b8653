"""A run's folder: locked, its checkpoints and milestones whole or refused."""

import json
import os
from dataclasses import replace

import pytest

from insei.agents.net.package import DamagedPackage
from insei.selfplay.checkpoints import checkpoints_of, keep_milestone, milestones_of
from insei.selfplay.net_rating import EarlierMatch, MatchScore
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import RatingConfig
from insei.system.configuration import to_yaml
from tests.helpers.runs import CONFIG, RATED, begin, finish, training_of


def test_two_programs_on_one_run_are_refused(tmp_path):
    run = RunFolder.create(tmp_path / "tiny", to_yaml(CONFIG))
    with pytest.raises(ValueError, match=f"in use by process {os.getpid()}"):
        RunFolder(tmp_path / "tiny")
    with pytest.raises(ValueError, match="exists already"):
        RunFolder.create(tmp_path / "tiny", "")
    run.close()
    RunFolder(tmp_path / "tiny").close()
    with pytest.raises(ValueError, match="is no run"):
        RunFolder(tmp_path)


def test_a_run_in_a_folder_that_no_player_could_name_is_refused(tmp_path):
    with pytest.raises(ValueError, match="wanted a folder without a comma"):
        RunFolder.create(tmp_path / "a,b", to_yaml(CONFIG))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["learner.safetensors", "weights.safetensors", "state.json"])
def test_a_damaged_checkpoint_is_refused_and_the_one_before_named(tmp_path, name):
    finish(*begin(tmp_path / "tiny", CONFIG))
    path = checkpoints_of(tmp_path / "tiny")[-1] / name
    path.write_bytes(path.read_bytes()[:-20])
    run = RunFolder(tmp_path / "tiny")
    with pytest.raises(DamagedPackage, match=f"{name}.*the one before is .*000002"):
        run.newest()
    path.parent.rename(tmp_path / "away")
    progress, _ = run.newest()
    assert progress.generation == 2
    run.close()


def test_only_the_newest_milestones_hold_a_way_back(tmp_path):
    run, training = begin(tmp_path / "tiny", replace(RATED, rating=RatingConfig(every=None)))
    training.play()
    assert list(milestones_of(run.path)) == [0, 1, 2, 3, 4]
    assert with_learner(run.path) == [3, 4]
    defeat = MatchScore.of(0.0, 20)
    training.roll_back(4, EarlierMatch(3, defeat, defeat))
    training.hear()
    keep_milestone(run.path, training.progress.lineage)
    assert with_learner(run.path) == [3, 5]  # 4 is no ancestor of the present net
    training.close()
    run.close()


def with_learner(path):
    """The milestones that hold the learner's state."""
    found = milestones_of(path)
    return [number for number in found if (found[number] / "learner.safetensors").exists()]


def test_a_run_of_the_first_version_goes_on(tmp_path):
    config = replace(CONFIG, generations=1, rating=RatingConfig(every=None))
    finish(*begin(tmp_path / "tiny", config))
    path = checkpoints_of(tmp_path / "tiny")[-1] / "state.json"
    values = json.loads(path.read_text())
    for name in ("rate_scale", "rollbacks", "taken_back", "skipped"):  # which it did not know
        del values["progress"][name]
    path.write_text(json.dumps(values))
    run = RunFolder(tmp_path / "tiny")
    longer = replace(config, generations=2)
    training = training_of(run, longer)
    finish(run, training)
    assert training.progress.generation == 2
