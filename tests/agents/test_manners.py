"""How people end a game: the pass where nothing is left, and resigning what is lost."""

import numpy as np
import pytest

from insei.agents.manners import Manners, Outlook, is_hopeless, is_pointless
from insei.agents.player import RESIGN
from insei.engine.position import Position
from insei.engine.rules import Rules

RULES = Rules(5, 5, 0.5)
PASS = RULES.pass_move
#     A B C D E
# 5   . . X O .     Black has the left, White the right; all is settled but C1 and D1
WALLS = [2, 3, 7, 8, 12, 13, 17, 18]


def walls():
    position = Position(RULES)
    for move in WALLS:
        position = position.play(move)
    return position


def played_on(position):
    """The position some moves later, Black to play: late enough to resign."""
    for move in (0, 4, 5, 24, 10, 14):
        position = position.play(move)
    return position


def owned(open_points=(22, 23)):
    ownership = np.tile(np.array([1, 1, 1, -1, -1], np.float32), (5, 1)) * 0.95
    ownership.ravel()[list(open_points)] = 0.1
    return ownership


def outlook(black_win_rate=0.5, black_score=0.0, open_points=(22, 23)):
    return Outlook(black_win_rate, black_score, owned(open_points))


def polite(second_look=lambda position: owned()):
    return Manners(second_look)


def test_a_move_into_settled_area_becomes_a_pass_once_a_side_has_passed():
    position = walls().play(22).play(PASS)  # White passes
    assert polite().instead(position, 0, outlook()) == PASS  # in Black's own territory
    assert polite().instead(position, 4, outlook()) == PASS  # in White's territory
    assert polite().instead(position, 23, outlook()) == 23  # still open


def test_a_move_is_played_where_playouts_do_not_find_the_area_settled():
    position = walls().play(22).play(PASS)
    unsettled = polite(lambda position: np.zeros((5, 5), np.float32))
    assert unsettled.instead(position, 0, outlook()) == 0


def test_before_a_pass_only_a_settled_board_leads_to_one():
    assert not is_pointless(walls(), 0, owned())
    assert is_pointless(walls().play(22).play(23), 0, owned(()))
    assert not is_pointless(walls(), PASS, owned(()))


@pytest.mark.parametrize(
    ("win_rate", "score", "answer"),
    [(0.01, -20, True), (0.1, -20, False), (0.01, -1, False), (0.99, 20, False)],
)
def test_a_lost_game_is_lost_by_much_and_for_certain(win_rate, score, answer):
    position = played_on(walls().play(22).play(23))
    assert is_hopeless(position, outlook(win_rate, score)) is answer
    mirrored = position.play(PASS)
    assert is_hopeless(mirrored, outlook(1 - win_rate, -score)) is answer


def test_nobody_resigns_at_once_or_in_the_opening():
    position, manners = played_on(walls().play(22).play(9)), polite()  # D1 is open
    lost, even = outlook(0.0, -20), outlook()
    assert [manners.instead(position, 15, each) for each in (lost, lost, even, lost, lost)] == (
        [15] * 5
    )
    assert manners.instead(position, 15, lost) == RESIGN
    opening = Position(RULES).play(12).play(13)
    assert not is_hopeless(opening, lost)


def test_a_player_that_resigns_is_left_to():
    assert Manners().instead(walls(), RESIGN, outlook()) == RESIGN
