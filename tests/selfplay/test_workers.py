"""Workers that die or fail, rating games, and more games than were asked for."""

import os
import signal
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from insei.engine.rules import Rules
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.processes import make_workers
from insei.selfplay.run import RunFolder
from insei.selfplay.sizes import BoardMix
from insei.selfplay.worker import PlayCounts, Worker
from insei.selfplay.workers import (
    LocalWorkers,
    PlayResult,
    PooledWorkers,
    PublishedNet,
    WorkerActor,
    play_jobs_here,
)
from insei.system.actor_pool import ActorPool, Task
from insei.system.configuration import to_yaml
from insei.tournament.schedule import pairing_jobs
from tests.helpers.fake_actors import FakeBackend, no_fault
from tests.helpers.games import QUICK, make_pseudo, quick_worker, some_games
from tests.helpers.nets import random_weights
from tests.helpers.runs import CONFIG, begin, finish, training_of

FIVE = Rules(5, 5, 4.5)


@pytest.mark.slow
def test_the_whole_loop_runs_under_ray(tmp_path, ray_session):
    config = replace(CONFIG, workers=2, generations=2)
    finish(*begin(tmp_path / "tiny", config))
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules)
    assert dataset.num_games >= 2 * CONFIG.games_per_generation


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_said_so_once(tmp_path, ray_session):
    notices = []
    config = replace(CONFIG, workers=2, generations=2, games_per_generation=150)
    run = RunFolder.create(tmp_path / "tiny", to_yaml(config))
    training = training_of(run, config, notices.append)
    training.publish_newest()
    while not training.workers.pool.process_ids:
        training.turn()
    os.kill(training.workers.pool.process_ids[0], signal.SIGKILL)
    training.play()
    training.close()
    run.close()
    notices = [notice for notice in notices if notice.startswith("worker")]  # others come too
    assert len(notices) == 1
    assert "another takes its place" in notices[0]
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules)
    assert dataset.num_games >= 300


@pytest.mark.slow
def test_a_killed_learner_is_replaced_and_nothing_is_lost(tmp_path, ray_session):
    notices = []
    config = replace(CONFIG, workers=1, generations=4, games_per_generation=60)
    run = RunFolder.create(tmp_path / "tiny", to_yaml(config))
    training = training_of(run, config, notices.append)
    training.publish_newest()
    while training.progress.generation < 2:
        training.turn()
    ids = set(training.dataset.newest_ids)
    backend, actor = training.learner.backend, training.learner.actor
    os.kill(backend.result(backend.call(actor, "process_id", ())), signal.SIGKILL)
    training.play()
    training.close()
    run.close()
    [said] = [line for line in notices if line.startswith("the learner")]
    assert "another goes on from generation 2" in said
    assert ids <= GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules).newest_ids.keys()
    assert training.progress.generation == 4
    assert training.progress.num_rows_learned == 32 * training.progress.num_steps


def poll_on(workers):
    while True:
        workers.go_on()
        workers.poll(1.0)


def test_a_net_that_a_worker_can_not_load_stops_the_run(ray_session):
    workers = make_workers(replace(CONFIG, workers=1), None, print, 1)
    workers.publish(PublishedNet({"weights": np.zeros(3, np.float32)}, 0, 0.0))
    workers.go_on()
    with pytest.raises(ValueError, match="no weight stem"):
        poll_on(workers)
    workers.close()


@pytest.mark.slow
def test_games_of_a_rating_are_the_same_on_workers_as_here_and_self_play_goes_on(ray_session):
    jobs = pairing_jobs("random", "capture", CONFIG.rules, 6, 2, 1, 100)
    workers = make_workers(replace(CONFIG, workers=2), None, no_fault, 1)
    workers.publish(PublishedNet(random_weights(CONFIG.network, 1), 0, 0.0))
    workers.begin_jobs(jobs)
    there, num_games = None, 0
    while there is None or not num_games:
        workers.go_on()
        num_games += sum(len(result.games) for result in workers.poll(1.0))
        there = there or workers.jobs_done()
    assert [game.moves for game in there] == [game.moves for game in play_jobs_here(jobs)]
    workers.close()


def pooled(size=2, most_games=4, games_per_generation=100, **changes):
    """Workers of a pool in this process."""
    backend = FakeBackend()
    pool = ActorPool(backend, partial(WorkerActor, quick_worker), size, clock=backend.clock)
    return PooledWorkers(pool, FIVE, most_games, games_per_generation)


def test_every_worker_has_a_call_whatever_the_games_of_a_generation():
    workers = pooled(size=8, most_games=16, games_per_generation=40)
    workers.publish(PublishedNet({}, 0, 0.0))
    assert workers.games_per_call == 2
    while len(workers.pool.process_ids) < 8:
        workers.poll(1.0)
    workers.go_on()
    assert all(actor.task for actor in workers.pool.actors)


def test_calls_play_with_the_newest_net_and_load_it_once():
    workers = pooled(size=1)
    for generation in (0, 1, 1, 4):
        workers.publish(PublishedNet({}, generation, 0.0))
        results = []
        while not results:
            workers.go_on()
            results = workers.poll(1.0)
        assert set(results[0].games.generation.tolist()) == {generation}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda result: (1, 2), "tuple instead of games"),
        (lambda result: result._replace(games=None), "PlayResult instead of games"),
        (
            lambda result: result._replace(
                games=replace(result.games, generation=result.games.generation + 9)
            ),
            "games of generation 9, wanted up to 0",
        ),
    ],
)
def test_what_no_worker_should_send_is_a_fault(change, said):
    workers = pooled()
    workers.publish(PublishedNet({}, 0, 0.0))
    result = PlayResult(SelfPlayGames.of(some_games(2)), PlayCounts())
    assert workers.fault_of(Task("play", ()), result) == ""
    assert said in workers.fault_of(Task("play", ()), change(result))
    assert workers.fault_of(Task("play_jobs", ()), "ratings are another's") == ""


@pytest.mark.parametrize(("games", "in_flight"), [(12, 8), (3, 8), (20, 4)])
def test_a_worker_in_this_process_plays_its_games_to_their_ends_and_no_more(games, in_flight):
    def make_worker(generation):
        config = replace(QUICK, games_in_flight=in_flight, full_share=0.2, quick_visits=2)
        mix = BoardMix.of(FIVE)
        return Worker(mix, config, make_pseudo, 7 + generation, most_games=games)

    found = []
    for _ in range(2):
        workers = LocalWorkers(make_worker, 4)
        assert workers.poll(0) == []
        workers.publish(PublishedNet({}, 3, 0.0))
        parts = []
        while results := workers.poll(0):
            parts += [result.games for result in results]
        found.append(SelfPlayGames.together(parts))
    first, again = found
    assert len(first) == games
    assert first.ids == again.ids
    assert (first.moves == again.moves).all()
