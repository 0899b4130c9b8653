"""Players that misbehave, and a tournament that is killed: it ends all the same, and says why."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from insei.agents.gtp import program_player as gtp_player
from insei.engine.rules import Rules
from insei.system.configuration import to_yaml
from insei.tournament.match import MOST_FAILURES
from insei.tournament.memory_use import memory_use_of
from tests.helpers.paths import HELPERS
from tests.helpers.tournaments import CONFIG, hold

PROGRAM = HELPERS / "programs" / "misbehaving_gtp.py"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("hang", "no answer to 'genmove black' within 1 s"),
        ("die", "ended at 'genmove black'; it said: I am tired"),
        ("flood", "answered more than"),
        ("garbage", "wanted = or ?"),
        ("nonsense", "vertex 'Z99'"),
        ("stray", "spoke out of turn before"),
        ("refuse", "genmove black refused: no"),
        ("small", "'boardsize 5' refused: unacceptable size"),
    ],
)
def test_a_tournament_with_a_program_that_misbehaves_ends_and_says_so(
    tmp_path, monkeypatch, how, said
):
    monkeypatch.setattr(gtp_player, "MOVE_SECONDS", 1.0)
    monkeypatch.setattr(gtp_player, "STOP_SECONDS", 0.2)
    name = f"gtp:{sys.executable} {PROGRAM} {how}"
    config = replace(CONFIG, players=("random", name), games=2 * MOST_FAILURES)
    report = hold(tmp_path, config)
    values = json.loads(report.with_suffix(".json").read_text())
    assert values["games"] == config.games
    failures = values["failures"][name]
    assert sum(failures.values()) == config.games
    assert any(said in reason for reason in failures)
    if how == "stray":  # on a busy machine its second answer may pass for the next command's
        return
    assert failures[f"failed: given up after {MOST_FAILURES} games that failed"] == MOST_FAILURES
    for suffix in (".html", ".md"):
        assert "given up after" in report.with_suffix(suffix).read_text()


def test_a_program_that_is_not_there_is_refused_before_the_first_game(tmp_path):
    program = tmp_path / "program"
    config = replace(CONFIG, players=("random", f"gtp:{program}"), games=2)
    with pytest.raises(ValueError, match=r"program: .*program can't be started: not found"):
        hold(tmp_path, config)
    assert not (tmp_path / config.name / "games.jsonl").exists()
    program.write_text(f"#!/bin/sh\nexec {sys.executable} {PROGRAM} passes\n")
    program.chmod(0o755)
    hold(tmp_path, config)
    program.unlink()
    report = hold(tmp_path, config)  # all games were played: it isn't wanted any more
    values = json.loads(report.with_suffix(".json").read_text())
    assert values["games"] == 2
    assert not values["failures"].get(f"gtp:{program}")
    versions = [session["players"][f"gtp:{program}"] for session in values["sessions"]]
    assert versions == ["bad 1", "bad 1"]  # as it answered while it was there
    more = replace(config, games=4)
    assert hold(tmp_path, more, None)  # nothing is played
    with pytest.raises(ValueError, match="can't be started"):
        hold(tmp_path, more)


def test_a_mistake_before_the_first_game_binds_nobody(tmp_path):
    with pytest.raises(ValueError, match="wanted SGF games"):
        hold(tmp_path, replace(CONFIG, openings="/nowhere"))
    assert hold(tmp_path)
    with pytest.raises(ValueError, match="other conditions"):
        hold(tmp_path, replace(CONFIG, opening_plies=3))


def test_a_damaged_file_of_a_tournament_is_named(tmp_path):
    hold(tmp_path)
    games = tmp_path / CONFIG.name / "games.jsonl"
    games.write_text(games.read_text() + '{"no": "game"}\n')
    hold(tmp_path)
    (tmp_path / CONFIG.name / "players.json").write_text("{nonsense")
    with pytest.raises(ValueError, match=r"players\.json: .*wanted that file moved away"):
        hold(tmp_path)


def test_a_program_that_plays_illegally_loses_each_game_and_plays_on(tmp_path):
    name = f"gtp:{sys.executable} {PROGRAM} illegal"
    report = hold(tmp_path, replace(CONFIG, players=("random", name), games=8))
    values = json.loads(report.with_suffix(".json").read_text())
    reasons = values["failures"][name]
    assert reasons
    assert all(reason.startswith("illegal move: 20, ") for reason in reasons)


@pytest.mark.slow
def test_a_killed_tournament_goes_on_and_counts_no_game_twice(tmp_path):
    config = replace(CONFIG, players=("random", "capture"), games=600)
    (tmp_path / "small.yaml").write_text(to_yaml(config))
    words = ["-m", "insei", "tournament", str(tmp_path / "small.yaml"), "--no-memory"]
    command = [sys.executable, *words, "--reports", str(tmp_path)]
    games = tmp_path / "small" / "games.jsonl"
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not games.exists() or games.read_bytes().count(b"\n") < 5:
        assert running.poll() is None
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    before = games.read_bytes().count(b"\n")
    assert before < 600
    with games.open("ab") as file:
        file.write(b'{"id": "77", "number"')  # a power cut in the middle of a line
    subprocess.run(command, check=True, capture_output=True)
    values = json.loads((tmp_path / "small" / "report.json").read_text())
    assert values["games"] == values["due"] == 600
    ids = [line.split('"')[3] for line in games.read_text().splitlines() if line.endswith("}")]
    assert len(ids) == len(set(ids)) == 600
    assert len(values["sessions"]) == 2


def test_memory_is_measured_in_a_process_of_its_own():
    found = memory_use_of("random", Rules(5, 5, 2.5))
    assert found is not None
    assert 5 < found.before <= found.peak
    assert found.plies > 5
    behind = memory_use_of(f"gtp:{sys.executable} {PROGRAM} well", Rules(5, 5, 2.5))
    assert behind is not None
    assert (behind.before, behind.plies) == (0, 2)
    assert memory_use_of("nobody", Rules(5, 5, 2.5)) is None


def test_memory_is_measured_where_the_tournament_is(tmp_path, monkeypatch):
    (tmp_path / "own.py").write_text("class First:\n    def choose(self, position):\n"
                                     "        return position.legal_moves()[-1]\n")  # fmt: skip
    monkeypatch.chdir(tmp_path)
    found = memory_use_of("python:own.py:First", Rules(5, 5, 2.5))
    assert found is not None
    assert found.plies == 2
