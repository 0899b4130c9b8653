"""What a configuration may say of the number of workers."""

import pytest

from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import build
from insei.system.errors import UserError
from insei.system.plain_yaml import BadConfig
from insei.system.worker_range import MOST_WORKERS, WorkerRange


@pytest.mark.parametrize(
    ("given", "least", "most"),
    [(0, 0, 0), (4, 4, 4), ("2..64", 2, 64), ("3..3", 3, 3), ("auto", 1, MOST_WORKERS)],
)
def test_a_number_a_range_and_auto_are_understood(given, least, most):
    assert WorkerRange.of(given) == WorkerRange(least, most)
    assert WorkerRange.of(given).is_none == (most == 0)
    assert build(TrainConfig, {"workers": given}).workers == given


@pytest.mark.parametrize(
    "given", [-1, 10**6, "", "4", "many", "0..3", "5..2", "2..", "..3", "2...4", "1..9999999", True]
)
def test_anything_else_is_refused_with_what_was_wanted(given):
    wanted = rf"workers {given!r}: wanted a number from 0 to {MOST_WORKERS}, a range such as 2..64"
    with pytest.raises(UserError) as refused:
        WorkerRange.of(given)
    assert str(refused.value).startswith(wanted)


@pytest.mark.parametrize("given", [2.5, None, [2]])
def test_a_value_of_another_type_is_refused_by_its_key(given):
    with pytest.raises(BadConfig, match=r"^workers: .*, wanted a whole number"):
        build(TrainConfig, {"workers": given})
