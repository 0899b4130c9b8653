"""Symmetries and planes."""

from dataclasses import replace

import numpy as np
import pytest

from insei.engine.planes.net_planes import (
    NUM_BINARY_PLANES,
    NUM_PLANES,
    packed_planes,
    planes,
    write_planes,
)
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.positions import Positions
from insei.engine.rules import BLACK, KO_RULES, Rules
from insei.engine.symmetries import (
    compose,
    inverse,
    num_symmetries,
    transform,
    transform_move,
    transform_moves,
)
from tests.helpers.compiled import planes_key_of


def test_symmetries_are_a_group():
    board = np.arange(25).reshape(5, 5)
    for first in range(8):
        assert (transform(transform(board, first), inverse(first)) == board).all()
        for second in range(8):
            both = transform(transform(board, first), second)
            assert (transform(board, compose(first, second)) == both).all()
    assert len({transform(board, symmetry).tobytes() for symmetry in range(8)}) == 8


@pytest.mark.parametrize(("height", "width"), [(5, 5), (3, 6)])
def test_moves_policies_and_boards_turn_alike(height, width):
    for symmetry in range(num_symmetries(height, width)):
        for move in range(height * width + 1):
            policy = np.zeros(height * width + 1)
            policy[move] = 1
            turned = transform_moves(policy, symmetry, height, width)
            assert turned.argmax() == transform_move(move, symmetry, height, width)


def test_a_rectangle_has_no_transposing_symmetry():
    with pytest.raises(ValueError, match="symmetry 4 of 6x3: wanted 0 to 3"):
        transform(np.zeros((3, 6)), 4)


@pytest.mark.parametrize(("height", "width"), [(5, 5), (4, 6)])
def test_planes_of_a_turned_game_are_turned_planes(height, width):
    rules = Rules(width, height, 0.5, "positional", True)
    for seed in range(8):
        game = random_game(rules, seed, 3 * height * width)
        for symmetry in range(num_symmetries(height, width)):
            turned = Position(rules).play_all(
                [transform_move(move, symmetry, height, width) for move in game.moves]
            )
            assert (planes(turned) == planes(game, symmetry=symmetry)).all()


def test_planes_say_what_the_rules_say():
    for seed in range(20):
        game = random_game(Rules(5, 6, 3.5, "positional"), seed, 2 * seed)
        seen = planes(game, 7, 8)
        assert seen.shape == (NUM_PLANES, 7, 8)
        assert seen[:, 6:].sum() == 0
        assert seen[:, :, 5:].sum() == 0
        seen = seen[:, :6, :5]
        board, own = game.board, game.to_play
        assert (seen[0] == 1).all()
        assert (seen[1] == (board == own)).all()
        assert (seen[2] == (board == 3 - own)).all()
        legal = game.legal_mask()[:-1].reshape(6, 5)
        if not game.is_over:
            assert (seen[6] == ((board == 0) & ~legal)).all()
        for point in range(30):
            count = len(game.liberties(point))
            for plane in (1, 2, 3):
                assert seen[2 + plane].flat[point] == (count == plane)
        for back, move in enumerate(game.moves[::-1][:5]):
            marked = np.flatnonzero(seen[7 + back]).tolist()
            assert marked == ([move] if move < 30 else [])
        assert not seen[7 + game.num_moves : 12].any()
        assert np.allclose(seen[12], (-3.5 if own == 1 else 3.5) / 20)
        assert (seen[13] == (game.last_move == 30)).all()


@pytest.mark.parametrize(("width", "height"), [(5, 5), (7, 3), (3, 7), (2, 2), (19, 19)])
@pytest.mark.parametrize("margin", [0, 1, 4])
def test_packed_planes_are_the_planes(width, height, margin):
    ends = 0
    for seed in range(30):
        rules = Rules(
            width, height, 3.5, suicide=seed % 2 == 0, captures_to_win=2 * (seed % 3 == 0)
        )
        game = random_game(rules, seed, 4 * seed)
        ends += game.is_over
        seen = planes(game, height + margin, width + 2 * margin)
        bits, numbers = packed_planes(game, height + margin, width + 2 * margin)
        assert (bits == np.packbits(seen[:NUM_BINARY_PLANES] > 0)).all()
        assert (numbers == seen[NUM_BINARY_PLANES:, 0, 0]).all()
    assert 0 < ends < 30
    with pytest.raises(ValueError, match="wanted"):
        packed_planes(game, height - 1, width)


def test_positions_with_other_planes_have_another_key():
    shown = {}
    for seed in range(120):
        rules = Rules(4, 3 + seed % 2, seed % 3 / 2, KO_RULES[seed // 3 % 3], seed % 5 == 0)
        position = Position(rules)
        for move in random_game(rules, seed, 40).moves:
            position.play_in_place(move)
            if not position.is_over:
                seen = planes(position).tobytes(), rules.size_name
                assert shown.setdefault(planes_key_of(position), seen) == seen
    assert len(shown) > 1000


@pytest.mark.parametrize(
    ("changed", "moves"),
    [
        ({"komi": 6.5}, [12, 7, 3]),
        ({"ko": "positional"}, [12, 7, 3]),  # nothing to forbid: the planes are the same
        ({}, [7, 12, 3]),
        ({}, [12, 7, 3, 25]),
    ],
)
def test_a_key_tells_apart_what_the_planes_tell_apart(changed, moves):
    usual = Position(Rules(5, 5, 0.5, "simple")).play_all([12, 7, 3])
    other = Position(replace(usual.rules, **changed)).play_all(moves)
    is_same = (planes(usual) == planes(other)).all()
    assert (planes_key_of(usual) == planes_key_of(other)) == is_same


def test_moves_before_the_last_five_are_not_in_the_key():
    end = [20, 21, 22, 23, 24]
    one_way = Position(Rules(5, 5)).play_all([0, 1, 2, 3, *end])
    other_way = Position(Rules(5, 5)).play_all([2, 3, 0, 1, *end])
    assert planes_key_of(one_way) == planes_key_of(other_way)
    assert planes_key_of(one_way) != planes_key_of(one_way.with_to_play(BLACK))


def test_planes_check_their_buffer():
    position = Position(Rules(5, 5))
    with pytest.raises(ValueError, match="frame 1001x5: wanted 5x5 or more, to 1000"):
        planes(position, 5, 1001)
    with pytest.raises(ValueError, match="frame 1001x5: wanted"):
        Positions(Rules(5, 5), 1).planes(np.zeros((1, NUM_PLANES, 5, 1001), np.float32))
    with pytest.raises(ValueError, match="frame 4x5: wanted 5x5 or more"):
        planes(position, 5, 4)
    with pytest.raises(ValueError, match="contiguous float32"):
        write_planes(position, np.zeros((NUM_PLANES, 5, 5)))
    with pytest.raises(ValueError, match="wanted 0 to 7"):
        planes(position, symmetry=8)
