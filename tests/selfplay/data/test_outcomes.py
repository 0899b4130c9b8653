"""What the outcome head learns from, against its definition spelled out."""

import numpy as np
import pytest

from insei.selfplay.data.columns import DRAW, LOSS, WIN
from insei.selfplay.data.dataset import rows_of, schema_of, table_of
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.outcomes import chances_of
from insei.selfplay.data.window import Window
from tests.helpers.games import some_games


def some_rows():
    """Games of which here and there a ply was not recorded, as after a quick search."""
    rows = rows_of(table_of(SelfPlayGames.of(some_games(30)), schema_of(5, 5)))
    kept = np.random.default_rng(1).random(len(rows["ply"])) < 0.7
    rows = {name: column[kept] for name, column in rows.items()}
    return rows | {"searched_value": np.random.default_rng(2).uniform(-1, 1, kept.sum())}


def target_of(rows, row, trace):
    """By definition: the weights of all later searches and of the end, each as this mover sees."""
    game = np.flatnonzero(rows["game"] == rows["game"][row])
    later = [place for place in game if place >= row]
    ply = rows["ply"].astype(int)
    value, weight = 0.0, 1.0
    for place, after in zip(later, [*later[1:], None], strict=True):
        kept = trace ** (ply[after] - ply[place] if after is not None else 1)
        sign = (-1) ** (ply[place] - ply[row])
        value += weight * (1 - kept) * sign * rows["searched_value"][place]
        weight *= kept
    return value, weight


@pytest.mark.parametrize("trace", [0.0, 0.5, 0.9])
def test_a_target_is_later_searches_and_the_end_by_their_weights(trace):
    rows = some_rows()
    chances = chances_of(rows, trace)
    assert chances.sum(1) == pytest.approx(1, abs=1e-6)
    assert (chances >= 0).all()
    for row in range(len(chances)):
        value, weight = target_of(rows, row, trace)
        wanted = value + weight * rows["outcome"][row]
        assert chances[row, WIN] - chances[row, LOSS] == pytest.approx(wanted, abs=1e-6)
        assert chances[row, DRAW] == pytest.approx(weight * (rows["outcome"][row] == 0), abs=1e-6)


def test_the_whole_trace_is_the_end_alone():
    rows = some_rows()
    column = {1: WIN, 0: DRAW, -1: LOSS}
    wanted = [column[outcome] for outcome in rows["outcome"].tolist()]
    assert (chances_of(rows, 1.0) == np.eye(3)[wanted]).all()


def test_no_rows_have_no_targets():
    rows = {name: column[:0] for name, column in some_rows().items()}
    assert chances_of(rows, 0.5).shape == (0, 3)


def test_a_window_makes_its_targets_and_judges_by_the_ends():
    rows = some_rows()
    window = Window(5, 5, 0.8)
    window.update(rows, 10**6)
    chosen = np.arange(len(window))
    batch = window.batch(chosen, np.zeros_like(chosen))
    batch.check()
    assert (batch["chances"] == chances_of(rows, 0.8)).all()
    assert (batch.by_ends()["chances"] == chances_of(rows, 1.0)).all()
