"""The commands as a user meets them: configurations, GTP, the line-mode game, bad input."""

import re
from dataclasses import dataclass, field

import pytest
import yaml

from insei.commands.ablate import AblationConfig
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import BadConfig, build, convert, parse_yaml, to_yaml, with_settings
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.command import insei
from tests.helpers.paths import ROOT

# Configurations


@pytest.mark.parametrize("kind", [TrainConfig, TournamentConfig])
def test_a_configuration_is_written_and_read_back(kind):
    config = kind()
    assert build(kind, parse_yaml(to_yaml(config), "text")) == config


@pytest.mark.parametrize(
    "path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda one: one.name
)
def test_every_configuration_of_ours_is_valid_and_states_only_what_differs(path):
    values = yaml.safe_load(path.read_text())
    kind = (
        TournamentConfig
        if "players" in values
        else AblationConfig
        if "arms" in values
        else TrainConfig
    )
    config = build(kind, values)
    assert config.name == path.stem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("generation: 3", "unknown key generation: wanted one of .*did you mean generations"),
        (
            "learner: {batchsize: 3}",
            "unknown key learner.batchsize.*did you mean learner.batch_size",
        ),
        ("generations: many", "generations: 'many', wanted a whole number"),
        ("generations: 2.5", "generations: 2.5, wanted a whole number"),
        ("generations: true", "generations: True, wanted a whole number"),
        ("reuse: x", "reuse: 'x', wanted a number"),
        ("rules: 9", "rules: 9, wanted keys and values"),
        ("rules: {ko: super}", "rules.ko: 'super', wanted one of simple"),
        ("rules: {width: 40}", "rules: width 40: wanted a whole number from 1 to 19"),
        ("rules: {suicide: 1}", "rules.suicide: 1, wanted true or false"),
        ("rating: {opponents: random}", "rating.opponents: 'random', wanted a list"),
        ("rating: {opponents: [1]}", r"rating.opponents\[0\]: 1, wanted text"),
        ("name: 7", "name: 7, wanted text"),
        ("[1, 2]", "list, wanted keys and values"),
        ("a: [", "not YAML"),
        ("seed: 1\nname: a\nseed: 2", "text: not YAML: line 3: key seed stands twice"),
        ("rules: {komi: 7, komi: 9}", "key komi stands twice"),
        ("seed: -1", "seed -1: wanted 0 to 9223372036854775807"),
        ("seed: 9223372036854775808", "seed 9223372036854775808: wanted 0 to"),
        ("sizes: [{side: 5}]", r"missing sizes\[0\].komi: wanted side, komi at least"),
        ("name: ..", "name '..': wanted letters.* one at least that is no dot"),
        ("name: .", "name '.'"),
        ("name: ''", "name ''"),
    ],
)
def test_a_bad_configuration_names_the_key_and_what_was_wanted(text, said):
    with pytest.raises(BadConfig, match=said):
        build(TrainConfig, parse_yaml(text, "text"))


def test_settings_lay_over_a_file():
    values = with_settings({"a": {"b": 1, "c": 2}}, ["a.b=3", "d=[x, y]", "e.f=1e-3"])
    assert values == {"a": {"b": 3, "c": 2}, "d": ["x", "y"], "e": {"f": "1e-3"}}
    assert convert(float, "1e-3", "key") == 1e-3
    for word in ("a", "=3", "a.b.c=1"):
        with pytest.raises(BadConfig, match="setting"):
            with_settings({"a": {"b": 1}}, [word])
    for word in ("players=[a", "d=2020-13-01"):
        with pytest.raises(BadConfig, match=f"setting '{re.escape(word)}': not YAML"):
            with_settings({}, [word])


def test_optional_values_may_be_absent():
    @dataclass(frozen=True)
    class Optional:
        number: int | None = None
        many: tuple[int, ...] = field(default=())

    assert build(Optional, {"number": None}).number is None
    assert build(Optional, {"number": 4, "many": [1, 2]}).many == (1, 2)


# Commands and bad input


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
    path.write_text("(;SZ[5];B[aa];W[aa];B[bb];W[cc];B[dd])")
    done = insei("play", "random", "--load", path)
    assert done.returncode == 2
    assert "bad.sgf: move 2 by white: A5 for white: occupied" in done.stderr


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
    assert "| capture |" in done.stdout
    assert done.stdout.splitlines()[-1] == f"report: {tmp_path / 'tiny' / 'report.html'}"


@pytest.mark.slow
def test_training_from_the_command_line_and_again(tmp_path):
    path = tmp_path / "mini.yaml"
    path.write_text(
        "generations: 1\ngames_per_generation: 4\nworkers: 0\n"
        "rules: {width: 3, height: 3, komi: 8.5}\n"
        "network: {blocks: 1, channels: 8}\nrating: {every: 0}\n"
        "selfplay: {games_in_flight: 4, search: {visits: 2}}\n"
    )
    done = insei("train", path, "--runs", tmp_path)
    assert done.returncode == 0, done.stderr
    again = insei("train", path, "--runs", tmp_path)
    assert again.returncode == 0, again.stderr
    assert "1 generations learned" in again.stdout
    other = insei("train", path, "--runs", tmp_path, "--set", "learner.batch_size=128")
    assert other.returncode == 2
    assert "exists already, with another learner.batch_size: `insei train " in other.stderr
    assert f"`insei train {tmp_path / 'mini'}` continues it" in other.stderr
    longer = insei("train", tmp_path / "mini", "--set", "generations=2")
    assert longer.returncode == 0, longer.stderr
    assert "2 generations learned" in longer.stdout
    kept = (tmp_path / "mini" / "config.yaml").read_text()
    for setting, said in (
        ("generations=x", "generations"),
        ("network.channels=16", "another net"),
        ("rating={every: 1, opponents: [influance]}", "did you mean influence"),
    ):
        wrong = insei("train", tmp_path / "mini", "--set", setting)
        assert wrong.returncode == 2, wrong
        assert said in wrong.stderr
        assert (tmp_path / "mini" / "config.yaml").read_text() == kept
    played = insei("play", f"search:{tmp_path / 'mini'},visits=4", "--size", 3, text="B2\npass\n")
    assert played.returncode == 0, played.stderr
