"""Games on their way to the dataset, and rows on theirs into the windows."""

import signal
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import lance
import numpy as np
import pytest

from insei.engine.rules import Rules
from insei.selfplay import intake as intakes
from insei.selfplay.data.dataset import GameDataset, rows_of
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.window import window_size
from insei.selfplay.health import held_out
from insei.selfplay.intake import GameIntake
from insei.selfplay.learner.windowed_learner import WindowedLearner
from insei.system.termination import end_on_sigterm, was_asked
from tests.helpers.games import some_games
from tests.helpers.runs import CONFIG

HALF_HELD = replace(CONFIG, window=replace(CONFIG.window, held_out=0.5))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def dataset_at(path):
    return GameDataset(path / "games.lance", Rules(5, 5, 14.5))


def games_of(count, seed=1, generation=0):
    return SelfPlayGames.of(some_games(count, seed, generation))


def test_games_are_committed_together_once_the_first_has_waited(tmp_path):
    clock = Clock()
    intake = GameIntake(dataset_at(tmp_path), 2.0, clock)
    parts = [games_of(3, seed) for seed in range(3)]
    for part in parts:
        assert not intake.is_due
        intake.add(part)
        clock.now += 0.9
    assert intake.num_waiting == sum(map(len, parts))
    assert intake.is_due
    games, new = intake.commit()
    assert games.ids == new.ids == [game for part in parts for game in part.ids]
    assert (intake.num_waiting, intake.is_due, intake.commit()) == (0, False, None)
    assert (intake.dataset.num_commits, intake.dataset.num_games) == (1, len(games))


def test_many_rows_do_not_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(intakes, "COMMIT_ROWS", 50)
    intake = GameIntake(dataset_at(tmp_path), 100.0, Clock())
    intake.add(games_of(1))
    assert not intake.is_due
    intake.add(games_of(9))
    assert intake.is_due


def test_games_that_came_twice_are_committed_once(tmp_path):
    intake = GameIntake(dataset_at(tmp_path), 0.0)
    games = games_of(6)
    for wanted in (games.ids, []):
        intake.add(games)
        every, new = intake.commit()
        assert (every.ids, new.ids) == (games.ids, wanted)
    assert intake.dataset.num_games == len(games)


@pytest.fixture
def interrupts():
    """Ctrl-C and SIGTERM interrupt, as in a command, also where a shell had Ctrl-C ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    end_on_sigterm()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    was_asked.clear()


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commits", [0, 1], ids=["the first commit", "a later one"])
def test_a_commit_that_a_signal_meets_is_neither_lost_nor_repeated(
    tmp_path, monkeypatch, number, moment, commits
):
    intake = GameIntake(dataset_at(tmp_path), 0.0)
    for seed in range(commits):
        intake.add(games_of(3, seed + 10))
        intake.commit()
    owner = (lance.LanceDataset, "insert") if commits else (lance, "write_dataset")
    write = getattr(*owner)

    def handle(number):  # at once: a signal of the system's would arrive a little later
        signal.getsignal(number)(number, None)

    def met(*words, **options):
        if moment == "before":
            handle(number)
        written = write(*words, **options)
        if moment == "after":
            handle(number)
        return written

    monkeypatch.setattr(signal, "raise_signal", handle)
    monkeypatch.setattr(*owner, met)
    games = games_of(4)
    intake.add(games)
    with pytest.raises(KeyboardInterrupt):
        intake.commit()
    monkeypatch.undo()
    with suppress(KeyboardInterrupt):
        intake.commit()  # as where the run ends
    ids = rows_of(dataset_at(tmp_path).table.to_table())["game"].tolist()
    assert ids[-games.num_rows :] == games.per_ply("game").astype("U16").tolist()
    assert len(ids) == intake.dataset.num_rows
    assert len(set(ids)) == intake.dataset.num_games
    assert intake.num_waiting == 0


def test_the_newest_ids_are_known_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setattr("insei.selfplay.data.dataset.MOST_IDS", 5)
    dataset = dataset_at(tmp_path)
    for seed in range(4):
        dataset.append(games_of(3, seed))
    newest = list(dataset.newest_ids)
    assert len(newest) == 5
    again = dataset_at(tmp_path)
    assert list(again.newest_ids) == newest
    assert again.num_games == dataset.num_games
    assert again.games_by_generation == dataset.games_by_generation
    assert again.rows_by_generation == dataset.rows_by_generation


def test_what_was_committed_is_flushed_before_a_checkpoint(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr("insei.system.files.flush_to_disk", flushed.append)
    dataset = dataset_at(tmp_path)
    for seed in range(2):
        dataset.append(games_of(3, seed))
        flushed.clear()
        dataset.flush()
        names = [path.name for path in flushed if path.is_file()]
        assert any(name.endswith(".lance") for name in names)
        assert any(name.endswith(".manifest") for name in names)
        assert {"data", "_versions"} <= {path.name for path in flushed if path.is_dir()}
    flushed.clear()
    dataset.flush()
    assert not flushed


@pytest.mark.parametrize("first", [0, 1, 5, 50])
def test_batches_of_rows_divide_no_game(tmp_path, monkeypatch, first):
    monkeypatch.setattr("insei.selfplay.data.dataset.ROWS_AT_A_TIME", 16)
    dataset = dataset_at(tmp_path)
    for seed in range(3):
        dataset.append(games_of(4, seed))
    parts = list(dataset.batches(first, dataset.num_rows))
    assert len(parts) > 2
    whole = rows_of(dataset.table.to_table())
    for name in parts[0]:
        assert (np.concatenate([part[name] for part in parts]) == whole[name][first:]).all()
    seen = [set(part["game"].tolist()) for part in parts]
    assert all(not one & other for one, other in pairwise(seen))


def fed(config, dataset, stop):
    """A learner with the windows of a table's first rows, read from disk."""
    learner = WindowedLearner(config)
    for part in dataset.batches(stop - window_size(stop, config.window), stop):
        learner.fill(part, stop)
    return learner


def same_rows(one, other):
    one, other = one.rows, other.rows
    return all((one[name] == other[name]).all() for name in other)


@pytest.mark.parametrize("config", [CONFIG, HALF_HELD], ids=["few held out", "half held out"])
def test_windows_read_from_disk_are_those_that_were_left(tmp_path, config):
    dataset = dataset_at(tmp_path)
    left = WindowedLearner(config)
    for number in range(25):
        games = games_of(4, seed=number + 1, generation=number // 5)
        dataset.append(games)
        left.add(games, dataset.num_rows)
    read = fed(config, dataset, dataset.num_rows)
    size = window_size(dataset.num_rows, config.window)
    assert len(left.learned) + len(left.held_out) == size < dataset.num_rows  # the window is full
    assert same_rows(read.learned, left.learned)
    assert same_rows(read.held_out, left.held_out)
    batch = read.learned.sample(32, np.random.default_rng(1))
    batch.check()


@pytest.mark.parametrize("held_first", [True, False], ids=["held out first", "learned from first"])
def test_rows_that_are_too_old_for_an_empty_window_leave_it_empty(held_first):
    config = replace(
        HALF_HELD,
        window=replace(HALF_HELD.window, smallest=1, largest=1),
        learner=replace(HALF_HELD.learner, batch_size=1),
    )
    parts = {}
    for game in some_games(20):
        games = SelfPlayGames.of([game])
        parts[bool(held_out(games.all_rows()["game"], config.window.held_out)[0])] = games
    first, then = parts[held_first], parts[not held_first]
    learner = WindowedLearner(config)
    learner.add(SelfPlayGames.together([first, then]), first.num_rows + then.num_rows)
    windows = [learner.learned, learner.held_out]
    full, empty = windows if held_first else reversed(windows)
    assert (len(full), len(empty)) == (1, 0)
