"""Crews: workers that die, fall silent or fail, and those that play more than they were asked."""

import os
import signal
import time
from dataclasses import replace

import numpy as np
import pytest

from insei.commands.train import make_crew
from insei.engine.rules import Rules
from insei.selfplay.crew import LocalCrew
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.loop import Training
from insei.selfplay.run import RunFolder
from insei.selfplay.sizes import BoardMix
from insei.selfplay.worker import PlayCounts
from insei.system.configuration import to_yaml
from insei.system.ray_session import check_room, start_ray
from tests.helpers.games import QUICK
from tests.helpers.nets import random_weights
from tests.helpers.runs import CONFIG, begin, crew_of, finish, silent


def test_the_whole_loop_runs_under_ray(tmp_path, ray_session):
    config = replace(CONFIG, workers=2, generations=2)
    finish(*begin(tmp_path / "tiny", config))
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules)
    assert set(dataset.games_by_generation) == {0, 1}


def test_a_killed_worker_is_replaced_and_said_so_once(tmp_path, ray_session):
    notices = []
    config = replace(CONFIG, workers=2, generations=2, games_per_generation=150)
    run = RunFolder.create(tmp_path / "tiny", to_yaml(config))
    training = Training(run, config, crew_of(config, notices.append), silent, notices.append)
    training.save()
    victim = ray_session.get(training.crew.workers[0].pid.remote())
    training.crew.publish(training.learner.playing_weights(), 0, 0.0)
    training.crew.begin(8)
    os.kill(victim, signal.SIGKILL)
    training.play()
    training.close()
    run.close()
    notices = [one for one in notices if one.startswith("worker")]  # the net may alarm as well
    assert len(notices) == 1
    assert "another takes its place" in notices[0]
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules)
    assert all(count >= 150 for count in dataset.games_by_generation.values())


def test_a_worker_gone_silent_is_replaced(tmp_path, ray_session):
    from insei.selfplay.cluster import RayCrew

    notices = []
    with make_silent_crew(RayCrew, notices) as crew:
        crew.begin(4)
        end = time.monotonic() + 60
        while not notices and time.monotonic() < end:
            crew.poll(0.2)
    assert "gave no answer for 2 s" in notices[0]
    assert crew.patience_seconds == 4.0  # slow games come back in the end


def test_a_worker_that_ran_out_of_memory_is_replaced(ray_session, monkeypatch):
    from ray.exceptions import OutOfMemoryError

    notices, get = [], ray_session.get

    def out_of_memory(call):
        monkeypatch.setattr("insei.selfplay.cluster.ray.get", get)
        raise OutOfMemoryError("killed by the memory monitor")

    crew = make_crew(replace(CONFIG, workers=1), None, notices.append, 1)
    crew.publish(random_weights(CONFIG.network, 1), 0, 0.0)
    ray_session.wait(crew.loads, timeout=60)
    crew.poll(0)  # the net has come; what is got next are games
    assert not crew.loads
    monkeypatch.setattr("insei.selfplay.cluster.ray.get", out_of_memory)
    crew.begin(4)
    games = 0
    while crew.is_busy:
        games += sum(len(one) for one, _ in crew.poll(0.5))
    crew.close()
    assert "worker 0 died (OutOfMemoryError)" in notices[0]
    assert games >= 4


def test_workers_that_do_nothing_but_die_end_the_run(ray_session, monkeypatch):
    from ray.exceptions import ActorDiedError

    def dead(call):
        raise ActorDiedError

    notices = []
    crew = make_crew(replace(CONFIG, workers=1), None, notices.append, 1)
    monkeypatch.setattr(crew, "_hire", lambda: crew.workers[0])  # nobody new is started
    monkeypatch.setattr("insei.selfplay.cluster.ray.get", dead)
    monkeypatch.setattr("insei.selfplay.cluster.ray.kill", lambda worker: None)
    crew.begin(4)

    def play():
        while crew.is_busy:
            crew.poll(0.5)

    with pytest.raises(ChildProcessError, match="6 workers died one after the other, the last by"):
        play()
    assert len(notices) == 5
    monkeypatch.undo()
    crew.close()


def test_ray_is_asked_whether_it_has_so_many_processors(ray_session):
    check_room(1)
    for ask in (check_room, start_ray):  # also where Ray runs since another command
        with pytest.raises(ValueError, match=r"workers 9999: wanted at most the \d+ CPUs that Ray"):
            ask(9999)


def test_a_net_that_a_worker_can_not_load_stops_the_run(ray_session):
    crew = make_crew(replace(CONFIG, workers=1), None, print, 1)
    crew.publish({"weights": np.zeros(3, np.float32)}, 0, 0.0)
    ray_session.wait(crew.loads, timeout=60)
    with pytest.raises(ValueError, match="no weight stem"):
        crew.poll(0.1)
    crew.close()


def test_games_begun_too_many_are_not_begun_again():
    class Generous:
        def play(self, count):
            return [None] * (count + 3), PlayCounts()

    crew = LocalCrew(Generous(), 4)
    for _ in range(3):
        crew.begin(12)
        played = 0
        while crew.is_busy:
            played += sum(len(games) for games, _ in crew.poll(0))
        assert played >= 12


def make_silent_crew(crew_class, notices):
    """A crew whose evaluator sleeps longer than its patience."""
    from contextlib import closing

    def arguments(index):  # a function within: sent to the workers by value
        def sleepy_evaluator(weights, seen):
            return lambda planes: time.sleep(600)

        return BoardMix.of(Rules(5, 5, 4.5)), QUICK, sleepy_evaluator, index

    crew = crew_class(arguments, 1, 4, notices.append, patience_seconds=2.0)
    crew.publish({}, 0, 0.0)
    return closing(crew)
