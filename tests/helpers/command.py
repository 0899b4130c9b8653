"""The program run as a user runs it."""

import os
import signal
import subprocess
import sys

from tests.helpers.paths import ROOT


def insei(*words, text="", cwd=ROOT):
    folders = {name: os.environ[name] for name in ("XDG_DATA_HOME", "XDG_STATE_HOME")}
    return subprocess.run(
        [sys.executable, "-m", "insei.main", *map(str, words)],
        input=text,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "100"} | folders,
    )


def hear_interrupts():
    """For `preexec_fn`: a program that a shell starts in the background would ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
