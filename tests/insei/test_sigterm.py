"""SIGTERM, as from a cluster's scheduler or `docker stop`: one line, 143, and nothing stays."""

import signal
import subprocess
import sys
import time

import psutil
import pytest

from insei.selfplay.session import train
from tests.helpers.command import hear_interrupts
from tests.helpers.paths import ROOT

RUN = """
games_per_generation: 20
generations: 1000
rules: {width: 3, height: 3, komi: 8.5}
network: {blocks: 1, channels: 8}
selfplay: {games_in_flight: 4, search: {visits: 2}}
rating: {every: null}
"""


def started(words, cwd):
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "insei", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(cwd)},
        preexec_fn=hear_interrupts,
    )


def ended(program):
    program.send_signal(signal.SIGTERM)
    said = program.communicate(timeout=120)[1]
    return program.returncode, said


def wait_for(what, seconds=120):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)
    return found


def test_an_engine_ends_with_one_line(tmp_path):
    program = started(["gtp", "--player", "random"], tmp_path)
    program.stdin.write("name\n")
    program.stdin.flush()
    assert program.stdout.readline().startswith("= insei")
    assert ended(program) == (143, "insei: ended by SIGTERM\n")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_a_training_run_ends_without_orphans_and_can_go_on(tmp_path, workers):
    (tmp_path / "small.yaml").write_text(RUN)
    words = ["train", "small.yaml", "--set", f"workers={workers}"]
    program = started(words, tmp_path)
    checkpoints = tmp_path / "runs" / "small" / "checkpoints"
    wait_for(lambda: len(list(checkpoints.glob("*"))) > 1)
    children = psutil.Process(program.pid).children(recursive=True)
    assert ended(program) == (143, "insei: ended by SIGTERM\n")
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    learned = train(
        tmp_path / "runs" / "small", settings=["workers=0", "generations=1"]
    ).generations_learned
    assert learned >= 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_import_ends_with_its_processes(tmp_path, number):
    """Judging takes minutes; no process goes on with it once the command has ended."""
    ends_with = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGKILL: -9}
    walls = "".join(f";B[j{row}];W[k{row}]" for row in "abcdefghijklmnopqrs")
    (tmp_path / "many.sgf").write_text(f"(;SZ[19]KM[7]RE[W+26]{walls * 3})\n" * 30_000)
    words = ["import", "many.sgf", "--into", "set", "--judge", "--processes", "2"]
    program = started(words, tmp_path)
    us = psutil.Process(program.pid)
    children = wait_for(lambda: [child for child in us.children() if is_busy(child)])
    program.send_signal(number)
    said = program.communicate(timeout=30)[1]
    assert program.returncode == ends_with[number]
    if number != signal.SIGKILL:
        assert said.startswith("insei: ")
        assert said.count("\n") == 1
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []


def is_busy(process):
    """Whether a process has worked for more than a second."""
    return process.is_running() and sum(process.cpu_times()[:2]) > 1
