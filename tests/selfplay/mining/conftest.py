"""Games of the shipped net go5, so that ends can be judged: nearly random games have no winner."""

import shutil
from dataclasses import replace
from functools import partial

import pytest

from insei.agents.net.find_package import find_package
from insei.agents.net.package import load_package
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.run import DATASET, RunFolder
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import RatingConfig, SelfPlayConfig, TrainConfig, WindowConfig
from insei.selfplay.worker import Worker, compiled
from insei.system.configuration import to_yaml
from tests.helpers.runs import LEARNING

GAMES = 80
RULES = Rules(5, 5, 20.0)
PLAYED = SelfPlayConfig(
    SearchSettings(visits=6, considered=4), komi_sigma=8.0, games_in_flight=40, opening_plies=3.0
)
RUN = TrainConfig(
    name="played",
    start_from="go5",
    workers=0,
    rules=RULES,
    network=load_package(find_package("go5")).card.architecture,
    selfplay=PLAYED,
    window=WindowConfig(smallest=400, held_out=0.1),
    learner=replace(LEARNING, learning_rate=3e-4),
    rating=RatingConfig(every=None),
)


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """A run of 80 games that go5 has played, without a net of its own."""
    package = load_package(find_package("go5"))
    make = partial(compiled, package.card.architecture, 5, 5, "fp32")
    worker = Worker(BoardMix.of(RULES), PLAYED, make, seed=1, most_games=GAMES)
    worker.load(package.weights, 0, 1.0)
    games, _ = worker.play(GAMES)
    path = tmp_path_factory.mktemp("runs") / "played"
    RunFolder.create(path, to_yaml(RUN)).close()
    GameDataset(path / DATASET, RULES).append(SelfPlayGames.of(games))
    return path


@pytest.fixture
def run(played, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(played, tmp_path / "run")
