"""The way back to a better net: by the run itself, by hand, after a crash, at the end."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from insei.agents.net.package import read_card
from insei.selfplay import run_ratings
from insei.selfplay.checkpoints import checkpoints_of, milestones_of
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.loop import Training
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import RatingConfig
from tests.helpers.ratings import rating_of
from tests.helpers.runs import (
    CONFIG,
    LEARNING,
    RATED,
    ScriptedWorkers,
    begin,
    finish,
    learner_of,
    silent,
    training_of,
)


def lost(player, boards, config, generation, earlier):
    """A rating that every net loses."""
    yield []
    return rating_of(generation, earlier.generation, 0.1, second=0.1)


@pytest.mark.slow
def test_a_run_goes_back_from_a_worse_net_and_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(run_ratings, "rate", lost)
    notices = []
    config = replace(
        RATED, generations=9, rating=replace(RATED.rating, most_rollbacks=2), keep_checkpoints=20
    )
    run = RunFolder.create(tmp_path / "tiny", "")
    training = training_of(run, config, notices.append)
    training.play()
    assert training.progress.lineage.rollbacks[0] == (1, 0)
    assert len(training.progress.lineage.rollbacks) == 2
    assert training.progress.rate_scale == 0.25
    assert learner_of(training).learner.learning_rate(0.0) < LEARNING.learning_rate / 3
    assert ["going back" in notice for notice in notices[:3]] == [True, True, False]
    assert "has gone back 2 times, and goes on" in notices[2]
    assert training.progress.generation == 9
    checkpoints = checkpoints_of(tmp_path / "tiny")
    start, _, again = (read_card(checkpoint).weights_sha256 for checkpoint in checkpoints[:3])
    assert again == start  # net 2 is net 0 again
    state = json.loads((checkpoints[2] / "state.json").read_text())["progress"]
    assert state["generation"] == 2
    assert state["rollbacks"] == [[1, 0]]
    training.close()
    run.close()
    again = RunFolder(tmp_path / "tiny")
    training = training_of(again, config)
    assert learner_of(training).learner.rate_scale == 0.25
    assert len(training.progress.lineage.rollbacks) == 2
    training.close()
    again.close()


def test_going_back_by_hand_takes_nothing_from_what_the_run_may(tmp_path, monkeypatch):
    config = replace(
        RATED, generations=2, keep_checkpoints=9, rating=replace(RATED.rating, most_rollbacks=1)
    )
    path, notices = tmp_path / "tiny", []
    finish(*begin(path, config))
    for checkpoint in checkpoints_of(path)[2:]:
        checkpoint.rename(tmp_path / checkpoint.name)
    monkeypatch.setattr(run_ratings, "rate", lost)
    run = RunFolder(path)
    training = training_of(run, config, notices.append)
    assert training.progress.lineage.taken_back == 1
    assert training.progress.lineage.num_rollbacks == 0
    finish(run, training)
    assert training.progress.lineage.taken_back == 1
    assert training.progress.lineage.num_rollbacks == 1
    assert [notice for notice in notices if "going back to it" in notice]


@pytest.mark.parametrize("newest", [2, 3])
def test_a_crash_between_rating_and_going_back_is_made_up_for(tmp_path, monkeypatch, newest):
    """Also where a later net than the one that lost was published meanwhile."""
    config = replace(RATED, generations=newest + 1)
    run = RunFolder.create(tmp_path / "tiny", "")
    training = training_of(run, config)
    training.publish_newest()
    start = learner_of(training).learner.playing_weights()
    monkeypatch.setattr(Training, "look_back", silent)  # killed before it looks back
    while training.progress.generation < newest:
        training.turn()
    training.close()
    run.close()
    monkeypatch.undo()
    run = RunFolder(tmp_path / "tiny")
    run.add_rating(rating_of(2, 0, 0.1, second=0.1))  # ... or after it was rated
    training = training_of(run, config)
    training.publish_newest()
    while training.progress.generation < newest + 1:
        training.turn()
    assert training.progress.lineage.rollbacks == ((newest, 0),)
    now = learner_of(training).learner.playing_weights()
    assert all((start[name] == weight).all() for name, weight in now.items())
    training.look_back()
    training.recall_defeat()
    assert training.lost is None
    assert training.progress.lineage.rollbacks == ((newest, 0),)
    training.close()
    run.close()


class SlowRatings(ScriptedWorkers):
    """Workers that play on, and hand in the games of a rating only when they are told to."""

    repeats = False
    is_released = False

    def jobs_done(self):
        return super().jobs_done() if self.is_released else None


@pytest.mark.parametrize("dies", [False, True], ids=["one command", "stopped and continued"])
def test_a_rating_that_takes_longer_than_milestones_still_finds_its_way_back(
    tmp_path, monkeypatch, dies
):
    monkeypatch.setattr(run_ratings, "rate", lost)
    monkeypatch.setattr("insei.selfplay.loop.COMMIT_SECONDS", 0.0)
    config = replace(RATED, generations=9, keep_checkpoints=9)
    workers, notices = SlowRatings(config.games_per_generation), []
    run = RunFolder.create(tmp_path / "tiny", "")
    training = training_of(run, config, notices.append, workers)
    training.publish_newest()
    while training.progress.generation < 5:
        training.turn()
    if dies:
        training.close()
        workers = SlowRatings(config.games_per_generation)
        training = training_of(run, config, notices.append, workers)
        training.publish_newest()
    assert min(training.ratings.generations) < 5
    workers.is_released = True
    while not training.progress.lineage.rollbacks:
        training.turn()
        assert not [notice for notice in notices if "can't go back" in notice]
    assert len(training.progress.lineage.rollbacks) == 1
    training.close()
    run.close()


def test_a_run_that_goes_back_at_its_end_keeps_and_rates_what_it_ends_with(tmp_path, monkeypatch):
    monkeypatch.setattr(run_ratings, "rate", lost)
    config = replace(RATED, generations=1, rating=replace(RATED.rating, most_rollbacks=1))
    training = begin(tmp_path / "tiny", config)
    finish(*training)
    run = RunFolder(tmp_path / "tiny")
    assert [rating.generation for rating in run.ratings()] == [1, 2]
    assert max(milestones_of(run.path)) == 2
    run.close()


@pytest.mark.slow
@pytest.mark.parametrize("kept", [0, 2])  # checkpoints: none, or those to generation 2
def test_a_run_taken_back_by_hand_counts_on_and_plays_anew(tmp_path, kept):
    config = replace(
        CONFIG,
        generations=4,
        keep_checkpoints=9,
        milestone_every=1,
        rating=RatingConfig(every=1, games=2, opponents=("random",), most_rollbacks=0),
    )
    path, told = tmp_path / "tiny", []
    finish(*begin(path, config))
    for checkpoint in checkpoints_of(path)[kept and kept + 1 :]:
        checkpoint.rename(tmp_path / checkpoint.name)
    before = {number: read_card(folder) for number, folder in milestones_of(path).items()}
    run = RunFolder(path)
    finish(run, training_of(run, config, told.append))
    assert "counting on from generation 4" in told[0]
    new = [int(folder.name) for folder in checkpoints_of(path)[kept and kept + 1 :]]
    assert new == list(range(5, 10 - kept))  # the net that there is, and those still to be learned
    games = GameDataset(path / "games.lance", config.rules).games_by_generation
    assert sorted(games) == [0, 1, 2, 3, *new[:-1]]
    progress, _ = RunFolder(path).newest()
    assert progress.num_learned == config.generations
    assert all(games[number] >= config.games_per_generation for number in new[:-1])
    cards = {number: read_card(folder) for number, folder in milestones_of(path).items()}
    assert {number: cards[number] for number in before} == before
    hashes = [cards[number].weights_sha256 for number in new]
    assert len(set(hashes)) == len(hashes)
    assert hashes[0] == before[kept].weights_sha256  # random weights are those of the seed again
    ratings = [json.loads(line) for line in (path / "ratings.jsonl").open()]
    assert [rating["generation"] for rating in ratings] == [1, 2, 3, 4, *new]
    line = [kept, *new] if kept else new  # nets that were taken away are nobody's ancestors
    matches = [
        (rating["earlier"]["generation"], rating["generation"])
        for rating in ratings[4:]
        if rating.get("earlier")
    ]
    assert matches == list(pairwise(line))
