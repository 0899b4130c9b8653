"""How a command ends where its input or output is closed, a player fails, or a run can't begin."""

import os
import subprocess
import sys

import pytest

from insei.commands.play import play
from insei.commands.train import train
from insei.main import main
from insei.system.ray_head import check_head
from tests.helpers.command import insei
from tests.helpers.paths import ROOT

MINI = """
generations: 1
games_per_generation: 4
workers: 0
rules: {width: 3, height: 3, komi: 8.5}
network: {blocks: 1, channels: 8}
rating: {every: 0}
"""


def in_shell(line):
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line.replace('insei', f'{sys.executable} -m insei')}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def test_a_game_whose_input_is_closed_ends_as_one_without_lines():
    done = in_shell("insei play random --size 3 --plain <&-")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("No more input; the game is left as it stands.\n")


@pytest.mark.parametrize("words", ["version", "play --list", "train --help"])
def test_a_reader_that_has_left_is_no_error(words):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "insei", *words.split()]
    done = subprocess.run(
        command, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=60
    )
    os.close(writer)
    assert done.returncode == 1
    assert done.stderr == ""


# A player


def test_a_player_is_closed_as_the_game_ends(tmp_path):
    file = tmp_path / "tidy.py"
    file.write_text(
        "class Tidy:\n"
        "    def choose(self, position):\n"
        "        return position.rules.pass_move\n"
        "    def close(self):\n"
        f"        open({str(tmp_path / 'closed')!r}, 'w').close()\n"
    )
    done = insei("play", f"python:{file}:Tidy", "--size", 5, text="C3\nquit\n")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "closed").exists()


def test_a_clock_is_refused_line_by_line():
    with pytest.raises(ValueError, match="wanted none line by line"):
        play("random", size=3, minutes=5, plain=True)


# A run that can't begin


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("learner.device=cuda:99", "device 'cuda:99': wanted cpu, or a GPU that torch sees"),
        ("start_from=nowhere", "nowhere"),
        ("learners=2", "learners 2: wanted 1 with workers 0, where one process does it all"),
        ("rating={every: 1, opponents: [influance]}", "did you mean influence"),
        ("seed=-1", "seed: -1, wanted 0 to"),
    ],
)
def test_a_run_that_cannot_begin_leaves_no_folder(tmp_path, setting, said):
    path = tmp_path / "mini.yaml"
    path.write_text(MINI)
    with pytest.raises(ValueError, match=said):
        train(path, runs=tmp_path / "runs", set_=[setting])
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_is_no_run_is_not_taken_for_one(tmp_path):
    path = tmp_path / "mini.yaml"
    path.write_text(MINI)
    (tmp_path / "runs" / "mini").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"mini is no run: wanted config\.yaml in it"):
        train(path, runs=tmp_path / "runs")


@pytest.mark.parametrize("words", [["gtp"], ["play"], ["watch", "1", "2"], ["rate", "random"]])
def test_a_seed_below_zero_is_refused(words, capsys):
    with pytest.raises(SystemExit) as end:
        main([*words, "--seed", "-1"])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("insei: ")
    assert "--seed" in said
    assert ">= 0" in said


def test_an_interrupt_is_told_in_one_line(tmp_path, monkeypatch, capsys):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    file = tmp_path / "mini.yaml"
    file.write_text(MINI)
    monkeypatch.setattr("insei.selfplay.session.train", stopped)
    with pytest.raises(SystemExit, match="130"):
        main(["train", str(file), "--runs", str(tmp_path)])
    assert capsys.readouterr().err == "insei: stopped\n"


@pytest.mark.slow
def test_what_a_run_began_with_can_not_be_changed_afterwards(tmp_path):
    file = tmp_path / "mini.yaml"
    file.write_text(MINI)
    train(file, runs=tmp_path)
    config = (tmp_path / "mini" / "config.yaml").read_text()
    for setting, said in (
        ("start_from=go5", "start_from 'go5': this run began with 'random weights'"),
        ("name=maxi", "name 'maxi': this run began with 'mini', wanted that, or a run of its own"),
        ("seed=99", "seed 99: this run began with "),
        ("learner.device=cuda:99", "device .cuda:99.: wanted cpu"),
        ("network.channels=16", "wanted the blocks and channels that the run began with"),
    ):
        with pytest.raises(ValueError, match=said):
            train(tmp_path / "mini", set_=[setting, "generations=2"])
        assert (tmp_path / "mini" / "config.yaml").read_text() == config


def test_a_source_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match="none: wanted a YAML file, a run's folder"):
        train(tmp_path / "none", runs=tmp_path)


def test_a_cluster_that_is_not_there_is_missed_at_once():
    with pytest.raises(OSError, match=r"no Ray cluster at 127\.0\.0\.1:1: "):
        check_head("127.0.0.1:1")
    for name in ("auto", "ray://127.0.0.1:1", "nonsense"):
        check_head(name)  # Ray's to refuse
