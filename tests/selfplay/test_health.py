"""A run watches itself: games held out, a ladder of its own, and the way back to a better net."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from insei.agents.net.find_package import checkpoints_of
from insei.engine.rules import Rules
from insei.selfplay import loop
from insei.selfplay.curves import Curves
from insei.selfplay.data.dataset import rows_of, schema_of, table_of
from insei.selfplay.data.window import Window
from insei.selfplay.health import calibration_error, held_out, parted, validate
from insei.selfplay.learner import Learner
from insei.selfplay.loop import Training
from insei.selfplay.milestones import in_line, is_milestone, keep_milestone, milestones_of
from insei.selfplay.rating import elos, is_regression, summary
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import RatingConfig, TrainConfig, WindowConfig
from tests.conftest import TINY
from tests.helpers.games import some_games
from tests.selfplay.test_loop import CONFIG, LEARNING, begin, crew_of, curve_names, finish, silent

RATED = replace(
    CONFIG,
    generations=4,
    milestone_every=1,
    rating=RatingConfig(every=1, games=2, opponents=("random",), earlier_games=2),
)


def test_a_fixed_share_of_games_is_held_out_by_their_ids():
    ids = np.array([f"{number * 7919:016x}" for number in range(20_000)])
    chosen = held_out(ids, 0.05)
    assert chosen.mean() == pytest.approx(0.05, abs=0.01)
    assert (held_out(ids[::-1], 0.05)[::-1] == chosen).all()
    assert (held_out(ids, 0.2) >= chosen).all()
    assert not held_out(ids, 0.0).any()
    assert len(held_out(ids[:0], 0.5)) == 0


def test_games_held_out_never_come_into_the_window(tmp_path):
    config = replace(
        CONFIG,
        generations=2,
        rating=RatingConfig(every=None),
        window=WindowConfig(smallest=400, largest=2000, held_out=0.4),
        learner=replace(CONFIG.learner, trace=0.5),
    )
    run, training = begin(tmp_path / "tiny", config)
    finish(run, training)
    assert training.window.rows["chances"].max() < 1  # later searches have a share
    assert training.held.rows["chances"].max(1).min() == 1  # judged by the ends alone
    learned, held = (set(one.rows["game"].tolist()) for one in (training.window, training.held))
    assert learned
    assert held
    assert not learned & held
    assert not held_out(np.array(sorted(learned)), 0.4).any()
    assert held_out(np.array(sorted(held)), 0.4).all()
    assert {"validation/outcome", "validation/value_gap", "validation/value_error"} <= curve_names(
        tmp_path / "tiny" / "tensorboard"
    )


def windows(count):
    rows = rows_of(table_of(some_games(count), schema_of(5, 5)))
    learned, held = Window(5, 5), Window(5, 5)
    parts = parted(rows, 0.3)
    learned.update(parts[0], 10**6)
    held.update(parts[1], 10**6)
    return learned, held


def test_a_net_that_learns_by_heart_alarms_and_a_fresh_one_does_not():
    learned, held = windows(200)
    rng = np.random.default_rng(1)
    learner = Learner(TINY, replace(LEARNING, precision="fp32", ema_half_life=0), 1)
    fresh = validate(learner, learned, held, rng)
    assert not fresh.is_alarming
    few = Window(5, 5)
    few.update({name: column[:120] for name, column in learned.rows.items()}, 10**6)
    for _ in range(300):
        learner.step(few.sample(32, rng), 0.0)
    found = validate(learner, few, held, rng)
    assert found.value_gap > 0.05
    assert found.is_alarming
    assert validate(learner, Window(5, 5), held, rng) is None


def test_judging_teaches_nothing():
    learned, held = windows(20)
    learner = Learner(TINY, LEARNING, 1)
    before = learner.state()
    validate(learner, learned, held, np.random.default_rng(1))
    assert all((before[name] == one).all() for name, one in learner.state().items())


def test_a_forecast_is_calibrated_where_it_comes_true_as_often_as_it_says():
    rng = np.random.default_rng(1)
    values = rng.uniform(-1, 1, 20_000)
    outcomes = np.where(rng.random(20_000) < (values + 1) / 2, 1, -1)
    assert calibration_error(values, outcomes) < 0.03
    assert calibration_error(np.ones(1000), np.zeros(1000)) == pytest.approx(1)


def test_milestones_come_at_powers_of_two_then_regularly():
    assert [one for one in range(41) if is_milestone(one, 10)] == [0, 1, 2, 4, 8, 10, 20, 30, 40]
    assert not any(is_milestone(one, 0) for one in range(9))
    assert in_line([1, 2, 4, 8, 10, 20], [(8, 2)]) == [1, 2, 10, 20]


def test_only_the_newest_milestones_hold_a_way_back(tmp_path):
    run, training = begin(tmp_path / "tiny", replace(RATED, rating=RatingConfig(every=None)))
    finish(run, training)
    found = milestones_of(tmp_path / "tiny")
    assert list(found) == [0, 1, 2, 3, 4]
    whole = [one for one, folder in found.items() if (folder / "learner.safetensors").exists()]
    assert whole == [3, 4]
    keep_milestone(tmp_path / "tiny", 4, [(4, 2)])
    assert not (found[4] / "learner.safetensors").exists()


def rating_of(generation, earlier, share, games=40, second=None):
    found = {
        "generation": generation,
        "player": "net:x",
        "opponents": {"random": summary(games * 0.75, games)},
        "earlier": {"generation": earlier, "first": summary(share * games, games)},
    }
    found["opponents"]["earlier"] = found["earlier"]["first"]
    if second is not None:
        found["earlier"]["second"] = summary(second * games, games)
    return found


def test_only_two_clear_defeats_are_a_regression():
    assert is_regression(rating_of(2, 1, 0.2, second=0.25))
    assert not is_regression(rating_of(2, 1, 0.2, second=0.45))
    assert not is_regression(rating_of(2, 1, 0.45))
    assert not is_regression({"generation": 2, "opponents": {}})


def test_the_ladder_of_a_run_adds_up():
    rules = Rules(5, 5, 14.5)
    ratings = [rating_of(1, 0, 0.75, 400), rating_of(2, 1, 0.75, 400)]
    first = elos(ratings[:1], [rules], "random")["5x5"]
    second = elos(ratings, [rules], "random")["5x5"]
    assert first.elo == pytest.approx(190, abs=15)  # .75 is 191 Elo
    assert second.elo > first.elo + 50  # both above random by as much, but the second beat it
    assert second.low < second.elo < second.high
    assert elos(ratings, [rules], "capture") == {}
    silent = [*ratings, ratings[-1] | {"generation": 99, "opponents": {}}]  # all opponents failed
    assert elos(silent, [rules], "random") == {}


def test_opponents_in_folders_are_on_the_ladder_too():
    small, large = Rules(5, 5, 14.5), Rules(7, 7, 9)
    one = {"generation": 3, "opponents": {"net:runs/go5": summary(30.0, 40)}}
    assert elos([one], [small], "net:runs/go5")["5x5"].elo > 100
    two = {"generation": 3, "opponents": {"5x5/net:runs/x": summary(30.0, 40)}}
    assert list(elos([two], [small, large], "net:runs/x")) == ["5x5"]


def lost(player, boards, config, generation, earlier, play):
    """A rating that every net loses."""
    found = rating_of(generation, earlier.generation, 0.1, second=0.1)
    return found if earlier else {**found, "earlier": {}}


def test_a_run_goes_back_from_a_worse_net_and_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "rate", lost)
    notices = []
    config = replace(
        RATED, generations=9, rating=replace(RATED.rating, most_rollbacks=2), keep_checkpoints=20
    )
    run = RunFolder.create(tmp_path / "tiny", "")
    training = Training(run, config, crew_of(config), silent, notices.append)
    states = {}

    def saw(generation):
        states[generation] = training.learner.playing_weights()

    one_generation = training.one_generation
    monkeypatch.setattr(
        training, "one_generation", lambda: (one_generation(), saw(training.progress.generation))
    )
    saw(0)
    training.play()
    assert training.progress.rollbacks[0] == (1, 0)
    assert len(training.progress.rollbacks) == 2
    assert training.progress.rate_scale == 0.25
    assert training.learner.learning_rate(0.0) < LEARNING.learning_rate / 3
    assert [("going back" in one) for one in notices[:3]] == [True, True, False]
    assert "has gone back 2 times, and goes on" in notices[2]
    assert training.progress.generation == 9
    first = json.loads((checkpoints_of(tmp_path / "tiny")[2] / "state.json").read_text())[
        "progress"
    ]
    assert first["generation"] == 2
    assert first["rollbacks"] == [[1, 0]]
    training.close()
    run.close()
    again = RunFolder(tmp_path / "tiny")
    training = Training(again, config, crew_of(config), silent, silent)
    assert training.learner.rate_scale == 0.25
    assert len(training.progress.rollbacks) == 2
    training.close()
    again.close()


def test_going_back_by_hand_takes_nothing_from_what_the_run_may(tmp_path, monkeypatch):
    config = replace(
        RATED, generations=2, keep_checkpoints=9, rating=replace(RATED.rating, most_rollbacks=1)
    )
    path, notices = tmp_path / "tiny", []
    finish(*begin(path, config))
    for one in checkpoints_of(path)[2:]:
        one.rename(tmp_path / one.name)
    monkeypatch.setattr(loop, "rate", lost)
    run = RunFolder(path)
    training = Training(run, config, crew_of(config), silent, notices.append)
    assert (training.progress.taken_back, len(training.progress.rollbacks)) == (1, 1)
    finish(run, training)
    assert training.progress.taken_back == 1
    assert len(training.progress.rollbacks) == 2
    assert [one for one in notices if "going back to it" in one]


def test_a_crash_between_rating_and_going_back_is_made_up_for(tmp_path, monkeypatch):
    config = replace(RATED, generations=3)
    run = RunFolder.create(tmp_path / "tiny", "")
    training = Training(run, config, crew_of(config), silent, silent)
    training._checkpoint(training.progress)
    training.look_back()
    start = training.learner.playing_weights()
    training.one_generation()  # killed before it looks back
    training.one_generation()
    training.close()
    run.close()
    run = RunFolder(tmp_path / "tiny")
    run.add_rating(rating_of(2, 0, 0.1, second=0.1))  # ... or after it was rated
    training = Training(run, config, crew_of(config), silent, silent)
    training.look_back()
    assert training.progress.generation == 3
    assert training.progress.rollbacks == ((2, 0),)
    now = training.learner.playing_weights()
    assert all((start[name] == one).all() for name, one in now.items())
    training.look_back()
    assert training.progress.generation == 3
    assert training.progress.rollbacks == ((2, 0),)
    training.close()
    run.close()


def test_a_run_that_goes_back_at_its_end_keeps_and_rates_what_it_ends_with(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "rate", lost)
    config = replace(RATED, generations=1, rating=replace(RATED.rating, most_rollbacks=1))
    training = begin(tmp_path / "tiny", config)
    finish(*training)
    run = RunFolder(tmp_path / "tiny")
    assert [one["generation"] for one in run.ratings()] == [1, 2]
    assert max(milestones_of(run.path)) == 2
    run.close()


def test_the_newest_rating_is_still_seen_after_a_restart(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for generation in (0, 5, 10):
        curves = Curves(tmp_path, generation)
        if generation < 10:
            rating = {"generation": generation + 5, "opponents": {"random": summary(9.0, 10)}}
            curves.add_rating(rating, {})
        curves.close()
        time.sleep(1.1)  # files are told apart, and put in order, by their second
    found = EventAccumulator(str(tmp_path))
    found.Reload()
    assert [one.step for one in found.Scalars("rating/random")] == [5, 10]


def test_the_share_of_leaves_that_the_cache_knew_is_drawn(tmp_path):
    finish(*begin(tmp_path / "without", replace(RATED, generations=1)))
    selfplay = replace(RATED.selfplay, cache=1000)
    finish(*begin(tmp_path / "with", replace(RATED, generations=1, selfplay=selfplay)))
    assert "speed/share_known" in curve_names(tmp_path / "with" / "tensorboard")
    assert "speed/share_known" not in curve_names(tmp_path / "without" / "tensorboard")


def test_ratings_seat_the_newest_milestone(tmp_path):
    finish(*begin(tmp_path / "tiny", replace(RATED, generations=2)))
    run = RunFolder(tmp_path / "tiny")
    ratings = run.ratings()
    assert [one["earlier"]["generation"] for one in ratings] == [0, 1]
    assert all(one["opponents"]["earlier"]["games"] == 2 for one in ratings)
    assert {"rating/earlier", "elo/5x5", "elo/5x5_low"} <= curve_names(
        tmp_path / "tiny" / "tensorboard"
    )
    run.close()


def test_a_run_of_hours_ends_by_the_clock_and_its_schedules_with_it():
    config = TrainConfig(generations=100, hours=2.0)
    assert config.share_done(10, 0.0) == pytest.approx(0.1)
    assert config.share_done(10, 3600.0) == pytest.approx(0.5)
    assert config.share_done(10, 3 * 3600.0) == 1.0
    assert config.share_done(100, 0.0) == 1.0


def test_a_run_of_the_first_version_goes_on(tmp_path):
    config = replace(CONFIG, generations=1, rating=RatingConfig(every=None))
    finish(*begin(tmp_path / "tiny", config))
    path = checkpoints_of(tmp_path / "tiny")[-1] / "state.json"
    values = json.loads(path.read_text())
    for name in ("rate_scale", "rollbacks"):  # which it did not know
        del values["progress"][name]
    path.write_text(json.dumps(values))
    run = RunFolder(tmp_path / "tiny")
    longer = replace(config, generations=2)
    training = Training(run, longer, crew_of(longer), silent, silent)
    finish(run, training)
    assert training.progress.generation == 2
