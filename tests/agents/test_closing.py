"""How a game ends in which the stones count as they stand."""

from dataclasses import replace

import pytest

from insei.agents.closing import closing
from insei.engine.diagram import board_from
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules

# Black has four columns; a white stone in them is dead.
BOARD = """
. . . X O . .
. X . X O . O
. . . X O . .
. . O X O . .
X X . X O O O
. . . X O . .
. X . X O . O
"""
RULES = Rules(7, 7, 5.5)  # Black wins by 1.5 if the stone is taken off, and loses if it stays
PASS = RULES.pass_move


def position_of(rules=RULES, to_play=BLACK):
    return Position(rules, board_from(BOARD), to_play)


def test_a_pass_that_loses_by_a_dead_stone_becomes_its_capture():
    position = position_of()
    assert (position.winner(), position.winner([23])) == (WHITE, BLACK)
    for _ in range(20):
        move = closing(position, [PASS], False)
        if move == PASS:
            break
        position = position.play(move)
        assert (
            closing(position, [PASS], False) == PASS
        )  # White is behind, and has nothing to capture
        position = position.play(PASS)
    assert position.board.ravel()[23] != WHITE
    assert position.winner() == BLACK
    assert closing(position, [0], False) == PASS  # White has passed: the game is won


def test_other_moves_stay():
    assert closing(position_of(), [0], False) == 0


@pytest.mark.parametrize("komi", [-15.5, 9.5], ids=["won as it stands", "lost all the same"])
def test_a_pass_stays_where_a_capture_would_not_change_the_winner(komi):
    assert closing(position_of(replace(RULES, komi=komi)), [PASS], False) == PASS


def test_under_territory_scoring_dead_stones_need_no_capture():
    assert closing(position_of(replace(RULES, scoring="territory")), [PASS], False) == PASS


def test_after_a_pass_that_leaves_the_game_lost_the_player_plays_on():
    position = position_of().play(PASS)  # White has the pass that wins
    assert closing(position, [27], False) == PASS
    position = position_of(to_play=WHITE).play(PASS)
    assert closing(position, [0], False) == 0  # Black would lose as the stones stand


# Black has the left half. Row 4, between the walls, belongs to nobody yet.
UNSETTLED = """
. X . X O . O
. . X X O O .
X X X X O O O
. . . . . . .
X X X X O O O
. . X X O O .
. X . X O . O
"""


def test_who_agrees_on_the_end_plays_on_where_points_are_in_doubt():
    position = Position(replace(RULES, komi=0.5), board_from(UNSETTLED))
    others = [
        1 * 7 + 0,
        3 * 7 + 0,
        3 * 7 + 4,
    ]  # in a black eye space, in Black's corner, the border
    assert closing(position, [PASS, *others], False) == PASS
    assert closing(position, [PASS, *others], True) == 3 * 7 + 4
    assert closing(position, [PASS, *others[:1]], True) == PASS
