"""The checked build checks: an index outside its array raises there."""

import os

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings
from tests.helpers.compiled import read_unchecked

CHECKED = os.environ.get("INSEI_CHECKED") == "1"


@pytest.mark.skipif(not CHECKED, reason="reads outside are not caught in the fast build")
def test_a_read_outside_an_array_raises_in_the_checked_build():
    with pytest.raises(IndexError):
        read_unchecked(np.zeros(4, np.uint8), 4)


def test_a_read_inside_an_array_gives_its_value():
    assert read_unchecked(np.arange(4, dtype=np.uint8), 3) == 3


def test_a_forest_that_was_never_started_selects_nothing():
    assert Forest(2, 5, 5, SearchSettings(), 1).select() == 0
