"""`--no-play` starts no program, and nothing of a folder that somebody sent."""

import json
import sys
from dataclasses import replace

import pytest

from insei.main import main
from insei.system.configuration import to_yaml
from tests.helpers.paths import HELPERS
from tests.helpers.tournaments import CONFIG, hold

PROGRAM = HELPERS / "programs" / "misbehaving_gtp.py"


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Random against a program and a Python file, which make a file whenever they start."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(
        "open('touched', 'w').close()\n"
        "class First:\n    def choose(self, position):\n"
        "        return position.legal_moves()[-1]\n"
    )
    script = tmp_path / "program"
    script.write_text(f"#!/bin/sh\ntouch touched\nexec {sys.executable} {PROGRAM} passes\n")
    script.chmod(0o755)
    players = ("random", f"gtp:{script}", "python:own.py:First")
    return replace(CONFIG, players=players, games=2)


@pytest.mark.parametrize("memory", [[], ["--no-memory"]])
def test_no_play_starts_nothing_and_reports_what_was_recorded(tmp_path, config, memory, capsys):
    report = hold(tmp_path, config)
    (tmp_path / "touched").unlink()
    (tmp_path / "small.yaml").write_text(to_yaml(config))
    main(["tournament", str(tmp_path / "small.yaml"), "--reports", str(tmp_path), "--no-play",
          *memory])  # fmt: skip
    assert not (tmp_path / "touched").exists()
    first, second = json.loads(report.with_suffix(".json").read_text())["sessions"]
    assert first["players"] == second["players"]
    assert second["players"][config.players[1]] == "bad 1"
    assert second["players"][config.players[2]].startswith("file ")
    assert "starting" not in capsys.readouterr().err


def test_no_play_with_games_missing_starts_nothing(tmp_path, config):
    hold(tmp_path, config)
    (tmp_path / "touched").unlink()
    hold(tmp_path, replace(config, games=4), play=None)
    assert not (tmp_path / "touched").exists()


def test_programs_are_told_before_they_start(tmp_path, config):
    told = []

    def notice(line):
        told.append((line, (tmp_path / "touched").exists()))

    hold(tmp_path, config, notice=notice)
    names = ", ".join(sorted(config.players[1:]))
    assert told == [(f"starting {names}", False)]
    hold(tmp_path, config, notice=notice)  # all games are there
    assert len(told) == 1
