"""Every harness runs over its seeds and a few hundred mutations of them, without atheris."""

import subprocess
import sys

import pytest

from tests.fuzz.mutations import SEEDS
from tests.helpers.paths import ROOT

MUTATIONS = 300
NAMES = sorted(folder.name for folder in SEEDS.iterdir())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.timeout(300)
def test_a_harness_takes_seeds_and_mutations_within_its_limits(name):
    """In a process of its own, which has limits of processor time and memory for each input."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.replay", name, str(MUTATIONS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_each_harness_has_seeds():
    from tests.fuzz.harnesses import HARNESSES

    assert set(HARNESSES) == set(NAMES)
