"""Learning from records: it learns, it goes on exactly, it refuses what it can't use."""

import errno
import os
from dataclasses import replace

import numpy as np
import pytest

from insei.agents.grammar import make_player
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.net.find_package import find_package
from insei.agents.net.package import load_package
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.selfplay.learner.learner import Diverged, Learner
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.records.learning import RecordLearning
from insei.selfplay.records.session import learn
from insei.selfplay.records.table import RecordTable, markdown, read_games
from insei.selfplay.run import DiskFull, RunFolder
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import to_yaml
from insei.system.errors import UserError
from tests.helpers.command import insei
from tests.helpers.nets import TINY
from tests.helpers.paths import ROOT
from tests.helpers.records import recorded
from tests.helpers.runs import curve_names, silent

RULES = Rules(5, 5, 3.5, ko="simple")
CONFIG = LearnConfig(
    name="tiny",
    steps=6,
    checkpoint_every=2,
    held_out=0.3,
    validated_rows=64,
    network=TINY,
    learner=LearnerConfig(batch_size=16, warmup_steps=2),
)


def games_of_capture(count):
    """Games of a handwritten player, which repeats itself."""
    player = CapturePlayer()
    found = []
    for seed in range(count):
        player.new_game(RULES, seed)
        position = Position(RULES)
        while not position.is_over and position.num_moves < 60:
            position = position.play(player.choose(position).move)
        found.append(recorded(position))
    return found


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records") / "capture"
    RecordTable(folder).append(games_of_capture(40))
    return folder


@pytest.fixture
def config_file(tmp_path):
    file = tmp_path / "tiny.yaml"
    file.write_text(to_yaml(CONFIG))
    return file


def weights_of(run):
    return load_package(find_package(str(run.path))).weights


def test_a_run_ends_with_a_player_whose_card_names_the_records(dataset, config_file, tmp_path):
    seen = []
    run = learn(dataset, config_file, runs=tmp_path / "runs", watch=seen.append)
    card = load_package(find_package(str(run.path))).card
    assert card.training["records"] == "capture"
    assert card.training["games"] == 40
    assert card.training["steps"] == 6
    assert card.training["rows"] == 96
    assert (card.width, card.height, card.komi, card.scoring) == (5, 5, 3.5, "area")
    player = make_player(run.player)
    player.new_game(RULES, 1)
    assert RULES.num_actions > player.choose(Position(RULES)).move >= 0
    player.close()
    assert 0 <= run.accuracy.top1 <= run.accuracy.top5 <= 1
    names = curve_names(run.path / "tensorboard")
    assert {"loss/policy", "accuracy_all/top1", "accuracy_end/top5"} <= names


def test_a_stopped_run_goes_on_as_if_it_had_never_stopped(dataset, config_file, tmp_path):
    whole = learn(dataset, config_file, runs=tmp_path / "whole")

    class Killed(BaseException):
        pass

    def stop_after(steps):
        config = replace(CONFIG, dataset=str(dataset))
        run = RunFolder.create(tmp_path / "cut" / "tiny", to_yaml(config))
        learning = RecordLearning(run, config, read_games(dataset), silent, silent)
        step = learning.learner.step
        left = iter(range(steps))

        def counted(batch, done):
            if next(left, None) is None:
                raise Killed
            return step(batch, done)

        learning.learner.step = counted
        with pytest.raises(Killed):
            learning.learn()
        learning.close()
        run.close()

    stop_after(3)
    cut = learn(tmp_path / "cut" / "tiny")
    one, other = weights_of(whole), weights_of(cut)
    assert all((one[name] == other[name]).all() for name in one)


def test_what_was_learned_is_more_than_chance(dataset, tmp_path):
    settings = [
        "steps=300",
        "checkpoint_every=300",
        "network.channels=16",
        "network.blocks=2",
        "learner.batch_size=64",
        "learner.learning_rate=0.005",
        "held_out=0.2",
    ]
    run = learn(dataset, None, runs=tmp_path, settings=settings)
    assert run.accuracy.top1 > 0.25  # 26 moves; every other one ties for `capture`
    assert run.accuracy.top5 > 0.5


def test_a_run_keeps_what_it_began_with(dataset, config_file, tmp_path):
    run = learn(dataset, config_file, runs=tmp_path / "runs")
    with pytest.raises(UserError, match="seed 9: this run began with 1"):
        learn(run.path, settings=["seed=9"])
    with pytest.raises(UserError, match=r"exists already, with another learner.batch_size"):
        learn(dataset, config_file, runs=tmp_path / "runs", settings=["learner.batch_size=8"])
    with pytest.raises(UserError, match="is a run with its own configuration"):
        learn(run.path, config_file)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["steps=null"], "steps null, hours null"),
        (["held_out=1"], "held_out"),
        (["step=5"], "unknown key step: did you mean steps"),
        (["start_from=nobody"], "no player at nobody"),
        (["network.extra_planes=[ladder]"], "extra_planes"),
        (["learner.device=cuda:99"], "cuda"),
    ],
)
def test_settings_that_cant_be_used_leave_no_run(settings, message, dataset, config_file, tmp_path):
    with pytest.raises(UserError, match=message):
        learn(dataset, config_file, runs=tmp_path / "runs", settings=settings)
    assert not (tmp_path / "runs" / "tiny").exists()


def test_a_folder_without_records_is_refused(tmp_path, config_file):
    with pytest.raises(UserError, match=r"no records\.lance in it"):
        learn(tmp_path, config_file, runs=tmp_path / "runs")


def test_a_net_with_extra_planes_learns_and_grows_from_one_without(dataset, config_file, tmp_path):
    first = learn(dataset, config_file, runs=tmp_path / "runs")
    settings = [
        "name=rich",
        f"start_from={first.path}",
        "network.extra_planes=[ladders, after]",
    ]
    run = learn(dataset, config_file, runs=tmp_path / "runs", settings=settings)
    stem = weights_of(run)["stem.weight"]
    assert stem.shape[1] == 21
    assert np.abs(stem[:, 14:]).sum() > 0


def test_the_commands_tell_the_two_kinds_of_run_apart(dataset, config_file, tmp_path):
    run = learn(dataset, config_file, runs=tmp_path / "runs")
    done = insei("train", run.path)
    assert done.returncode == 2
    assert (
        done.stderr
        == f"insei: {run.path} is a run of `insei learn`: wanted `insei learn {run.path}`\n"
    )
    own = RunFolder.create(tmp_path / "other", to_yaml(TrainConfig(name="other")))
    own.close()
    with pytest.raises(UserError, match="is a run of `insei train`: wanted `insei train"):
        learn(tmp_path / "other")


def test_the_command_learns_and_names_the_player(dataset, config_file, tmp_path):
    done = insei("learn", dataset, "--config", config_file, "--runs", tmp_path / "runs")
    assert done.returncode == 0, done.stderr
    for step in (2, 4, 6):  # a line for each checkpoint
        assert f"steps {step}, rows {16 * step}, loss " in done.stdout
    assert "on games held out" in done.stdout
    run = tmp_path / "runs" / "tiny"
    said = done.stdout.splitlines()
    learned = next(line for line in said if line.startswith(f"{run}: 6 steps learned in "))
    assert learned.endswith(f"; play it as net:{run}, or search:{run}")
    assert f"curves   tensorboard --logdir {run.parent}" in said
    status = insei("status", run)
    assert status.returncode == 0, status.stderr
    assert status.stdout.startswith(f"{run}: finished\nrecords of {dataset}; net of ")
    assert "100%  step 6 of 6, " in status.stdout
    assert "top-1 held out" in status.stdout
    assert "loss, policy" in status.stdout


def test_a_full_disk_stops_a_run_in_one_line(dataset, config_file, tmp_path, monkeypatch):
    def is_full(*words):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(RunFolder, "save", is_full)
    with pytest.raises(DiskFull, match=r"no room on the disk for .*`insei learn .*` goes on"):
        learn(dataset, config_file, runs=tmp_path / "runs")


def test_a_loss_that_is_nan_stops_a_run_in_one_line(dataset, config_file, tmp_path, monkeypatch):
    def diverges(self, batch, done):
        raise Diverged("step 3: losses nan")

    monkeypatch.setattr(Learner, "step", diverges)
    with pytest.raises(UserError, match=r"its loss is NaN or infinite .step 3.*`insei learn "):
        learn(dataset, config_file, runs=tmp_path / "runs")


def test_the_table_of_columns_is_in_the_document():
    text = (ROOT / "docs" / "records.md").read_text()
    table = text.partition("<!-- columns -->\n")[2].partition("\n<!-- end of columns -->")[0]
    assert table == markdown(), "python -m insei.selfplay.records.table prints the table to paste"
