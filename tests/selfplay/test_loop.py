"""The loop: it plays, learns, checkpoints and rates, and goes on exactly after a stop."""

from dataclasses import replace

import pytest

from insei.agents.net.package import load_package
from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import RatingConfig, TrainConfig
from insei.system.configuration import to_yaml
from tests.helpers.runs import CONFIG, ScriptedWorkers, begin, finish, learner_of, training_of


def test_the_loop_plays_learns_checkpoints_and_rates(tmp_path):
    finish(*begin(tmp_path / "tiny", CONFIG))
    assert [folder.name for folder in checkpoints_of(tmp_path / "tiny")] == [
        "000001",
        "000002",
        "000003",
    ]
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules)
    assert set(dataset.games_by_generation) == {0, 1, 2}
    assert all(count == 12 for count in dataset.games_by_generation.values())
    card = load_package(checkpoints_of(tmp_path / "tiny")[-1]).card
    assert card.training["generation"] == 3
    assert card.training["steps"] > 0
    run = RunFolder(tmp_path / "tiny")
    (rating,) = run.ratings()
    assert rating.generation == 3
    assert rating.opponents["random"].games == 2
    progress, _ = run.newest()
    assert progress.num_rows_learned == 32 * progress.num_steps
    run.close()
    assert list((tmp_path / "tiny" / "tensorboard").iterdir())


class Stopped(Exception):
    pass


def train(path, config, stop_after=None):
    """Train on scripted games to the end, or until the status was told so many times."""
    run = RunFolder(path) if path.exists() else RunFolder.create(path, to_yaml(config))
    told = 0

    def watch(status):
        nonlocal told
        told += 1
        if told == stop_after:
            raise Stopped

    workers = ScriptedWorkers(config.games_per_generation)
    training = training_of(run, config, workers=workers, watch=watch)
    try:
        training.play()
    except Stopped:
        assert stop_after is not None
    else:
        assert stop_after is None, "it ended before it was stopped"
    training.close()
    run.close()
    return training


EXACT = replace(
    CONFIG,
    generations=4,
    window=replace(CONFIG.window, held_out=0.2),
    learner=replace(CONFIG.learner, trace=0.8),
    rating=RatingConfig(every=None),
)


@pytest.fixture(scope="module")
def never_stopped(tmp_path_factory):
    return train(tmp_path_factory.mktemp("runs") / "whole", EXACT)


@pytest.mark.parametrize("stops", [(12,), (10,), (1, 5, 7), (2, 2, 6, 3, 9)])
def test_a_run_that_was_stopped_goes_on_exactly_with_the_same_games(tmp_path, never_stopped, stops):
    for told in stops:
        train(tmp_path / "parts", EXACT, told)
    parts = train(tmp_path / "parts", EXACT)
    whole = never_stopped
    assert replace(parts.progress, seconds=0) == replace(whole.progress, seconds=0)
    assert whole.progress.num_steps > 20
    state, wanted = (learner_of(one).learner.state() for one in (parts, whole))
    assert state.keys() == wanted.keys()
    assert all((state[name] == wanted[name]).all() for name in state)
    for name in ("learned", "held_out"):
        rows, same = (getattr(learner_of(one), name).rows for one in (parts, whole))
        assert all((rows[column] == same[column]).all() for column in rows)


def test_steps_are_what_rows_have_earned(never_stopped):
    progress = never_stopped.progress
    earned = int(never_stopped.dataset.num_rows * 0.8) * EXACT.reuse
    assert progress.num_rows_learned == 32 * progress.num_steps
    assert earned - 32 < progress.num_rows_learned <= earned


def test_a_run_of_hours_ends_by_the_clock_and_its_schedules_with_it():
    config = TrainConfig(generations=100, hours=2.0)
    assert config.share_done(10, 0.0) == pytest.approx(0.1)
    assert config.share_done(10, 3600.0) == pytest.approx(0.5)
    assert config.share_done(10, 3 * 3600.0) == 1.0
    assert config.share_done(100, 0.0) == 1.0
