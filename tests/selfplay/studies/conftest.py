"""A finished run of three generations on 5x5, for the studies of what it learned."""

from dataclasses import replace

import pytest

from insei.engine.rules import Rules
from insei.selfplay.learner_config import LearnerConfig
from insei.selfplay.session import train
from insei.selfplay.train_config import RatingConfig, TrainConfig, WindowConfig
from insei.system.configuration import to_yaml
from tests.conftest import TINY
from tests.helpers.games import QUICK

SHORT = TrainConfig(
    name="tiny",
    generations=3,
    games_per_generation=12,
    milestone_every=2,
    workers=0,
    reuse=2.0,
    keep_checkpoints=3,
    rules=Rules(5, 5, 14.5),
    network=TINY,
    selfplay=QUICK,
    window=WindowConfig(smallest=400, largest=2000, held_out=0.2),
    learner=LearnerConfig(batch_size=32, warmup_steps=10, learning_rate=3e-3),
    rating=RatingConfig(every=None),
)


def write_base(folder, **changes):
    """A training configuration as a file."""
    path = folder / "base.yaml"
    path.write_text(to_yaml(replace(SHORT, **changes)))
    return path


@pytest.fixture(scope="session")
def learned(tmp_path_factory):
    """The run's folder; its milestones are 0, 1, 2 and 3."""
    folder = tmp_path_factory.mktemp("runs")
    return train(write_base(folder), runs=folder).path
