"""Symmetries, planes and SGF."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.planes import NUM_PLANES, planes, write_planes
from engine.playouts import random_game
from engine.position import Position
from engine.rules import Rules, chinese, new_zealand
from engine.sgf import BadSgf, GameRecord, read_sgf, write_sgf
from engine.symmetries import (
    compose,
    inverse,
    num_symmetries,
    transform,
    transform_move,
    transform_moves,
)


def test_symmetries_are_a_group():
    board = np.arange(25).reshape(5, 5)
    for first in range(8):
        assert (transform(transform(board, first), inverse(first)) == board).all()
        for second in range(8):
            both = transform(transform(board, first), second)
            assert (transform(board, compose(first, second)) == both).all()
    assert len({transform(board, one).tobytes() for one in range(8)}) == 8


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
        game = random_game(Rules(5, 6, 3.5, "positional"), seed, 40)
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
            if move < 30:
                assert seen[7 + back].argmax() == move
            else:
                assert seen[7 + back].sum() == 0
        assert np.allclose(seen[12], (-3.5 if own == 1 else 3.5) / 20)
        assert (seen[13] == (game.last_move == 30)).all()


def test_planes_check_their_buffer():
    position = Position(Rules(5, 5))
    with pytest.raises(ValueError, match="frame 4x5: wanted 5x5 or more"):
        planes(position, 5, 4)
    with pytest.raises(ValueError, match="contiguous float32"):
        write_planes(position, np.zeros((NUM_PLANES, 5, 5)))
    with pytest.raises(ValueError, match="wanted 0 to 7"):
        planes(position, symmetry=8)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 19), st.integers(1, 19), st.integers(0, 2**31))
def test_sgf_gives_back_the_game(width, height, seed):
    position = random_game(Rules(width, height, 6.5), seed, 60)
    record = GameRecord(
        position, "one ] \\ :", "zwei\u00e9", "", {1: "a]b\\c"} if position.moves else {}
    )
    again = read_sgf(write_sgf(record))
    assert again.position == position
    assert again.black == record.black
    assert again.comments == record.comments
    if position.is_over:
        assert again.result


@pytest.mark.parametrize("rules", [chinese(9), new_zealand(9), Rules(9, 9, 0.5)])
def test_sgf_keeps_komi_and_the_ko_rule(rules):
    again = read_sgf(write_sgf(GameRecord(Position(rules).play(40)))).position.rules
    assert (again.komi, again.ko) == (rules.komi, rules.ko)


def test_sgf_reads_setup_and_handicap():
    record = read_sgf("(;SZ[9]HA[2]AB[cc][gg];W[ee];B[cg])")
    assert record.position.initial_to_play == 2
    assert record.position.initial_board.sum() == 2
    assert record.position.moves == [40, 56]
    again = read_sgf(write_sgf(record))
    assert again.position == record.position


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not an SGF game"),
        ("hello", "not an SGF game"),
        ("(;SZ[9];B[ee]", "not an SGF game"),
        ("(;SZ[25];B[ee])", "size 25x25: wanted 1 to 19"),
        ("(;SZ[x];B[ee])", r"size SZ\[x\]"),
        ("(;SZ[9];B[ee];W[ee])", "move 2 by white: E5 for white: occupied"),
        ("(;SZ[9]KM[0.3];B[ee])", "komi 0.3"),
        ("(;SZ[9];B[zz])", "not an SGF game|off the"),
        ("(;SZ[9];B[ee];AB[aa])", "move 2: setup stones"),
        ("(;SZ[9]AB[aa]AW[ab][ba];W[cc])", "no liberty"),
    ],
)
def test_a_bad_sgf_says_where(text, said):
    with pytest.raises(BadSgf, match=said):
        read_sgf(text)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_sgf_reader(data):
    with contextlib.suppress(BadSgf):
        read_sgf(b"(;SZ[9]" + data)
