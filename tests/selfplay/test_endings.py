"""Self-play games end where nothing is left to play for, and cost less once a winner is clear."""

import numpy as np
import pytest

from insei.engine.diagram import board_from
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.selfplay.data.recording import final_area
from insei.selfplay.train_config import SelfPlayConfig
from insei.selfplay.worker import GameSlot
from tests.helpers.games import quick_worker

# Two eyes on each side of the border.
SETTLED = """
. X . X O
X X X X O
O O O O O
O . O O O
O O . O O
"""
OPEN = """
. X . X O
X X X X O
O O O O O
O . . . .
O O . O O
"""


def position_of(text, **changes):
    return Position(Rules(5, 5, 3.5, **changes), board_from(text), BLACK)


def test_a_board_where_all_is_alive_for_good_is_settled():
    position = position_of(SETTLED)
    assert position.is_settled()
    area, score = final_area(position)
    assert (area[:2, :4] == 1).all()
    assert (area[2:] == -1).all()
    assert score == 8 - 17 - 3.5


def test_dead_stones_on_a_settled_board_are_their_takers():
    text = SETTLED.replace("O . O O O", "O . O O X").replace("O O . O O\n", "O O . O .\n")
    with_dead_stone = position_of(text)
    assert with_dead_stone.is_settled()
    area, score = final_area(with_dead_stone)
    assert (area[2:] == -1).all()
    assert score == 8 - 17 - 3.5


def test_a_board_with_an_open_point_is_not_settled():
    assert not Position(Rules(5, 5, 3.5)).is_settled()
    assert not position_of(SETTLED, captures_to_win=1).is_settled()


def test_a_board_is_settled_where_every_point_is_alive_for_good():
    found = set()
    for seed in range(300):
        game = random_game(Rules(3, 4, suicide=seed % 2 == 0), seed, seed % 24)
        assert game.is_settled() == bool(game.pass_alive().all())
        found.add(game.is_settled())
    assert found == {False, True}


@pytest.mark.parametrize("text", [OPEN])
def test_open_boards_count_by_area(text):
    position = position_of(text)
    area, score = final_area(position)
    assert score == position.score()
    assert (area == position.ownership()).all()


def test_a_leader_must_stay_the_same_for_the_end_to_be_clear(monkeypatch):
    monkeypatch.setattr(SelfPlayConfig, "clear_plies", 3)
    worker = quick_worker(clear_value=0.9)
    slot = GameSlot(0, 0, 100)
    for mover, value in [(BLACK, 0.95), (WHITE, -0.95), (BLACK, 0.99)]:
        assert not worker._is_clear(slot)
        worker._update_leader(slot, mover, value)
    assert worker._is_clear(slot)
    worker._update_leader(slot, WHITE, 0.95)  # now White leads
    assert not worker._is_clear(slot)
    worker._update_leader(slot, BLACK, 0.1)
    assert slot.clear_plies == 0


def test_clear_endings_leave_fewer_rows(monkeypatch):
    monkeypatch.setattr(SelfPlayConfig, "clear_plies", 1)
    monkeypatch.setattr(SelfPlayConfig, "clear_share", 0.0)

    def rows(**changes):
        games = quick_worker(seed=3, **changes).play(20)[0]
        return sum(len(game) for game in games) / sum(len(game.moves) for game in games)

    every_ply = rows(clear_value=None)
    assert every_ply > 0.9
    assert rows(clear_value=0.0) < 0.3 * every_ply


def test_outcome_score_and_area_agree_in_every_game():
    for game in quick_worker(seed=5, stops_settled=True, clear_value=0.9).play(30)[0]:
        sign = 1 if game.rows["ply"][0] % 2 == 0 else -1  # rows are as their mover sees
        black, score = sign * game.rows["ownership"][0], sign * game.rows["score"][0]
        assert score == float(np.sum(black, dtype=np.int64)) - game.komi
        assert game.rows["outcome"][0] == np.sign(game.rows["score"][0])
