"""Territory, dead stones, pass stones, handicap, and games that captures win."""

import pytest

from agents.capture import CapturePlayer
from agents.random_player import RandomPlayer
from engine.diagram import board_from
from engine.errors import GameOver
from engine.handicap import fixed_handicap, handicap_position
from engine.position import Position
from engine.rules import BLACK, WHITE, Rules, chinese
from engine.scoring import dead_stones, territory_score
from engine.vertex import move_of, vertex_of

# Black lives on the left, White on the right; a white stone is lost in Black's corner.
ENDED = """
. X . X O . .
X X O X O O .
. X X X O . O
. X O O O O .
X X X X O O .
X . X O O . O
. X X O . O .
"""


def test_dead_stones_and_prisoners_are_counted():
    position = Position(Rules(7, 7, 0), board_from(ENDED))
    lost = move_of("C6", position.rules)
    assert dead_stones(position) == [lost]
    black = [vertex_of(p, position.rules) for p in range(49) if position.ownership().flat[p] == 1]
    assert "A7" in black
    empty_black = 7  # A7, C7, A5, A4, B2, A1, and C6 once its stone is off
    empty_white = 9  # F7, G7, G6, F5, G4, G3, F2, E1, G1
    assert territory_score(position) == empty_black + 1 - empty_white
    assert territory_score(position, dead=[lost]) == territory_score(position)
    assert territory_score(position, dead=[]) == empty_black - 2 - empty_white


def test_area_and_territory_agree_where_pass_stones_are_given():
    """With equal numbers of moves, pass stones make both counts the same (AGA)."""
    rules = Rules(5, 5, 0.5, suicide=False)
    board = Position(rules)
    moves = "C3 C4 B4 D3 D4 D2 C5 C2 E4 B2 B3 A2 A3 E3 pass pass"
    for vertex in moves.split():
        board.play_in_place(move_of(vertex, rules))
    assert territory_score(board, dead=[], pass_stones=True) == board.score()


def test_dead_points_that_are_none_are_refused():
    position = Position(Rules(3, 3))
    with pytest.raises(ValueError, match="point 4 is empty: wanted a stone"):
        territory_score(position, dead=[4])
    with pytest.raises(ValueError, match="point 9: wanted 0 to 8"):
        territory_score(position, dead=[9])


@pytest.mark.parametrize(
    ("side", "stones", "vertices"),
    [
        (19, 2, "D4 Q16"),
        (19, 3, "D4 Q16 D16"),
        (19, 5, "D4 Q16 D16 Q4 K10"),
        (19, 9, "D4 Q16 D16 Q4 D10 Q10 K4 K16 K10"),
        (9, 6, "C3 G7 C7 G3 C5 G5"),
        (13, 4, "D4 K10 D10 K4"),
        (7, 4, "C3 E5 C5 E3"),
        (8, 2, "C3 F6"),
    ],
)
def test_fixed_handicaps_are_those_of_gtp(side, stones, vertices):
    rules = chinese(side)
    found = [vertex_of(point, rules) for point in fixed_handicap(rules, stones)]
    assert sorted(found) == sorted(vertices.split())


@pytest.mark.parametrize(("side", "stones"), [(6, 2), (8, 5), (9, 10), (9, 1), (7, 5)])
def test_handicaps_without_room_are_refused(side, stones):
    with pytest.raises(ValueError, match="handicap"):
        fixed_handicap(chinese(side), stones)


def test_handicap_positions_begin_with_white():
    position = handicap_position(chinese(9), fixed_handicap(chinese(9), 2))
    assert position.to_play == WHITE
    assert (position.board == BLACK).sum() == 2
    with pytest.raises(ValueError, match="named twice"):
        handicap_position(chinese(9), [3, 3])
    with pytest.raises(ValueError, match="handicap at 81"):
        handicap_position(chinese(9), [81])
    with pytest.raises(ValueError, match="no liberty"):
        handicap_position(chinese(2), [0, 1, 2, 3])


def test_captures_win_where_the_rules_say_so():
    rules = Rules(3, 3, 0.5, captures_to_win=1)
    position = Position(rules).play_all([1, 0, 3])  # Black takes the corner
    assert position.is_over
    assert (position.winner(), position.score()) == (BLACK, 1.0)
    assert not position.legal_mask().any()
    with pytest.raises(GameOver, match="captures have ended the game"):
        position.play(8)
    assert not Position(Rules(3, 3, 0.5)).play_all([1, 0, 3]).is_over
    assert not Position(Rules(3, 3, 0.5, captures_to_win=2)).play_all([1, 0, 3]).is_over
    with pytest.raises(ValueError, match="captures_to_win -1"):
        Rules(captures_to_win=-1)


def test_players_play_for_captures():
    rules = Rules(6, 6, 0.5, captures_to_win=1)
    taker, other = CapturePlayer("capture"), RandomPlayer("random")
    wins = 0
    for seed in range(20):
        seats = {1 + seed % 2: taker, 2 - seed % 2: other}
        position = Position(rules)
        for player in seats.values():
            player.new_game(rules, seed)
        while not position.is_over and position.num_moves < 200:
            position.play_in_place(seats[position.to_play].choose(position).move)
        wins += position.winner() == 1 + seed % 2
    assert wins >= 15
