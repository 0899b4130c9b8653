"""Territory, dead stones, pass stones, handicap, and games that captures win."""

import copy
import pickle

import pytest

from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.random_player import RandomPlayer
from insei.engine.diagram import board_from
from insei.engine.errors import GameOver
from insei.engine.handicap import fixed_handicap, handicap_position
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import (
    BLACK,
    PRESETS,
    WHITE,
    Rules,
    aga,
    chinese,
    japanese,
    preset_name,
    with_preset,
)
from insei.engine.vertex import move_of, vertex_of

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
    position = Position(japanese(7, komi=0), board_from(ENDED))
    lost = move_of("C6", position.rules)
    assert position.dead_stones() == [lost]
    black = [vertex_of(p, position.rules) for p in range(49) if position.ownership().flat[p] == 1]
    assert {"A7", "C6"} <= set(black)
    empty_black = 7  # A7, C7, A5, A4, B2, A1, and C6 once its stone is off
    empty_white = 9  # F7, G7, G6, F5, G4, G3, F2, E1, G1
    assert position.score() == empty_black + 1 - empty_white
    assert position.score(dead=[lost]) == position.score()
    assert position.score(dead=[]) == empty_black - 2 - empty_white
    assert position.winner() == WHITE


def test_area_takes_dead_stones_off_only_where_they_are_named():
    position = Position(chinese(7, komi=0), board_from(ENDED))
    lost = move_of("C6", position.rules)
    alive = position.score()
    black, white = position.area()
    assert alive == black - white
    assert position.score(dead=[]) == alive
    assert position.score(dead=[lost]) == alive + 3  # C6 changes hands, and C7 is Black's now
    assert position.ownership(dead=[lost]).flat[lost] == 1
    assert position.ownership().flat[lost] == -1


def test_one_stone_names_its_whole_chain_as_dead():
    position = Position(japanese(3, komi=0), board_from("X X O\n. O O\n. . ."))
    assert position.score(dead=[0]) == position.score(dead=[0, 1]) == -8


def test_prisoners_taken_in_play_count():
    position = Position(japanese(3, komi=0)).play_all([1, 0, 3])
    assert position.prisoners == (1, 0)
    assert position.score(dead=[]) == 7 + 1
    assert Position(chinese(3, komi=0)).play_all([1, 0, 3]).score() == 9


@pytest.mark.parametrize("handicap", [0, 2, 4])
def test_pass_stones_make_territory_what_area_is(handicap):
    """White passes last, so that both have played equally often; handicap as by area, N - 1."""
    for seed in range(60):
        rules = aga(7, 6, 0.5)
        start = random_game(Rules(7, 6, 0.5), seed, 60)
        points = [] if not handicap else [0, 6, 35, 41][:handicap]
        position = handicap_position(rules, points) if handicap else Position(rules)
        for move in start.moves:
            if position.is_legal(move):
                position.play_in_place(move)
        area = int(position.ownership(dead=[]).sum()) - 0.5
        assert position.score(dead=[]) == area - max(0, handicap - 1)


def test_the_score_is_the_same_copied_pickled_and_batched():
    from insei.engine.positions import Positions

    for rules in (japanese(5), aga(5)):
        batch = Positions(rules, 4)
        for seed in range(30):
            batch.play_random(seed)
        for game, score in enumerate(batch.scores()):
            position = batch[game]
            assert position.score() == score
            assert pickle.loads(pickle.dumps(position)).score() == score
            assert copy.copy(position).score() == score


def test_rules_with_scoring_are_compared_hashed_and_pickled():
    rules = japanese(9)
    assert rules != Rules(9, 9, 6.5, "simple")
    assert pickle.loads(pickle.dumps(aga(9))) == aga(9)
    assert len({japanese(9), aga(9, komi=6.5), chinese(9, komi=6.5), japanese(9)}) == 3
    assert Position(rules) != Position(Rules(9, 9, 6.5, "simple"))
    for name in PRESETS:
        assert preset_name(with_preset(Rules(5, 3, 1.5), name)) == name
    assert preset_name(Rules(9, 9, ko="simple", suicide=True)) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scoring": "stones"}, "scoring 'stones': wanted one of area, territory"),
        ({"pass_stones": 1}, "pass_stones 1: wanted true or false"),
        ({"pass_stones": True}, "pass_stones with area scoring"),
    ],
)
def test_scoring_outside_its_bounds_is_refused(fields, said):
    with pytest.raises(ValueError, match=said):
        Rules(**fields)


def test_dead_points_that_are_none_are_refused():
    position = Position(Rules(3, 3))
    with pytest.raises(ValueError, match="point 4 is empty: wanted a stone"):
        position.score(dead=[4])
    with pytest.raises(ValueError, match="point 9: wanted 0 to 8"):
        position.score(dead=[9])


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
