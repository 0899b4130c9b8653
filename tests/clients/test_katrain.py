"""KaTrain's own engine, game and player classes, without its window, with `insei analysis`."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from tests.helpers.paths import HELPERS, ROOT

NEEDED = ("katrain", "kivy", "pysgf")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in NEEDED),
        reason=f"wanted {', '.join(NEEDED)}: pip install katrain",
    ),
]
QUIET = {"KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1"}


@pytest.mark.timeout(600)
def test_katrain_plays_and_reviews_with_the_analysis_engine(tmp_path):
    engine = [sys.executable, "-m", "insei.main", "analysis", "--player", "search:go9,visits=12"]
    done = subprocess.run(
        [sys.executable, str(HELPERS / "programs" / "katrain_game.py"), "2", *engine],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | QUIET | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["errors"] == []
    assert all(ended and moves > 10 for moves, ended in found["games"])
    review = found["review"]
    assert review["candidates"] > 1
    assert review["alternatives"] > 0
    assert abs(review["points_lost"]) < 81
    assert (review["ownership"], review["policy"]) == (81, 82)
