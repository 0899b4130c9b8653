"""Resizing: nets of other sizes from recorded games, made once, rated, and continued."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.find_package import find_package
from insei.agents.net.package import load_package, read_card
from insei.commands.package import package
from insei.commands.resize import resize as command
from insei.engine.rules import Rules
from insei.selfplay.history.fields import bytes_of
from insei.selfplay.history.history import History, Proposal
from insei.selfplay.learner.learner import Learner
from insei.selfplay.studies.resizing import ResizeConfig, architectures, resize
from insei.selfplay.studies.retraining import read_rows, retrain
from insei.system.configuration import to_yaml
from tests.helpers.nets import TINY
from tests.helpers.runs import SHORT


def test_a_net_is_resized_from_python_in_three_lines(learned, tmp_path):
    told = []
    config = ResizeConfig(str(learned), learned, channels=(0.5,), out=tmp_path / "s", games=0)
    result = resize(config, watch=lambda path, status: told.append((path, status)))
    assert result.folders == [tmp_path / "s" / "2b4"]
    assert not result.players
    path, status = told[-1]
    assert path == tmp_path / "s" / "2b4"
    assert status.step == status.num_steps


def test_a_training_whose_loss_is_nan_stops_with_a_line(learned, tmp_path, monkeypatch):
    step = Learner.step

    def poisoned(self, batch, progress):
        batch["score"][0] = np.nan
        return step(self, batch, progress)

    monkeypatch.setattr(Learner, "step", poisoned)
    said = r"2b4 is not made, its loss is no number any more .*step.* --learning-rate below 0.003"
    with pytest.raises(ValueError, match=said):
        command(str(learned), dataset=learned, channels=[0.5], out=tmp_path, games=0)
    assert not (tmp_path / "2b4").exists()


def test_a_net_is_resized_from_recorded_games_rated_and_not_made_twice(learned, tmp_path, capsys):
    words = {
        "dataset": learned,
        "channels": [0.5],
        "out": tmp_path / "small",
        "passes": 1.0,
        "games": 2,
        "visits": 2,
        "workers": 0,
        "reports": tmp_path,
    }
    command(str(learned), **words)
    card = load_package(tmp_path / "small" / "2b4").card
    assert card.architecture == replace(TINY, channels=4)
    assert card.training["dataset"] == str(learned)
    assert card.training["held_out"]["outcome"] > 0
    assert {one["player"] for one in card.rating["players"]} == {"net:", "search:visits=2"}
    said = capsys.readouterr().out
    assert "\n2b4, alone " in said
    assert "\n2b8, 2 visits " in said
    stamp = (tmp_path / "small" / "2b4" / "weights.safetensors").stat().st_mtime_ns
    command(str(learned), **words)
    assert (tmp_path / "small" / "2b4" / "weights.safetensors").stat().st_mtime_ns == stamp
    for change in ({"passes": 2.0}, {"rows": 200}, {"learning_rate": 1e-4}):
        with pytest.raises(ValueError, match="comes from elsewhere"):
            command(str(learned), **(words | change))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"channels": [1.0]}, "2b8 is there already: wanted --channels or --blocks"),
        ({"channels": [-1.0]}, "channels -1.0: wanted a factor"),
        ({"channels": [float("inf")]}, "channels inf: wanted a factor"),
        ({"channels": [float("nan")]}, "channels nan: wanted a factor"),
        ({"channels": [0.5], "rows": 20}, "20 rows; wanted 100 or more"),
        ({"channels": [0.5], "passes": 0.0}, "passes 0.0: wanted above 0"),
        ({"channels": [0.5], "learning_rate": 0.0}, "learning_rate 0.0: wanted 1e-08 to 1"),
        ({"channels": [0.5], "games": 3}, "games 3: wanted an even number"),
        ({"channels": [0.5], "workers": -1}, "workers -1"),
        ({"channels": [0.5], "visits": -1}, "visits -1"),
    ],
)
def test_a_resize_that_makes_no_sense_is_refused(learned, tmp_path, words, said):
    with pytest.raises(ValueError, match=said):
        command(str(learned), dataset=learned, out=tmp_path / "out", **words)
    assert not (tmp_path / "out").exists()


def test_a_dataset_that_does_not_fit_the_player_is_refused(learned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where reports go

    def resize_to(folder, dataset, player=str(learned)):
        return command(player, dataset=dataset, channels=[0.5], out=folder / "out")

    with pytest.raises(ValueError, match="holds games on 5x5; wanted 7x7, the board of go7"):
        resize_to(tmp_path, learned, "go7")
    with pytest.raises(ValueError, match="is no run"):
        resize_to(tmp_path, tmp_path, "go7")
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "config.yaml").write_text(to_yaml(SHORT))
    with pytest.raises(ValueError, match="holds no games"):
        resize_to(tmp_path, empty)
    (empty / "config.yaml").write_text(to_yaml(replace(SHORT, rules=Rules(5, 5, 9, ko="simple"))))
    (empty / "games.lance").symlink_to(learned / "games.lance")
    with pytest.raises(ValueError, match="games with ko positional; wanted ko simple"):
        resize_to(tmp_path, empty)
    with pytest.raises(ValueError, match="without a comma"):
        resize_to(tmp_path / "a,b", learned)
    with pytest.raises(ValueError, match="without a comma"):
        package(str(learned), tmp_path / "a,b")


def test_widths_and_depths_are_factors_or_numbers(tmp_path):
    own = NetworkConfig(blocks=4, channels=48)
    config = ResizeConfig("go7", tmp_path, channels=(0.5, 64, 1.0))
    assert [(one.blocks, one.channels) for one in architectures(config, own)] == [(4, 24), (4, 64)]
    config = ResizeConfig("go7", tmp_path, channels=(0.25, 1), blocks=(2, 4))
    found = [(one.blocks, one.channels) for one in architectures(config, own)]
    assert found == [(2, 12), (4, 12), (2, 48)]


def test_a_killed_retraining_goes_on_where_it_stood(learned, tmp_path, monkeypatch):
    monkeypatch.setattr("insei.selfplay.studies.retraining.STEPS_BETWEEN_SAVES", 4)
    rows = read_rows(learned, SHORT, 10**6)
    card = read_card(find_package(str(learned)))

    def run(saves, watch):
        return retrain(rows, TINY, SHORT, card, 10, saves, watch)[0]

    class Killed(Exception):
        pass

    def die(status):
        raise Killed

    whole = run(tmp_path / "whole", lambda status: None)
    with pytest.raises(Killed):
        run(tmp_path / "parts", die)  # at its end, after the save of step 8
    assert [one.name for one in (tmp_path / "parts").iterdir()] == ["000000008"]
    told = []
    parts = run(tmp_path / "parts", lambda status: told.append(status.step))
    assert told == [10]
    assert all(abs(whole[name] - one).max() < 1e-6 for name, one in parts.items())


def test_a_card_names_the_edits_that_its_net_learned_from(learned, tmp_path):
    run = shutil.copytree(learned, tmp_path / "run")
    history = History(run)
    row = history.games.table.slice(0, 1).to_pylist()[0]
    cell = Proposal(row["game"], row["ply"], "weight", bytes_of(0.5, "weight"))
    commit = history.commit([cell], "half")
    config = ResizeConfig(str(run), run, channels=(0.5,), passes=1.0, out=tmp_path / "s", games=0)
    [made] = resize(config).folders
    assert read_card(made).training["dataset_commit"] == commit.id
    history.revert("HEAD")
    with pytest.raises(ValueError, match="comes from elsewhere"):
        resize(config)
    history.create_branch("half", commit.id)
    history.switch("half")
    assert resize(config).folders == [made]
