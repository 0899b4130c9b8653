"""A finished run of three generations on 5x5, for the studies of what it learned."""

import pytest

from insei.selfplay.session import train
from tests.helpers.runs import write_base


@pytest.fixture(scope="session")
def learned(tmp_path_factory):
    """The run's folder; its milestones are 0, 1, 2 and 3."""
    folder = tmp_path_factory.mktemp("runs")
    return train(write_base(folder), runs=folder).path
