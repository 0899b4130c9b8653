"""Programs that a test of faults starts, watches and kills."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time

import psutil

from tests.helpers.faults.nodes import LOOPBACK
from tests.helpers.paths import ROOT

ENVIRONMENT = os.environ | {
    "PYTHONPATH": str(ROOT),
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": "a" * 64,
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # all on the loopback interface
}
QUICK_CHECKS = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500,
                "health_check_timeout_ms": 1000, "health_check_failure_threshold": 3}  # fmt: skip
MOST_SECONDS = 60


class Program:
    """A program that prints lines of JSON.

    Args:
        env: its environment.
        before: a program that starts it, with its options.
    """

    def __init__(self, *words, env=ENVIRONMENT, before=()):
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", *words],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.queue = queue.Queue()
        self.lines = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with contextlib.suppress(ValueError):  # what a library prints
                self.queue.put(json.loads(line))
        self.queue.put({"kind": "over"})

    def until(self, is_it):
        """The next line for which `is_it`."""
        end = time.monotonic() + MOST_SECONDS
        while True:
            line = self.queue.get(timeout=max(0.1, end - time.monotonic()))
            self.lines.append(line)
            if is_it(line):
                return line
            assert line.get("kind") != "over", self.lines

    def tell(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait()


class Nodes(Program):
    """A cluster."""

    def __init__(self, checks=None):
        super().__init__("tests.helpers.faults.nodes", json.dumps(checks or QUICK_CHECKS))
        self.head = self.until(lambda line: "address" in line)
        assert self.head["address"].startswith(LOOPBACK)

    def add(self, cpus, path="/nonexistent"):
        """Start a node; its raylet's process and its id."""
        self.tell("add", cpus, path)
        return self.until(lambda line: "raylet" in line)

    def pretend(self, ray, python):
        """Have the head say that it runs on other versions."""
        self.tell("versions", ray, python)
        self.until(lambda line: "ray_version" in line)


class Driver(Program):
    """A driver of a pool.

    Args:
        machine: where it runs: `env` and `before` of a program.
    """

    def __init__(self, machine=None, **options):
        self.options = {"tasks": 40, "seconds": 0.3, "workers": 2} | options
        words = ("tests.helpers.faults.driver", json.dumps(self.options))
        super().__init__(*words, **(machine or {}))

    def notices(self):
        return [line["line"] for line in self.lines if line["kind"] == "notice"]

    def done(self):
        """The tasks that were done until the last line read."""
        return [line["task"] for line in self.lines if line["kind"] == "done"]

    def until_notices(self, count):
        """Wait until so many notices were said, but for those of places."""
        while len(without_places(self.notices())) < count:
            self.until(lambda line: line["kind"] == "notice")

    def stop(self):
        """Give it no further task, and finish."""
        self.tell("stop")
        return self.finish()

    def until_workers(self, count):
        """The line that says that so many have started."""
        return self.until(lambda line: len(line.get("pids", ())) == count)

    def finish(self):
        """Wait for the end; every task was done once, and nothing but notices was said."""
        end = self.until(lambda line: line["kind"] == "end")
        self.process.wait(MOST_SECONDS)
        assert sorted(self.done()) == list(range(end["tasks"]))
        return self.notices()


def without_places(lines):
    """Lines, but for those that tell of places for workers: a slow machine has more of them."""
    return [line for line in lines if not line.endswith(("workers work", "are free"))]


def are_gone(pids, seconds=40):
    """Whether processes end within a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(is_alive(pid) for pid in pids):
            return True
        time.sleep(0.2)
    return False


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def tree_of(pid):
    """The ids of a process's children, and theirs."""
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def actors_among(processes):
    """The ids of those processes that are actors, without what actors have forked."""
    found = set()
    for process in processes:
        with contextlib.suppress(psutil.Error, IndexError):
            if process.cmdline()[0].startswith("ray::Host") and process.parent().name() == "raylet":
                found.add(process.pid)
    return found
