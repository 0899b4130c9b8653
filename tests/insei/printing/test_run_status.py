"""A run on one screen: in training, stopped and finished; and the games of its self-play."""

import json
import sys
from contextlib import closing
from dataclasses import replace

import pexpect
import pytest

from insei.main import main
from insei.printing.run_status import finished_lines, sparkline, status_lines, time_text
from insei.selfplay.reports.run_status import RunCurves, read_status
from insei.selfplay.run import RunFolder
from insei.system.configuration import to_yaml
from insei.system.errors import UserError
from tests.helpers.hostile.text import HOSTILE, steering
from tests.helpers.runs import RATED, begin, finish
from tests.helpers.terminal import Terminal


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of two generations, both rated."""
    path = tmp_path_factory.mktemp("runs") / "tiny"
    finish(*begin(path, replace(RATED, generations=2)))
    return path


def said_by(words, capsys):
    main([str(word) for word in words])
    return capsys.readouterr().out


def test_a_finished_run_says_how_far_how_strong_and_what_next(run):
    status = read_status(run, RunCurves(run))
    assert (status.generation, status.share_done, status.holder) == (2, 1.0, "")
    assert (status.games, len(status.ratings)) == (24, 2)
    assert len(status.curves["elo/5x5"]) == 2
    assert status.curves["elo/5x5"][-1] == pytest.approx(status.elos["5x5"].elo, abs=0.1)
    lines = status_lines(status, 100)
    said = "\n".join(lines)
    assert lines[0] == f"{run}: finished"[:100] or lines[0].endswith("…")
    assert "self-play on 5x5, komi 14.5, area scoring; net of 2 blocks, 8 channels" in said
    assert "100%  generation 2 of 2" in said
    assert "24 games, " in said
    assert f"{status.elos['5x5'].elo:+.0f}" in said
    assert "random at 0" in said
    assert "generation 2 took of the points: random " in said
    for label in ("loss, policy", "loss, outcome", "loss, score", "loss, ownership"):
        assert label in said
    assert "generation 2: random" in said  # the log
    assert "insei games " in said


def test_each_curve_ends_with_the_newest_value(run):
    curves = RunCurves(run).read()
    lines = status_lines(read_status(run, RunCurves(run)), 200)
    [line] = [line for line in lines if line.startswith("loss, policy")]
    assert line.split()[2] == f"{curves['loss/policy'][-1]:.3f}"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_status_fits_the_screen(run, width):
    lines = status_lines(read_status(run, RunCurves(run)), width)
    assert max(map(len, lines)) <= width
    assert len(lines) <= 24


def test_a_run_in_training_is_named_and_not_disturbed(run):
    with closing(RunFolder(run)):
        status = read_status(run)
        assert status.holder.isdecimal()
        assert ": in training, process " in status_lines(status, 1000)[0]
    RunFolder(run).close()


def test_a_stopped_run_says_how_it_goes_on(tmp_path):
    config = replace(RATED, generations=None, hours=2.0)
    RunFolder.create(tmp_path / "new", to_yaml(config)).close()
    status = read_status(tmp_path / "new", RunCurves(tmp_path / "new"))
    assert (status.generation, status.share_done, status.seconds_left) == (0, 0.0, None)
    lines = status_lines(status, 1000)
    assert lines[0] == f"{tmp_path / 'new'}: stopped; `insei train {tmp_path / 'new'}` goes on"
    assert any("generation 0, 2 h at most" in line for line in lines)
    assert not any("insei play" in line for line in lines)


def test_a_run_that_is_done_says_its_rating_its_hours_and_what_to_type(run):
    lines = finished_lines(read_status(run), f"search:{run}")
    assert lines[0].startswith(f"{run}: 2 generations learned in ")
    assert lines[0].endswith(f" s, 24 games; play it as search:{run}")
    assert lines[1].startswith("rating on 5x5: ")
    assert lines[1].endswith(", random at 0")
    assert lines[2:] == [
        f"curves   tensorboard --logdir {run.parent}",
        f"play     insei play search:{run},visits=100 --size 5",
        f"games    insei games {run}",
    ]


def test_the_log_of_somebody_else_steers_nothing(tmp_path, capsys):
    run = tmp_path / "new"
    RunFolder.create(run, to_yaml(RATED)).close()
    (run / "log.txt").write_text(f"2026-01-01 00:00:00 {HOSTILE.splitlines()[0]}\n")
    assert not steering(said_by(["status", run], capsys))


def test_what_is_no_run_has_no_status(tmp_path):
    with pytest.raises(UserError, match=r"is no run: wanted config\.yaml in it"):
        read_status(tmp_path)


def test_a_damaged_checkpoint_is_named(run, tmp_path):
    path = tmp_path / "tiny"
    RunFolder.create(path, to_yaml(RATED)).close()
    newest = sorted((run / "checkpoints").iterdir())[-1]
    copied = path / "checkpoints" / newest.name
    copied.mkdir(parents=True)
    for file in newest.iterdir():
        (copied / file.name).write_bytes(file.read_bytes())
    state = json.loads((copied / "state.json").read_text())
    state["progress"]["seconds"] = "long"
    (copied / "state.json").write_text(json.dumps(state))
    with pytest.raises(ValueError, match=r"state\.json"):
        read_status(path)


def test_watching_wants_a_terminal(run, capsys):
    with pytest.raises(SystemExit):
        main(["status", str(run), "--watch"])
    assert capsys.readouterr().err.startswith("insei: --watch wants a terminal; ")


@pytest.mark.slow
def test_a_run_is_watched_on_a_terminal_until_it_ends(run):
    environment = {"TERM": "xterm-256color", "COLUMNS": "90", "LINES": "30"}
    words = ("-m", "insei", "status", str(run), "--watch", "--every", "0.2")
    with closing(RunFolder(run)):
        terminal = Terminal(sys.executable, *words, environment=environment)
        terminal.expect("in training, process")
        terminal.expect([pexpect.TIMEOUT, "never"], timeout=1)
    printed, status = terminal.read_to_end()
    assert status == 0
    assert "finished" in printed


def test_bars_of_a_line_show_the_course():
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([3.0, 3.0]) == "▁▁"
    assert sparkline([]) == ""
    assert sparkline(list(range(100)), 4) == "▁▃▆█"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (89, "89 s"), (600, "10 min"), (9000, "2.5 h")]
)
def test_times_are_told_in_the_unit_that_suits_them(seconds, text):
    assert time_text(seconds) == text


def test_games_of_a_run_are_listed_and_written(run, capsys):
    said = said_by(["games", run, "--list"], capsys).splitlines()
    assert said[0].split()[:3] == ["number", "generation", "board"]
    rows = [line.split() for line in said[2:]]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 21)]
    assert {row[1] for row in rows} == {"0", "1"}
    path = said_by(["games", run, "--number", "3"], capsys).strip()  # no terminal: named alone
    assert path.endswith(f"{rows[2][6]}.sgf")
    with pytest.raises(SystemExit):
        main(["games", str(run), "--number", "99"])
    assert "number 99: wanted 1 to 24" in capsys.readouterr().err


@pytest.mark.slow
def test_a_game_of_a_run_opens_on_the_board(run, tmp_path):
    environment = {"TERM": "xterm-256color", "NO_COLOR": "1", "XDG_STATE_HOME": str(tmp_path)}
    terminal = Terminal(
        sys.executable, "-m", "insei", "games", str(run), environment=environment, size=(40, 110)
    )
    terminal.expect("insei, net 1")
    terminal.send("\x11")
    printed, status = terminal.read_to_end()
    assert status == 0
    assert "--number 2` opens the one before" in "".join(printed.split("\r\n"))
