"""The commands as a user meets them: bad input, help, a tournament."""

import re

import pytest

from tests.helpers.command import insei
from tests.helpers.paths import ROOT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trian"], "trian"),
        (["train"], "source"),
        (["train", "nowhere.yaml"], "no file nowhere.yaml"),
        (["train", "tests"], "tests is no run"),
        (["train", "configs/go5.yaml", "--set", "learner.batchsize=2"], "learner.batchsize"),
        (["tournament", "nowhere.yaml"], "no file nowhere.yaml"),
        (["tournament", "configs/go5.yaml"], "configs/go5.yaml: unknown key generations"),
        (["play", "nobody"], "player 'nobody': wanted random, capture"),
        (["play", "net:nowhere"], "no player at nowhere"),
        (["play", "random", "--size", "40"], "size 40: wanted 1 to 19"),
        (["play", "random", "--size", "x"], "size"),
        (["play", "random", "--komi", "0.3"], "komi 0.3: wanted a multiple of 0.5"),
        (["play", "random", "--rules", "ing"], "rules 'ing': wanted one of tromp-taylor"),
        (["play", "random", "--load", "nowhere.sgf"], "nowhere.sgf"),
        (["gtp", "--player", "nobody"], "player 'nobody'"),
        (["gtp", "--plaier", "random"], "plaier"),
    ],
)
def test_what_a_user_gets_wrong_ends_in_one_line_and_status_2(words, said, tmp_path):
    done = insei(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert said.lower() in done.stderr.lower()
    assert not (ROOT / "runs" / "tests").exists()


def test_a_broken_sgf_is_named(tmp_path):
    path = tmp_path / "bad.sgf"
    path.write_text("(;GM[2]SZ[5];B[aa])")
    done = insei("play", "random", "--load", path)
    assert done.returncode == 2
    assert "bad.sgf: GM[2]: wanted GM[1], Go" in done.stderr


def test_a_damaged_player_is_named(tmp_path, tiny_package):
    folder = tmp_path / "player"
    folder.mkdir()
    for one in tiny_package.iterdir():
        (folder / one.name).write_bytes(one.read_bytes()[:-9])
    done = insei("play", f"net:{folder}", "--size", 5)
    assert done.returncode == 2
    assert "player.json" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["train", "tournament", "play", "gtp", "version"])
def test_help_teaches(command):
    done = insei(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 3
    if command != "version":
        assert f"insei {command} " in done.stdout  # an example


def test_version_names_what_it_stands_on():
    done = insei("version")
    assert done.returncode == 0
    assert done.stdout.startswith("insei 0.")
    assert "torch 2" in done.stdout


@pytest.mark.slow
def test_a_tournament_from_the_command_line(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(
        "players: [random, capture]\ngames: 4\nworkers: 0\n"
        "rules: {width: 5, height: 5, komi: 9.5}\n"
    )
    done = insei("tournament", path, "--reports", tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ *[12] +capture +[+-]\d+ ", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1] == f"report: {tmp_path / 'tiny' / 'report.html'}"
