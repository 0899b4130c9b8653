"""Workers that die or fail, rating games, and more games than were asked for."""

import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.loop import Training
from insei.selfplay.run import RunFolder
from insei.selfplay.session import make_workers
from insei.selfplay.worker import PlayCounts
from insei.selfplay.workers import LocalWorkers, play_jobs_here
from insei.system.configuration import to_yaml
from insei.system.ray_session import check_room, start_ray
from insei.tournament.schedule import pairing_jobs
from tests.helpers.nets import random_weights
from tests.helpers.runs import CONFIG, begin, finish, silent, workers_of


@pytest.mark.slow
def test_the_whole_loop_runs_under_ray(tmp_path, ray_session):
    config = replace(CONFIG, workers=2, generations=2)
    finish(*begin(tmp_path / "tiny", config))
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules)
    assert set(dataset.games_by_generation) == {0, 1}


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_said_so_once(tmp_path, ray_session):
    notices = []
    config = replace(CONFIG, workers=2, generations=2, games_per_generation=150)
    run = RunFolder.create(tmp_path / "tiny", to_yaml(config))
    training = Training(run, config, workers_of(config, notices.append), silent, notices.append)
    training.save()
    training.workers.publish(training.learner.playing_weights(), 0, 0.0)
    while not training.workers.pool.process_ids:
        training.workers.poll(0.2)
    training.workers.begin(8)
    os.kill(training.workers.pool.process_ids[0], signal.SIGKILL)
    training.play()
    training.close()
    run.close()
    notices = [notice for notice in notices if notice.startswith("worker")]  # others come too
    assert len(notices) == 1
    assert "another takes its place" in notices[0]
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules)
    assert all(count >= 150 for count in dataset.games_by_generation.values())


def test_ray_is_asked_whether_it_has_so_many_processors(ray_session):
    check_room(1)
    for ask in (check_room, start_ray):  # also where Ray runs since another command
        with pytest.raises(ValueError, match=r"workers 9999: wanted at most the \d+ CPUs that Ray"):
            ask(9999)


def test_a_net_that_a_worker_can_not_load_stops_the_run(ray_session):
    workers = make_workers(replace(CONFIG, workers=1), None, print, 1)
    workers.publish({"weights": np.zeros(3, np.float32)}, 0, 0.0)
    with pytest.raises(ValueError, match="no weight stem"):
        workers.poll(60.0)
    workers.close()


@pytest.mark.slow
def test_games_of_a_rating_are_the_same_on_workers_as_here(ray_session):
    jobs = pairing_jobs("random", "capture", CONFIG.rules, 6, 2, 1, 100)
    workers = make_workers(replace(CONFIG, workers=2), None, pytest.fail, 1)
    workers.publish(random_weights(CONFIG.network, 1), 0, 0.0)
    workers.begin(4)
    there = workers.play_jobs(jobs)
    assert [game.moves for game in there] == [game.moves for game in play_jobs_here(jobs)]
    num_games = 0
    while workers.is_busy:  # self-play that was under way meanwhile is not lost
        num_games += sum(len(games) for games, _ in workers.poll(1.0))
    assert num_games >= 4
    workers.close()


def test_games_begun_too_many_are_not_begun_again():
    class Generous:
        def play(self, count):
            return [None] * (count + 3), PlayCounts()

    workers = LocalWorkers(Generous(), 4)
    for _ in range(3):
        workers.begin(12)
        played = 0
        while workers.is_busy:
            played += sum(len(games) for games, _ in workers.poll(0))
        assert played >= 12
