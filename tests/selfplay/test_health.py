"""Games held out, calibration, and whether a net overfits."""

from dataclasses import replace

import numpy as np
import pytest

from insei.selfplay.data.window import Window
from insei.selfplay.health import calibration_error, held_out, split_held_out, validate
from insei.selfplay.learner.learner import Learner
from insei.selfplay.train_config import RatingConfig, WindowConfig
from tests.helpers.nets import TINY
from tests.helpers.runs import CONFIG, LEARNING, begin, curve_names, finish, learner_of, some_rows


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
    replay = learner_of(training)
    assert replay.learned.rows["chances"].max() < 1  # later searches have a share
    assert replay.held_out.rows["chances"].max(1).min() == 1  # the ends alone
    learned, held = (
        set(window.rows["game"].tolist()) for window in (replay.learned, replay.held_out)
    )
    assert learned
    assert held
    assert not learned & held
    assert not held_out(np.array([f"{game:016x}" for game in learned]), 0.4).any()
    assert held_out(np.array([f"{game:016x}" for game in held]), 0.4).all()
    assert {"validation/outcome", "validation/value_gap", "validation/value_error"} <= curve_names(
        tmp_path / "tiny" / "tensorboard"
    )


def windows(count):
    learned, held = Window(5, 5), Window(5, 5)
    to_learn, to_hold = split_held_out(some_rows(count), 0.3)
    learned.update(to_learn, 10**6)
    held.update(to_hold, 10**6)
    return learned, held


@pytest.mark.slow
def test_a_net_that_overfits_is_found_and_a_fresh_one_is_not():
    learned, held = windows(200)
    rng = np.random.default_rng(1)
    learner = Learner(TINY, replace(LEARNING, precision="fp32", ema_half_life=0), 1)
    fresh = validate(learner, learned, held, rng)
    assert not fresh.is_overfitting
    few = Window(5, 5)
    to_learn, _ = split_held_out(some_rows(200), 0.3)
    few.update({name: column[:120] for name, column in to_learn.items()}, 10**6)
    for _ in range(300):
        learner.step(few.sample(32, rng), 0.0)
    found = validate(learner, few, held, rng)
    assert found.value_gap > 0.05
    assert found.is_overfitting
    assert validate(learner, Window(5, 5), held, rng) is None


def test_validating_teaches_nothing():
    learned, held = windows(20)
    learner = Learner(TINY, LEARNING, 1)
    before = learner.state()
    validate(learner, learned, held, np.random.default_rng(1))
    assert all((before[name] == array).all() for name, array in learner.state().items())


def test_batches_to_validate_on_have_one_size_whatever_the_windows_hold(monkeypatch):
    learned, held = windows(60)
    learner = Learner(TINY, LEARNING, 1)
    evaluate, sizes = learner.evaluate, []

    def noted(batch):
        sizes.append(len(batch["planes"]))
        return evaluate(batch)

    monkeypatch.setattr(learner, "evaluate", noted)
    assert len(held) % 256
    validate(learner, learned, held, np.random.default_rng(1))
    assert set(sizes) == {256}
    assert len(sizes) == min(4, len(learned) // 256) + min(4, len(held) // 256)


def test_a_forecast_is_calibrated_where_it_comes_true_as_often_as_it_says():
    rng = np.random.default_rng(1)
    values = rng.uniform(-1, 1, 20_000)
    outcomes = np.where(rng.random(20_000) < (values + 1) / 2, 1, -1)
    assert calibration_error(values, outcomes) < 0.03
    assert calibration_error(np.ones(1000), np.zeros(1000)) == pytest.approx(1)
