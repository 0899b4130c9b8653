"""How commands fail: a user's mistake in one line and status 2, a bug with a log and status 1."""

import errno
import re

import numpy as np
import pytest

from insei.agents.player import PlayerFailed
from insei.main import main
from insei.system import error_log
from insei.system.errors import ClusterMissing, UserError, WorkersExited


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("INSEI_TRACEBACK", raising=False)
    return tmp_path / "state" / "insei"


def end_of(capsys, words=("rate", "random", "--size", "7")):
    """Exit status and standard error of a command."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return ended.value.code, capsys.readouterr().err


def divide():
    return 1 / 0


def misshape():
    return np.zeros(3) + np.zeros(4)


def stray():
    return {}["key"]


@pytest.fixture
def broken(monkeypatch):
    """Lets `insei rate` fail in a way that is given."""

    def break_with(error):
        def fail(name):
            if isinstance(error, BaseException):
                raise error
            error()

        monkeypatch.setattr("insei.tournament.placement.make_player", fail)

    return break_with


@pytest.mark.parametrize(
    ("bug", "said", "where"),
    [
        (divide, "ZeroDivisionError: division by zero", "in divide"),
        (misshape, "ValueError: operands could not be broadcast together", "in misshape"),
        (stray, "KeyError: 'key'", "in stray"),
        (ValueError("two\nlines"), "ValueError: two lines", "ValueError: two"),
        (OSError("no errno"), "OSError: no errno", "OSError: no errno"),
        (MemoryError(), "MemoryError", "MemoryError"),
    ],
)
def test_a_bug_names_the_log_that_holds_its_traceback(bug, said, where, broken, state, capsys):
    broken(bug)
    status, told = end_of(capsys)
    assert status == 1
    assert told.count("\n") == 1
    assert told.startswith(f"insei: a bug: {said}")
    (log,) = state.iterdir()
    assert told.endswith(f"; its traceback is in {log}\n")
    text = log.read_text()
    assert "Traceback (most recent call last)" in text
    assert where in text
    assert "command: insei rate random --size 7" in text


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (UserError("size 40: wanted 1\nto 19"), "size 40: wanted 1 to 19"),
        (PlayerFailed("gnugo ended"), "gnugo ended"),
        (WorkersExited("6 workers died"), "6 workers died"),
        (ClusterMissing("no Ray cluster at x:1"), "no Ray cluster at x:1"),
        (
            PermissionError(errno.EACCES, "Permission denied", "runs"),
            "[Errno 13] Permission denied: 'runs'",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "[Errno 28] No space left on device"),
    ],
)
def test_a_users_mistake_is_one_line_and_leaves_no_log(mistake, said, broken, state, capsys):
    broken(mistake)
    assert end_of(capsys) == (2, f"insei: {said}\n")
    assert not state.exists()


def test_a_log_that_cannot_be_written_is_replaced_by_the_traceback(broken, state, capsys):
    state.parent.mkdir()
    state.write_text("a file where the folder should be")
    broken(divide)
    status, told = end_of(capsys)
    assert status == 1
    assert re.match(
        r"insei: a bug: ZeroDivisionError: division by zero \(no log: .*File exists.*\)\n"
        r"Traceback \(most recent call last\):\n",
        told,
    )
    assert told.endswith("ZeroDivisionError: division by zero\n")


def test_a_user_without_a_home_gets_the_traceback(broken, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_STATE_HOME", "relative")  # which the specification says to ignore
    monkeypatch.setattr(error_log.os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    broken(divide)
    status, told = end_of(capsys)
    assert status == 1
    assert "no home folder" in told
    assert told.endswith("ZeroDivisionError: division by zero\n")
    assert not list(tmp_path.iterdir())  # never the current folder


@pytest.mark.parametrize("error", [divide, UserError("a mistake")])
def test_the_environment_asks_for_tracebacks(error, broken, state, monkeypatch):
    monkeypatch.setenv("INSEI_TRACEBACK", "1")
    broken(error)
    with pytest.raises((ZeroDivisionError, UserError)):
        main(["rate", "random", "--size", "7"])
    assert not state.exists()


def test_old_logs_are_deleted(state):
    state.mkdir(parents=True)
    for number in range(60):
        (state / f"error-20200101-{number:06}-1.txt").touch()
    (state / "other.txt").touch()
    path = error_log.write_error_log(ValueError("new"), ["play"])
    left = sorted(one.name for one in state.glob("error-*"))
    assert len(left) == error_log.MOST_LOGS
    assert path.name == left[-1]
    assert (state / "other.txt").exists()


def test_failures_within_a_second_each_have_a_log(state, monkeypatch):
    monkeypatch.setattr(error_log.time, "strftime", lambda form: "20260101-000000")
    paths = [error_log.write_error_log(ValueError(f"number {n}"), ["play"]) for n in range(3)]
    assert len(set(paths)) == 3
    for number, path in enumerate(paths):
        assert f"number {number}" in path.read_text()


@pytest.mark.slow
def test_an_error_on_ray_leaves_its_own_traceback_in_the_log(state, ray_session):
    from contextlib import closing

    from insei.system.actor_pool import ActorPool
    from insei.system.ray_actors import RayActors

    class Divides:
        def work(self):
            return 1 / 0

    with closing(ActorPool(RayActors(), lambda index: Divides(), 1)) as pool:
        pool.submit("work")
        with pytest.raises(WorkersExited, match="failed with ZeroDivisionError: division by zero"):
            pool.wait(60.0)
    texts = [path.read_text() for path in state.glob("error-*")]
    assert texts
    assert all("in work" in text for text in texts)


DOORS = ("insei/*.py", "insei/commands/*.py", "insei/client/*.py", "tournament/*.py")


@pytest.mark.parametrize("pattern", DOORS)
def test_commands_and_tournaments_raise_no_plain_value_error(pattern):
    from tests.helpers.paths import ROOT

    for path in ROOT.glob(pattern):
        assert "raise ValueError(" not in path.read_text(), f"{path}: wanted a UserError"
