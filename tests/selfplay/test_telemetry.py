"""What a run tells: curves, notices, the status line."""

import json
import time
from dataclasses import replace

from insei.selfplay.curves import Curves
from insei.selfplay.loop import Training
from insei.selfplay.net_rating import MatchScore, NetRating
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import RatingConfig
from insei.system.configuration import to_yaml
from tests.helpers.runs import CONFIG, RATED, begin, crew_of, curve_names, finish, silent


def test_the_curves_tell_whether_the_run_is_healthy(tmp_path):
    finish(*begin(tmp_path / "tiny", CONFIG))
    names = curve_names(tmp_path / "tiny" / "tensorboard")
    assert {
        f"loss/{head}" for head in ("policy", "reply", "outcome", "score", "ownership")
    } <= names
    assert {
        "games/value_error",
        "games/policy_entropy",
        "games/black_share",
        "games/mean_plies",
        "speed/positions_per_second",
        "speed/evaluations_per_second",
        "window/rows",
        "rating/random",
    } <= names


def test_the_newest_rating_is_still_seen_after_a_restart(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for generation in (0, 5, 10):
        curves = Curves(tmp_path, generation)
        if generation < 10:
            score = MatchScore.of(9.0, 10)
            curves.add_rating(NetRating(generation + 5, "net:x", {"random": score}), {})
        curves.close()
        time.sleep(1.1)  # files are told apart, and put in order, by their second
    found = EventAccumulator(str(tmp_path))
    found.Reload()
    assert [point.step for point in found.Scalars("rating/random")] == [5, 10]


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
    assert [rating.earlier.generation for rating in ratings] == [0, 1]
    assert all(rating.opponents["earlier"].games == 2 for rating in ratings)
    assert {"rating/earlier", "elo/5x5", "elo/5x5_low"} <= curve_names(
        tmp_path / "tiny" / "tensorboard"
    )
    run.close()


def test_an_opponent_that_fails_is_told_of_and_does_not_count(tmp_path):
    file = tmp_path / "fails.py"
    file.write_text(
        "class Fails:\n    def choose(self, position):\n        raise RuntimeError('tired')\n"
    )
    rating = RatingConfig(every=3, games=2, opponents=("random", f"python:{file}:Fails"))
    path, told = tmp_path / "tiny", []
    config = replace(CONFIG, rating=rating)
    run = RunFolder.create(path, to_yaml(config))
    finish(run, Training(run, config, crew_of(config), silent, told.append))
    (rating,) = [json.loads(line) for line in (path / "ratings.jsonl").open()]
    assert set(rating["opponents"]) == {"random", "earlier"}
    reason = "2 of 2 games, failed: RuntimeError: tired"
    assert list(rating["failures"].values()) == [reason]
    assert any(f"failed in {reason}" in line for line in told)
