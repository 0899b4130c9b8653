"""The program `insei`, run as a user runs it."""

import subprocess
import sys

from tests.helpers.paths import ROOT


def insei(*words, text="", cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "insei.main", *map(str, words)],
        input=text,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
    )
