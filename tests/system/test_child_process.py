"""Children die with their parents, though they think and hold the interpreter's lock."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from insei.system import child_process
from tests.helpers.paths import ROOT

STUCK = """
import re

class Stuck:
    def choose(self, position):
        re.match("(a+)+$", "a" * 80 + "b")
"""
PARENTS = {
    "player process": """
from insei.client.player_process import PlayerProcess
from insei.client.player_tasks import MoveTask
players = PlayerProcess(lambda reply: None, "search:go5,rule=puct,visits=99", 1)
players.submit(MoveTask(Position(Rules(5, 5)), NAME))
say_child(players.process.pid)
""",
    "memory": """
from insei.tournament import memory_use
memory_use.subprocess.run = lambda words, input, **rest: run_and_say(words, input, rest)
memory_use.memory_use_of(NAME, Rules(5, 5))
""",
    "gtp program": """
from insei.agents.gtp.program import GtpProgram
program = GtpProgram([sys.executable, "-P", "-c", PROGRAM])
say_child(program.process.pid)
program.ask("genmove b", 600)
""",
    "plain": """
process = subprocess.Popen(bound_to_us([sys.executable, "-P", "-c", PROGRAM]))
say_child(process.pid)
""",
}
RAY_WORKER = """
import re
from insei.system.ray_actors import RayActors
from insei.system.ray_session import start_ray

class Stuck:
    def work(self):
        re.match("(a+)+$", "a" * 80 + "b")

start_ray(1)
actors = RayActors()
actor, start = actors.start(lambda index: Stuck(), 0)
actors.wait([start], 60)
say_child(actors.result(start).process_id)
actors.call(actor, "work", ())
"""
COMMON = """
import os, subprocess, sys, time
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.child_process import bound_to_us
from insei.system import child_process
NAME = sys.argv[1]
if sys.argv[2] == "without setpriv":
    which = child_process.shutil.which
    child_process.shutil.which = lambda name: None if name == "setpriv" else which(name)
PROGRAM = "import re; re.match('(a+)+$', 'a' * 80 + 'b')"

def say_child(number):
    print("child", number, flush=True)

def run_and_say(words, input, rest):
    del rest["timeout"], rest["capture_output"]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **rest)
    process.stdin.write(input)
    process.stdin.close()
    say_child(process.pid)
    process.wait()
"""


def is_alive(process):
    try:
        return stat_of(process)[0] != "Z"
    except FileNotFoundError:
        return False


def stat_of(process):
    """The fields of /proc/PID/stat behind the name: the state is first."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has the signal")
@pytest.mark.parametrize("how", ["with setpriv", "without setpriv"])
@pytest.mark.parametrize("kind", PARENTS)
@pytest.mark.timeout(180)
def test_a_child_that_holds_the_lock_dies_with_its_parent(tmp_path, kind, how):
    check_that_it_dies(tmp_path, PARENTS[kind], how)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_worker_on_ray_that_holds_the_lock_dies_with_its_driver(tmp_path):
    check_that_it_dies(tmp_path, RAY_WORKER, "with setpriv")


def check_that_it_dies(tmp_path, started, how):
    """Run a parent, wait until its child is stuck in a search, and kill the parent."""
    (tmp_path / "stuck.py").write_text(STUCK)
    (tmp_path / "parent.py").write_text(f"{COMMON}{started}\ntime.sleep(600)\n")
    parent = subprocess.Popen(
        [sys.executable, "parent.py", f"python:{tmp_path}/stuck.py:Stuck", how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    line = parent.stdout.readline()
    assert line.startswith("child"), line + parent.stderr.read()
    child = int(line.split()[1])
    spent = 0.0
    while spent < 3.0:  # seconds of processor time: it has loaded what it needs, and is stuck
        fields = stat_of(child)
        spent = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while is_alive(child):
        time.sleep(0.05)
    parent.stdout.close()
    parent.stderr.close()


def test_without_the_signal_the_command_is_unchanged(monkeypatch):
    monkeypatch.setattr(child_process.shutil, "which", lambda name: None)
    monkeypatch.setattr(child_process.sys, "platform", "darwin")
    assert child_process.bound_to_us(["a", "b"]) == ["a", "b"]
