"""Modules that lie in the working directory are never imported, in no process that we start."""

import queue
import subprocess
import sys

import pytest

from insei.client.player_process import PlayerProcess
from insei.client.player_tasks import ChosenMove, Failure, MoveTask
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.child_process import module_paths, python_environment, python_words
from insei.tournament.memory_use import memory_use_of
from tests.helpers.client import ANALYST
from tests.helpers.hostile.folder import hostile_folder, modules_run
from tests.helpers.paths import ROOT

# As the script `insei` that pip writes.
SCRIPT = "import sys; from insei.main import main; sys.argv[0] = 'insei'; main()"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(hostile_folder(tmp_path))
    return tmp_path


def run(folder, *words, text="", module=False):
    """Run insei there; as a script, or as `python -m`, which looks into the folder first."""
    start = [sys.executable, "-m", "insei"] if module else [sys.executable, "-P", "-c", SCRIPT]
    return subprocess.run(
        [*start, *words],
        input=text,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=300,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
    )


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("play", "search:go5,visits=4", "--size", "5", "--plain"), "C3\nquit\n"),
        (("gtp", "--player", "search:go5,visits=4"), "boardsize 5\ngenmove b\nquit\n"),
        (("watch", "random", "capture", "--size", "3"), ""),
        (("play", "--list"), ""),
    ],
)
def test_commands_without_helpers(folder, words, text):
    done = run(folder, *words, text=text)
    assert not modules_run(folder), done.stderr
    assert "ImportError" not in done.stderr


@pytest.mark.slow
def test_python_m_leaves_the_working_directory(folder):
    (folder / "runpy.py").unlink(missing_ok=True)
    done = run(folder, "play", "--list", module=True)
    assert done.returncode == 0, done.stderr
    assert not modules_run(folder)


@pytest.mark.slow
def test_a_tournament_with_workers_and_memory(folder):
    (folder / "demo.yaml").write_text(
        "name: demo\nplayers: [random, capture]\nrules: {width: 3, height: 3}\ngames: 2\n"
        "workers: 1\nopening_plies: 2\n"
    )
    done = run(folder, "tournament", "demo.yaml", "--reports", str(folder / "reports"))
    assert done.returncode == 0, done.stderr
    assert not modules_run(folder)


@pytest.mark.slow
def test_the_player_process(folder):
    replies = queue.Queue()
    players = PlayerProcess(replies.put, ANALYST, 1)
    try:
        players.submit(MoveTask(Position(Rules(5, 5, 0.5)), "capture"))
        while not isinstance(reply := replies.get(timeout=60), ChosenMove):
            assert not isinstance(reply, Failure), reply
    finally:
        players.close()
    assert not modules_run(folder)


def test_a_process_that_measures_memory(folder):
    assert memory_use_of("random", Rules(3, 3)) is not None
    assert not modules_run(folder)


def test_helper_processes_find_no_module_of_the_folder(folder, monkeypatch):
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(str(folder))
    assert str(folder) not in module_paths()
    assert "" not in module_paths()
    done = subprocess.run(
        python_words("-c", "import json, sys; print(json.dumps(sys.path))"),
        capture_output=True,
        text=True,
        env=python_environment(),
    )
    assert done.returncode == 0, done.stderr
    assert str(folder) not in done.stdout


def test_every_helper_process_is_started_by_the_owner_of_that():
    """`sys.executable` stands in one file of the product."""
    rooms = ("engine", "agents", "tournament", "selfplay", "insei/client", "insei/commands")
    for room in rooms:
        for path in (ROOT / room).rglob("*.py"):
            assert "sys.executable" not in path.read_text(), path
