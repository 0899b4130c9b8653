"""What a run tells: curves, notices, the status line."""

import json
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from insei.selfplay.checkpoints import Progress
from insei.selfplay.curves import Curves
from insei.selfplay.health import Validation
from insei.selfplay.lineage import Lineage
from insei.selfplay.net_rating import MatchScore, NetRating
from insei.selfplay.run import RunFolder
from insei.selfplay.telemetry import Generation, RecentWork, Telemetry, Traffic, busy_share
from insei.selfplay.train_config import RatingConfig
from insei.selfplay.worker import PlayCounts
from insei.system.configuration import to_yaml
from tests.helpers.ratings import rating_of
from tests.helpers.runs import (
    CONFIG,
    RATED,
    begin,
    curve_names,
    finish,
    silent,
    training_of,
)

BEGINNING = Progress(Lineage(), 0, 0, {}, 0.0)
TRAFFIC = Traffic(games=100, rows=3000, waiting=3, commits=9, lag=1.5, workers=2)


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
        "loop/learner_lag",
        "loop/worker_lag",
        "loop/games_waiting",
        "loop/commits",
        "loop/busy_share",
        "rating/random",
    } <= names


@pytest.mark.slow
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
    finish(run, training_of(run, config, told.append))
    (rating,) = [json.loads(line) for line in (path / "ratings.jsonl").open()]
    assert set(rating["opponents"]) == {"random", "earlier"}
    reason = "2 of 2 games, failed: RuntimeError: tired"
    assert list(rating["failures"].values()) == [reason]
    assert any(f"failed in {reason}" in line for line in told)


@contextmanager
def telemetry_of(path, config=CONFIG, progress=BEGINNING, watch=silent, notice=silent):
    run = RunFolder.create(path, to_yaml(config))
    telemetry = Telemetry(run, config, progress, watch, notice)
    yield telemetry
    telemetry.close()
    run.close()


def test_the_first_line_of_a_generation_tells_the_loss_and_speed_of_the_last(tmp_path):
    told = []
    run = RunFolder.create(tmp_path / "tiny", to_yaml(CONFIG))
    finish(run, training_of(run, CONFIG, watch=told.append))
    firsts = {status.generation: status for status in reversed(told)}
    assert len(firsts) > 1
    for generation, status in firsts.items():
        if generation:
            assert status.positions_per_second > 0
            assert status.evaluations_per_second > 0
            assert status.busy_share > 0
            assert status.loss is not None


def test_a_notice_comes_each_time_that_overfitting_begins(tmp_path):
    bad = Validation(1.0, 1.0, 1.0, 1.0, 0.1, value_gap=0.2, value_gap_low=0.1)
    good = replace(bad, value_gap=0.01)
    unsure = replace(bad, value_gap_low=-0.1)
    notices = []
    with telemetry_of(tmp_path / "tiny", notice=notices.append) as telemetry:
        for generation, found in enumerate([good, bad, bad, None, bad, unsure, good, bad]):
            telemetry.validated(generation, found)
    assert [notice.partition(" overfits")[0] for notice in notices] == [
        "generation 2",
        "generation 8",
    ]


def test_the_status_says_how_much_of_the_run_is_left(tmp_path):
    told = []
    config = replace(CONFIG, generations=8)
    progress = replace(BEGINNING, lineage=Lineage(4, skipped=2), seconds=60.0)
    with telemetry_of(tmp_path / "a", config, progress, told.append) as telemetry:
        telemetry.num_steps = 7
        telemetry.show(progress, Generation(4), TRAFFIC)
    with telemetry_of(tmp_path / "b", config, BEGINNING, told.append) as telemetry:
        telemetry.show(BEGINNING, Generation(0), TRAFFIC)
    amid, beginning = told
    assert (amid.games, amid.rows) == (100, 3000)
    assert (amid.generation, amid.generations, amid.steps) == (4, 10, 7)
    assert amid.seconds_left == pytest.approx(180, abs=5)  # two of eight took a minute
    assert beginning.seconds_left is None
    assert beginning.loss is None
    assert (amid.lag, amid.waiting, amid.commits) == (1.5, 3, 9)


def test_the_busy_share_counts_the_time_of_all_workers():
    generation = Generation(3, began=time.monotonic() - 10)
    generation.counts.seconds = 15.0
    assert busy_share(generation, TRAFFIC) == pytest.approx(0.75, abs=0.05)
    generation.counts.seconds = 1000.0  # of calls that began long before
    assert busy_share(generation, TRAFFIC) == 1


def test_the_status_tells_the_speed_of_the_last_minute_also_right_after_a_net(tmp_path):
    """Two workers' calls of ten seconds come back in turns, from before the net and after it."""
    now, told = [1000.0], []
    with telemetry_of(tmp_path / "tiny", watch=told.append) as telemetry:
        telemetry.recent = RecentWork(lambda: now[0])
        generation = Generation(1)
        for call in range(100):
            now[0] += 5.0
            if call % 7 == 0:
                generation = Generation(generation.number + 1)
            counts = PlayCounts(positions=10, evaluations=100, seconds=10.0)
            generation.counts.add(counts)
            telemetry.recent.add(counts)
            telemetry.show(BEGINNING, generation, TRAFFIC)
        for status in told[12:]:
            assert status.positions_per_second == pytest.approx(2.0, rel=0.1)
            assert status.evaluations_per_second == pytest.approx(20.0, rel=0.1)
            assert status.busy_share == pytest.approx(1.0, rel=0.1)
        assert all(status.evaluations_per_second <= 21 for status in told)
        assert len(telemetry.recent.marks) < 20
        now[0] += 120.0
        telemetry.show(BEGINNING, generation, TRAFFIC)
    assert (told[-1].evaluations_per_second, told[-1].busy_share) == (0.0, 0.0)


def test_the_status_has_the_shares_of_the_newest_rating(tmp_path):
    run = RunFolder.create(tmp_path / "tiny", to_yaml(CONFIG))
    run.add_rating(rating_of(2, 1, 0.5))
    telemetry = Telemetry(run, CONFIG, BEGINNING, silent, silent)
    assert telemetry.shares == {"random": 0.75, "earlier": 0.5}
    run.add_rating(rating_of(4, 2, 0.25))
    telemetry.rated(rating_of(4, 2, 0.25))
    assert telemetry.shares == {"random": 0.75, "earlier": 0.25}
    assert "generation 4: random 0.75, earlier 0.25, 5x5 +" in (run.path / "log.txt").read_text()
    telemetry.close()
    run.close()
