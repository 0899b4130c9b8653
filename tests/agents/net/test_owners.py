"""Who will own each point, as a net sees it from all sides."""

import numpy as np
import pytest

from insei.agents.net.owners import net_ownership
from insei.engine.diagram import board_from
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules

WALL = "\n".join([". . . . X O . . ."] * 9)  # Black's to its left, White's to its right


def position_of(board, to_play=BLACK):
    return Position(Rules(board.shape[1], board.shape[0], 7), board, to_play)


@pytest.mark.parametrize("to_play", [BLACK, WHITE])
def test_what_is_behind_a_wall_is_its_owner_s_whoever_is_to_move(to_play):
    owned = net_ownership(position_of(board_from(WALL), to_play), "go9")
    assert owned.shape == (9, 9)
    assert owned[:, :5].min() > 0.5
    assert owned[:, 5:].max() < -0.5
    assert np.abs(owned).max() <= 1


def test_a_turned_board_has_turned_owners():
    board = board_from(WALL)
    board[2, 6] = BLACK
    owned = net_ownership(position_of(board), "go9")
    turned = net_ownership(position_of(np.ascontiguousarray(np.rot90(board))), "go9")
    assert np.allclose(np.rot90(owned), turned, atol=1e-3)


def test_a_rectangle_has_four_sides_to_be_seen_from():
    board = board_from(WALL)[:5]
    owned = net_ownership(position_of(board), "go9")
    assert owned.shape == (5, 9)
    assert np.allclose(owned, owned[::-1], atol=1e-3)


def test_a_game_that_has_ended_is_judged_too():
    position = position_of(board_from(WALL))
    over = position.play(81).play(81)
    assert over.is_over
    assert net_ownership(over, "go9")[:, :5].min() > 0.5
