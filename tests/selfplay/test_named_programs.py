"""A run's folder that somebody sent starts nothing that the user has not named."""

import shutil
import sys
from dataclasses import replace

import pytest

from insei.main import main
from insei.selfplay.beginning import go_on, open_run
from insei.selfplay.train_config import RatingConfig
from insei.system.configuration import to_yaml
from insei.system.errors import UserError
from tests.helpers.runs import CONFIG


@pytest.fixture
def touched(tmp_path, monkeypatch):
    """A file that the program would make."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(
        "open('touched', 'w').close()\n"
        "class First:\n    def choose(self, position):\n"
        "        return position.legal_moves()[-1]\n"
    )
    return tmp_path / "touched"


def programs(tmp_path):
    return (f"gtp:{sys.executable} -c \"open('touched', 'w')\"", "python:own.py:First")


def config_with(*opponents, every=1):
    rating = RatingConfig(every=every, games=2, opponents=("random", *opponents))
    return replace(CONFIG, generations=1, rating=rating)


def begun(tmp_path, config):
    """A run that was begun by its configuration's file."""
    source = tmp_path / "tiny.yaml"
    source.write_text(to_yaml(config))
    run, _ = open_run(source, tmp_path / "runs", [])
    run.close()
    return tmp_path / "runs" / "tiny"


@pytest.mark.parametrize("number", [0, 1])
def test_a_received_run_that_names_a_program_starts_nothing(tmp_path, touched, number, capsys):
    path = begun(tmp_path, config_with(programs(tmp_path)[number]))
    touched.unlink(missing_ok=True)
    shutil.rmtree(tmp_path / "state")  # another machine, or another user
    with pytest.raises(SystemExit) as ended:
        main(["train", str(path)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"insei: {path} would start programs that you have not named in this")
    assert programs(tmp_path)[number].partition(":")[0] in said
    assert said.count("\n") == 1
    assert not touched.exists()


def test_one_s_own_run_goes_on(tmp_path, touched):
    path = begun(tmp_path, config_with("python:own.py:First"))
    for _ in range(2):
        run, config = go_on(path, [])
        run.close()
    assert config.rating.opponents == ("random", "python:own.py:First")


def test_a_program_named_by_set_is_started_and_remembered(tmp_path, touched):
    path = begun(tmp_path, config_with())
    setting = "rating.opponents=[random, 'python:own.py:First']"
    go_on(path, [setting])[0].close()
    (path / "config.yaml").write_text(to_yaml(config_with("python:own.py:First")))
    go_on(path, [])[0].close()


@pytest.mark.parametrize("settings", [["rating.games=4"], ["rating.every=2"], []])
def test_other_settings_name_no_program(tmp_path, touched, settings):
    path = begun(tmp_path, config_with(every=None))
    (path / "config.yaml").write_text(to_yaml(config_with("python:own.py:First")))
    with pytest.raises(UserError, match="would start programs"):
        go_on(path, settings)
    assert not touched.exists()
    go_on(path, ["rating.every=null"])[0].close()
    assert not touched.exists()


def test_a_program_named_in_another_folder_is_not_named_here(tmp_path, touched, monkeypatch):
    path = begun(tmp_path, config_with("python:own.py:First"))
    touched.unlink()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    with pytest.raises(UserError, match="would start programs"):
        go_on(path, [])
    assert not touched.exists()


def test_without_a_state_folder_a_run_begins_all_the_same(tmp_path, touched):
    (tmp_path / "state").write_text("a file")
    path = begun(tmp_path, config_with("python:own.py:First"))
    with pytest.raises(UserError, match="would start programs"):
        go_on(path, [])
