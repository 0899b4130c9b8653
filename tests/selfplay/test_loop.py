"""The learner and the loop: they learn, they go on after any crash, and lose no game."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.find_package import checkpoints_of
from insei.agents.net.package import DamagedPackage, load_package, read_card
from insei.commands.train import make_crew
from insei.engine.rules import Rules
from insei.selfplay.crew import LocalCrew
from insei.selfplay.data.dataset import GameDataset, rows_of, schema_of, table_of
from insei.selfplay.data.window import Window
from insei.selfplay.learner import Diverged, Learner
from insei.selfplay.learner_config import LearnerConfig
from insei.selfplay.loop import Training
from insei.selfplay.milestones import milestones_of
from insei.selfplay.run import RunFolder
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import RatingConfig, TrainConfig, WindowConfig
from insei.selfplay.worker import PlayCounts
from insei.system.configuration import to_yaml
from insei.system.ray_session import check_room, start_ray
from tests.conftest import TINY, random_weights
from tests.helpers.games import QUICK, some_games
from tests.helpers.paths import ROOT

LEARNING = LearnerConfig(batch_size=32, warmup_steps=10, learning_rate=3e-3)
CONFIG = TrainConfig(
    name="tiny",
    generations=3,
    games_per_generation=12,
    workers=0,
    reuse=2.0,
    keep_checkpoints=3,
    rules=Rules(5, 5, 14.5),
    network=TINY,
    selfplay=QUICK,
    window=WindowConfig(smallest=400, largest=2000),
    learner=LEARNING,
    rating=RatingConfig(every=3, games=2, opponents=("random",)),
)


def silent(*words):
    pass


def begin(path, config):
    run = RunFolder.create(path, to_yaml(config))
    return run, Training(run, config, crew_of(config), silent, silent)


def crew_of(config, notice=silent):
    return lambda seed: make_crew(config, None, notice, seed)


def finish(run, training):
    training.play()
    training.close()
    run.close()


def batch_of(count):
    window = Window(5, 5)
    window.update(rows_of(table_of(some_games(30), schema_of(5, 5))), 10**6)
    return window.sample(count, np.random.default_rng(1))


def test_the_learner_fits_one_batch():
    learner = Learner(NetworkConfig(blocks=2, channels=32), replace(LEARNING, precision="fp32"), 1)
    batch = batch_of(32)
    first = learner.step(batch, 0.0)
    for _ in range(400):
        last = learner.step(batch, 0.0)
    entropy = -(batch["policy"] * np.log(np.maximum(batch["policy"], 1e-9))).sum(1).mean()
    assert last.policy - entropy < 0.1 * (first.policy - entropy)
    assert last.outcome < 0.05
    unowned = np.log(2) * (batch["ownership"] == 0).mean()  # what nobody's points cost at the least
    assert last.ownership - unowned < 0.1
    assert last.score < 0.1 * first.score


def test_the_rate_warms_up_and_drops_twice():
    learner = Learner(TINY, LEARNING, 1)
    assert learner.learning_rate(0) == pytest.approx(3e-4)
    learner.num_steps = 100
    rates = [learner.learning_rate(one) for one in (0.0, 0.59, 0.6, 0.84, 0.85, 1.0)]
    assert rates == pytest.approx([3e-3, 3e-3, 1e-3, 1e-3, 3e-4, 3e-4])


def test_a_learner_goes_on_from_its_state_exactly():
    batch = batch_of(32)
    whole, first = Learner(TINY, LEARNING, 1), Learner(TINY, LEARNING, 1)
    for _ in range(5):
        whole.step(batch, 0)
        first.step(batch, 0)
    second = Learner(TINY, LEARNING, 99)
    second.restore(first.state(), first.num_steps)
    for _ in range(5):
        whole.step(batch, 0)
        second.step(batch, 0)
    one, other = whole.state(), second.state()
    assert set(one) == set(other)
    assert all(np.allclose(one[name], other[name], atol=1e-6) for name in one)


def test_a_state_from_before_the_first_step_forgets_the_optimizers():
    learner = Learner(TINY, LEARNING, 1)
    state = learner.state()
    learner.step(batch_of(32), 0)
    assert learner.optimizer.state
    learner.restore(state, 0)
    assert not learner.optimizer.state


def test_a_state_of_another_net_is_refused():
    other = Learner(NetworkConfig(blocks=1, channels=8), LEARNING, 1)
    with pytest.raises(ValueError, match="another net"):
        Learner(TINY, LEARNING, 1).restore(other.state(), 1)


def test_a_loss_that_is_no_number_stops_the_run_and_spares_the_weights():
    learner = Learner(TINY, LEARNING, 1)
    before = learner.state()
    batch = batch_of(8)
    batch["score"][0] = np.nan
    with pytest.raises(Diverged, match="step 0"):
        learner.step(batch, 0)
    after = learner.state()
    assert all((before[name] == after[name]).all() for name in before)


def test_the_loop_plays_learns_checkpoints_and_rates(tmp_path):
    finish(*begin(tmp_path / "tiny", CONFIG))
    assert [one.name for one in checkpoints_of(tmp_path / "tiny")] == ["000001", "000002", "000003"]
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", CONFIG.rules)
    assert set(dataset.games_by_generation) == {0, 1, 2}
    assert all(12 <= count <= 24 for count in dataset.games_by_generation.values())
    card = load_package(checkpoints_of(tmp_path / "tiny")[-1]).card
    assert card.training["generation"] == 3
    assert card.training["steps"] > 0
    run = RunFolder(tmp_path / "tiny")
    (rating,) = run.ratings()
    assert rating["generation"] == 3
    assert rating["opponents"]["random"]["games"] == 2
    progress, _ = run.newest()
    assert progress.num_rows_learned == 32 * progress.num_steps
    run.close()
    assert list((tmp_path / "tiny" / "tensorboard").iterdir())


def curve_names(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    return set(events.Tags()["scalars"])


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


def test_a_run_that_stops_between_generations_goes_on_exactly(tmp_path):
    finish(*begin(tmp_path / "whole", replace(CONFIG, rating=RatingConfig(every=0))))
    config = replace(CONFIG, rating=RatingConfig(every=0))
    run, training = begin(tmp_path / "parts", config)
    training._checkpoint(training.progress)
    training.one_generation()
    training.close()
    run.close()
    run = RunFolder(tmp_path / "parts")
    finish(run, Training(run, config, crew_of(config), silent, silent))
    last = [RunFolder(tmp_path / name).newest()[0] for name in ("whole", "parts")]
    assert last[0].generation == last[1].generation == 3
    steps = [one.num_steps for one in last]
    assert abs(steps[0] - steps[1]) < 0.5 * steps[0]  # as many, but for the games' lengths


def test_two_programs_on_one_run_are_refused(tmp_path):
    run = RunFolder.create(tmp_path / "tiny", to_yaml(CONFIG))
    with pytest.raises(ValueError, match=f"being trained by process {os.getpid()}"):
        RunFolder(tmp_path / "tiny")
    with pytest.raises(ValueError, match="exists already"):
        RunFolder.create(tmp_path / "tiny", "")
    run.close()
    RunFolder(tmp_path / "tiny").close()
    with pytest.raises(ValueError, match="is no run"):
        RunFolder(tmp_path)


@pytest.mark.parametrize("name", ["learner.safetensors", "weights.safetensors", "state.json"])
def test_a_damaged_checkpoint_is_refused_and_the_one_before_named(tmp_path, name):
    finish(*begin(tmp_path / "tiny", CONFIG))
    path = checkpoints_of(tmp_path / "tiny")[-1] / name
    path.write_bytes(path.read_bytes()[:-20])
    run = RunFolder(tmp_path / "tiny")
    with pytest.raises(DamagedPackage, match=f"{name}.*the one before is .*000002"):
        run.newest()
    path.parent.rename(tmp_path / "away")
    progress, _ = run.newest()
    assert progress.generation == 2
    run.close()


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
    for one in checkpoints_of(path)[kept and kept + 1 :]:
        one.rename(tmp_path / one.name)
    before = {number: read_card(one) for number, one in milestones_of(path).items()}
    run = RunFolder(path)
    finish(run, Training(run, config, crew_of(config), silent, told.append))
    assert "counting on from generation 4" in told[0]
    new = [int(one.name) for one in checkpoints_of(path)[kept and kept + 1 :]]
    assert new == list(range(5, 10 - kept))  # the net that there is, and those still to be learned
    games = GameDataset(path / "games.lance", config.rules).games_by_generation
    assert sorted(games) == [0, 1, 2, 3, *new[:-1]]
    progress, _ = RunFolder(path).newest()
    assert progress.num_learned == config.generations
    assert all(games[one] >= config.games_per_generation for one in new[:-1])
    cards = {number: read_card(one) for number, one in milestones_of(path).items()}
    assert {number: cards[number] for number in before} == before
    hashes = [cards[number].weights_sha256 for number in new]
    assert len(set(hashes)) == len(hashes)
    assert hashes[0] == before[kept].weights_sha256  # random weights are those of the seed again
    ratings = [json.loads(line) for line in (path / "ratings.jsonl").open()]
    assert [one["generation"] for one in ratings] == [1, 2, 3, 4, *new]
    assert all(one.get("earlier", {}).get("generation", 5) not in (3, 4) for one in ratings[4:])


def test_a_run_in_a_folder_that_no_player_could_name_is_refused(tmp_path):
    with pytest.raises(ValueError, match="wanted a folder without a comma"):
        RunFolder.create(tmp_path / "a,b", to_yaml(CONFIG))
    assert not list(tmp_path.iterdir())


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
    (found,) = [json.loads(line) for line in (path / "ratings.jsonl").open()]
    assert set(found["opponents"]) <= {"random", "earlier"}
    assert any("failed in 2 of 2 games, failed: RuntimeError: tired" in line for line in told)


def children_of(process):
    return [process, *process.children(recursive=True)]


def kill_tree(process):
    """Kill -9 a process and all that it started."""
    for one in children_of(psutil.Process(process.pid))[::-1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()


def start_training(source, runs):
    return subprocess.Popen(
        [sys.executable, "-m", "insei.main", "train", str(source), "--runs", str(runs)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(condition, process, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_kill_9_of_the_whole_tree_loses_and_doubles_nothing(tmp_path):
    config = replace(
        CONFIG, workers=2, generations=6, games_per_generation=60, rating=RatingConfig(every=0)
    )
    source = tmp_path / "tiny.yaml"
    source.write_text(to_yaml(config))
    path = tmp_path / "tiny"

    def newest():
        found = checkpoints_of(path)
        return int(found[-1].name) if found else -1

    def rows_written():
        return (path / "games.lance" / "_versions").is_dir()

    points = [
        rows_written,  # games are committed, no checkpoint has them
        lambda: newest() >= 2,  # a checkpoint has just appeared
        lambda: (
            newest() >= 3 and any(path.glob("checkpoints/.unfinished*"))
        ),  # one is being written
    ]
    seen_steps = [0]
    known: set[str] = set()
    for number, point in enumerate(points):
        process = start_training(source if number == 0 else path, tmp_path)
        wait_for(lambda reached=point: reached() or newest() >= 5, process)
        kill_tree(process)
        dataset = GameDataset(path / "games.lance", CONFIG.rules)
        assert known <= dataset.ids, "a committed game is gone"
        known = set(dataset.ids)
        state = json.loads((checkpoints_of(path)[-1] / "state.json").read_text())
        seen_steps.append(state["progress"]["num_steps"])
    assert newest() < 6
    process = start_training(path, tmp_path)
    output, _ = process.communicate(timeout=200)
    assert process.returncode == 0, output
    dataset = GameDataset(path / "games.lance", CONFIG.rules)
    assert known <= dataset.ids
    rows = dataset.newest(10**9)
    keys = list(zip(rows["game"].tolist(), rows["ply"].tolist(), strict=True))
    assert len(keys) == len(set(keys)), "a row is there twice"
    assert len(rows["ply"]) == dataset.num_rows
    assert set(dataset.games_by_generation) == set(range(6))
    assert all(60 <= count < 60 + 12 for count in dataset.games_by_generation.values())
    progress, _ = RunFolder(path).newest()
    assert progress.generation == 6
    assert seen_steps == sorted(seen_steps)
    assert progress.num_steps > seen_steps[-1]
    assert progress.num_rows_learned == 32 * progress.num_steps
    assert not list(path.glob("checkpoints/.unfinished*"))


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
    training._checkpoint(training.progress)
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
