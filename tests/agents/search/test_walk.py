"""A walk writes into its root's history, which must have room for all of its moves."""

import os
import signal
import subprocess
import sys

import pytest

from tests.helpers.compiled import play_walk
from tests.helpers.paths import ROOT

CHECKED = os.environ.get("INSEI_CHECKED") == "1"


def test_a_walk_within_its_roots_room_plays_on():
    assert play_walk(beyond=0)


@pytest.mark.skipif(not CHECKED, reason="assertions are left out of the fast build")
def test_a_walk_that_would_reallocate_its_roots_history_ends_the_checked_build():
    program = "from tests.helpers.compiled import play_walk; play_walk(beyond=1)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGABRT
    assert "capacity" in done.stderr
