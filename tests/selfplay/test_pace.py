"""When steps and nets are due, and when workers must wait for the learner."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insei.selfplay.pace import MOST_LAG, Pace, Played, steps_due
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


def pace_of(config=NONE_HELD):
    return Pace(config, Played(0, 0), 0)


def test_a_net_is_due_with_its_games_once_their_steps_are_asked_for():
    pace = pace_of()
    pace.add(11, 440)
    assert not pace.is_net_due
    pace.ask(pace.steps_due)
    pace.add(1, 40)
    assert pace.steps_due == 480 * 2 // 32 - 440 * 2 // 32
    assert not pace.is_net_due
    pace.ask(pace.steps_due)
    assert pace.is_net_due
    assert pace.next_net() == (12, 480)
    assert not pace.is_net_due


def test_games_that_come_together_are_divided_among_their_nets():
    pace = pace_of()
    pace.add(6, 300)
    pace.add(24, 2400)
    found = []
    while pace.due:
        before = pace.num_rows_learned
        pace.ask(pace.steps_due)
        found.append((*pace.next_net(), pace.num_rows_learned - before))
    assert [net[:2] for net in found] == [(12, 900), (24, 2100)]
    assert found[1][2] == pytest.approx(2 * 1200, abs=64)
    assert pace.steps_due == (2700 * 2 - pace.num_rows_learned) // 32  # those of the third's games


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 9)), min_size=1, max_size=30))
def test_a_net_comes_for_each_generation_of_games_however_they_come(parts):
    pace, nets = pace_of(), 0
    for games, rows in parts:
        pace.add(games, games * rows)
        while pace.due:
            pace.ask(pace.steps_due)
            assert pace.is_net_due
            assert pace.next_net().games == 12 * (nets + 1)
            nets += 1
    assert nets == pace.played.games // 12
    assert 0 <= pace.lag < 1


def test_workers_wait_for_a_learner_that_is_far_behind_and_for_no_other():
    pace = pace_of()
    pace.add(12, 480)
    assert (pace.lag, pace.is_behind) == (1, False)
    pace.add(12 * int(MOST_LAG - 1), 480)
    assert pace.is_behind
    pace.next_net()
    assert not pace.is_behind
