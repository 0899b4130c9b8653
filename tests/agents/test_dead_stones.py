"""Which stones are dead at the end of a game."""

import shutil

import numpy as np
import pytest

from benchmarks.dead_stones import agreement
from insei.agents import dead_stones
from insei.agents.dead_stones import DEAD_FROM, DOUBT, judged, judged_by, stone_status
from insei.agents.handwritten.playout_ownership import playout_ownership
from insei.agents.net import owners
from insei.engine.diagram import board_from
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, WHITE, Rules

RULES = Rules(5, 5, 0.5)
ENDED = """
. X . X O
X X X X O
X X X O O
O O O O .
. O X . O
"""
# Two walls and the ground behind them; a white stone in Black's.
WALLS = """
. . X O . . .
. . X O . . .
. . X O . . .
. O X O . . .
. . X O . . .
. . X O . . .
. . X O . . .
"""


def position_of(text, to_play=BLACK):
    board = board_from(text)
    return Position(Rules(board.shape[1], board.shape[0], 0.5), board, to_play)


def test_a_dead_chain_is_one_that_the_enemy_owns():
    position = position_of(ENDED)
    ownership = np.ones((5, 5), np.float32)
    ownership[3:] = ownership[:3, 4] = ownership[2, 3] = -1
    dead = judged_by(position, ownership).dead
    assert dead == [22]
    status = stone_status(position, dead)
    assert status["white_territory"] == [19, 20, 22, 23]
    assert status["black_territory"] == [0, 2]
    assert 22 not in status["alive"]
    assert position.score(dead) == position.score() - 3  # C1 and D1 are White's now


@pytest.mark.parametrize(
    ("of_enemy", "is_dead", "is_doubtful"),
    [
        (1.0, True, False),
        (DEAD_FROM + DOUBT + 0.01, True, False),
        (DEAD_FROM + 0.01, True, True),
        (DEAD_FROM - 0.01, False, True),
        (DEAD_FROM - DOUBT - 0.01, False, False),
        (-1.0, False, False),
    ],
)
@pytest.mark.parametrize("colour", [BLACK, WHITE])
def test_near_the_threshold_there_is_doubt(colour, of_enemy, is_dead, is_doubtful):
    board = np.zeros((3, 3), np.uint8)
    board[1, 1] = colour
    sign = -1 if colour == BLACK else 1
    found = judged_by(Position(Rules(3, 3), board), np.full((3, 3), sign * of_enemy, np.float32))
    assert found.dead == ([4] if is_dead else [])
    assert found.doubtful == ([4] if is_doubtful else [])


@pytest.mark.parametrize("to_play", [BLACK, WHITE])
def test_a_lone_stone_behind_a_wall_is_dead_whoever_is_to_move(to_play):
    position = position_of(WALLS, to_play)
    found = judged(position)
    assert found.dead == [22]
    assert found.doubtful == []
    over = position.play(49).play(49)
    assert judged(over).dead == [22]
    assert position.num_moves == 0  # it is not changed


def test_equal_positions_are_judged_equally():
    position = position_of(WALLS)
    assert (playout_ownership(position, 50) == playout_ownership(position, 50)).all()
    assert (playout_ownership(position, 50, 1) != playout_ownership(position, 50, 2)).any()


@pytest.mark.parametrize(
    ("side", "seen", "is_dead"), [(19, 1, True), (19, -1, False), (13, 1, False)]
)
def test_a_net_tips_the_scales_on_the_board_that_it_knows(monkeypatch, side, seen, is_dead):
    """A white stone that playouts find hardly alive, where the net is sure."""
    board = np.zeros((side, side), np.uint8)
    board[3, 3] = WHITE
    playouts = np.full((side, side), DEAD_FROM - 0.05, np.float32)
    monkeypatch.setattr(dead_stones, "playout_ownership", lambda *_: playouts.copy())
    monkeypatch.setattr(owners, "net_ownership", lambda position, net: np.full_like(playouts, seen))
    assert bool(judged(Position(Rules(side, side), board)).dead) == is_dead


def test_prisoners_on_19x19_are_dead_by_the_net_that_ships():
    board = np.full((19, 19), BLACK, np.uint8)
    board[:, 10:] = WHITE
    board[[0, 0], [0, 18]] = board[4:6, 3:6] = board[13:15, 13:16] = EMPTY
    board[4, 4], board[14, 14] = WHITE, BLACK
    assert judged(Position(Rules(19, 19), board)).dead == [4 * 19 + 4, 14 * 19 + 14]


def test_an_empty_board_has_no_dead_stones():
    assert judged(Position(RULES)).dead == []


@pytest.mark.parametrize("playouts", [-1, 0, 1, 10**9])
def test_a_wrong_number_of_playouts_is_refused(playouts):
    with pytest.raises(ValueError, match="playouts"):
        playout_ownership(Position(RULES), playouts)


@pytest.mark.slow
@pytest.mark.gnugo
@pytest.mark.skipif(not shutil.which("gnugo"), reason="GNU Go is not installed")
@pytest.mark.parametrize(("size", "games"), [(9, 30), (13, 6)])
def test_dead_stones_are_those_of_gnu_go(size, games):
    found = agreement(size, games)
    assert found >= games - 2
