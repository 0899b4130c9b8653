"""Configurations by their names: outside a checkout, beside files of that name, in each command."""

from pathlib import Path

import pytest

from insei.commands import demo as demo_command
from insei.selfplay.beginning import open_run
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.studies.ablation import AblationConfig, read_ablation
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.shipped_configurations import SHIPPED, find_configuration, shipped_configurations
from insei.tournament.session import read_tournament
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.command import insei
from tests.helpers.paths import ROOT

KINDS = (TrainConfig, TournamentConfig, AblationConfig, LearnConfig)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A working folder outside the checkout."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_configuration_is_listed_once_with_what_it_is_about():
    listed = [(name, said) for kind in KINDS for name, said in shipped_configurations(kind).items()]
    assert sorted(name for name, _ in listed) == sorted(
        path.stem for path in (ROOT / "configs").glob("*.yaml")
    )
    assert not [name for name, said in listed if len(said) < 10 or said.endswith((".", ":"))]


def test_each_command_finds_its_configurations_by_name(elsewhere):
    run, config = open_run(Path("go5"), elsewhere, [])
    run.close()
    assert (config.name, run.path) == ("go5", elsewhere / "go5")
    assert read_tournament(Path("demo")).name == "demo"
    assert read_ablation(Path("ablation7")).base == "go7"


def test_what_lies_here_goes_before_what_comes_with_insei(elsewhere):
    assert find_configuration("go5", TrainConfig) == SHIPPED / "go5.yaml"
    (elsewhere / "demo").mkdir()  # a folder is no configuration
    assert find_configuration("demo", TournamentConfig) == SHIPPED / "demo.yaml"
    (elsewhere / "go5.yaml").write_text("generations: 2\n")
    assert find_configuration("go5", TrainConfig).resolve() == elsewhere / "go5.yaml"
    (elsewhere / "go5").write_text("generations: 3\n")
    assert find_configuration("go5", TrainConfig).resolve() == elsewhere / "go5"


@pytest.mark.parametrize(
    ("said", "kind", "hint"),
    [
        ("go55", TrainConfig, "did you mean go5?"),
        ("configs/go5.yaml", TrainConfig, "did you mean go5?"),
        ("dmeo", TournamentConfig, "did you mean demo?"),
        ("zebra", AblationConfig, "one of ablation7-second, ablation7$"),
        ("", TrainConfig, "wanted a YAML file"),
        ("../configs/go5", TrainConfig, "did you mean go5?"),
    ],
)
def test_an_unknown_name_lists_those_that_are_known(elsewhere, said, kind, hint):
    with pytest.raises(UserError, match=hint):
        find_configuration(said, kind)


@pytest.mark.parametrize("command", ["train", "tournament", "ablate"])
def test_list_prints_names_and_a_missing_name_is_one_line(command):
    listed = insei(command, "--list")
    assert listed.returncode == 0
    assert len(listed.stdout.splitlines()) >= 2
    assert listed.stderr == ""
    missing = insei(command)
    assert missing.returncode == 2
    assert missing.stderr.startswith("insei: ")
    assert len(missing.stderr.splitlines()) == 1


def test_the_demo_trains_and_then_holds_the_tournament(monkeypatch):
    called = []
    for name in ("train", "tournament"):
        monkeypatch.setattr(
            demo_command,
            name,
            lambda source, name=name, **others: called.append((name, str(source), others)),
        )
    demo_command.demo(address="here:1")
    assert called == [
        ("train", "go5", {"address": "here:1"}),
        ("tournament", "demo", {"address": "here:1"}),
    ]
