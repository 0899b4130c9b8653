"""The replay buffer: what rows earn, and which rows the windows hold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insei.engine.rules import Rules
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.window import window_size
from insei.selfplay.replay import ReplayBuffer, steps_due
from tests.helpers.games import some_games
from tests.helpers.runs import CONFIG

NONE_HELD = replace(CONFIG, window=replace(CONFIG.window, held_out=0.0))
HALF_HELD = replace(CONFIG, window=replace(CONFIG.window, held_out=0.5))


def test_no_steps_are_due_before_a_quarter_of_the_smallest_window():
    assert steps_due(99, 0, NONE_HELD) == 0
    assert steps_due(100, 0, NONE_HELD) == 100 * 2 // 32


def test_rows_held_out_earn_no_steps():
    assert steps_due(1000, 0, HALF_HELD) == 500 * 2 // 32
    assert steps_due(150, 0, HALF_HELD) == 0  # 75 are left, fewer than 100


@given(st.lists(st.integers(0, 500), max_size=20), st.floats(0.1, 10))
def test_steps_taken_as_they_fall_due_are_those_due_at_the_end(rows, reuse):
    config = replace(CONFIG, reuse=reuse)
    num_rows = num_steps = 0
    for more in rows:
        num_rows += more
        due = steps_due(num_rows, 32 * num_steps, config)
        assert due >= 0
        num_steps += due
        assert steps_due(num_rows, 32 * num_steps, config) == 0
    assert num_steps == steps_due(num_rows, 0, config)


def buffer_of(path, config=CONFIG, generation=0):
    return ReplayBuffer(GameDataset(path / "games.lance", Rules(5, 5, 14.5)), config, generation)


def same_rows(one, other):
    return all((one.rows[name] == other.rows[name]).all() for name in other.rows)


def test_games_wait_until_they_are_taken_in(tmp_path):
    replay = buffer_of(tmp_path, NONE_HELD)
    games = some_games(12)
    replay.add(games[:5])
    replay.add([])
    replay.add(games[5:])
    num_rows = sum(len(game) for game in games)
    assert replay.dataset.num_rows == replay.num_waiting == num_rows
    assert replay.num_games(0) == len(games)
    assert len(replay.learned) == len(replay.held_out) == 0
    assert replay.steps_due(0) == 0
    rows = replay.take_in()
    assert rows["game"].tolist() == [game.id for game in games for _ in game.rows["ply"]]
    assert replay.num_waiting == 0
    assert len(replay.learned) == num_rows
    assert replay.steps_due(0) == steps_due(num_rows, 0, NONE_HELD) > 0
    assert len(replay.take_in()["ply"]) == 0


def test_games_that_came_twice_are_taken_in_once(tmp_path):
    replay = buffer_of(tmp_path)
    games = some_games(6)
    replay.add(games)
    replay.add(games)
    assert len(replay.take_in()["ply"]) == sum(len(game) for game in games)


@pytest.mark.parametrize("config", [CONFIG, HALF_HELD], ids=["few held out", "half held out"])
def test_a_buffer_read_from_disk_is_the_one_that_was_left(tmp_path, config):
    left = buffer_of(tmp_path, config)
    for generation in range(5):
        left.add(some_games(20, seed=generation + 1, generation=generation))
        left.take_in()
    left.add(some_games(7, seed=9, generation=5))  # of the generation under way
    read = buffer_of(tmp_path, config, generation=5)
    assert read.num_waiting == left.num_waiting > 0
    assert len(left.learned) < left.dataset.num_rows - left.num_waiting  # the window is full
    assert same_rows(read.learned, left.learned)
    assert same_rows(read.held_out, left.held_out)
    assert read.steps_due(0) == left.steps_due(0)
    left.take_in()
    read.take_in()
    assert same_rows(read.learned, left.learned)


def test_the_windows_share_the_size_that_the_law_gives(tmp_path):
    replay = buffer_of(tmp_path, HALF_HELD)
    for generation in range(6):
        replay.add(some_games(20, seed=generation + 1, generation=generation))
        replay.take_in()
    size = window_size(replay.dataset.num_rows, HALF_HELD.window)
    assert len(replay.held_out) == size // 2
    assert len(replay.learned) == size - size // 2
    batch = replay.sample(np.random.default_rng(1))
    batch.check()
    assert len(batch) == CONFIG.learner.batch_size
