"""The rules: against a slow reference, against known counts, and at every door."""

import contextlib
import copy
import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insei.engine.diagram import board_from
from insei.engine.errors import BadDiagram, GameOver, IllegalMove
from insei.engine.playouts import play_random_games, random_game
from insei.engine.position import Position
from insei.engine.rules import (
    BLACK,
    KO_RULES,
    PRESETS,
    WHITE,
    Rules,
    chinese,
    new_zealand,
    tromp_taylor,
)
from insei.engine.vertex import move_of, vertex_of
from tests.helpers.compiled import count_legal_boards
from tests.helpers.reference import Reference

SHAPES = [
    *((1, 1), (1, 2), (2, 2), (3, 2), (1, 5), (3, 3), (4, 3), (5, 5), (7, 4)),
    pytest.param(9, 9, marks=pytest.mark.slow),
]


def follow(rules, seed, max_plies):
    """Play the same random game here and by the reference, comparing at every ply."""
    rng = random.Random(seed)
    position, reference = Position(rules), Reference(rules)
    while not position.is_over and position.num_moves < max_plies:
        mask = position.legal_mask()
        assert mask.tolist() == reference.legal_mask(), str(position)
        # One move at a time goes another way than the mask of all.
        assert [position.is_legal(move) for move in range(rules.num_actions)] == mask.tolist()
        assert position.score() == reference.score(), str(position)
        moves = np.flatnonzero(mask)
        # Passing seldom keeps games long, so that kos and suicides come up.
        move = int(rng.choice(moves[:-1])) if len(moves) > 1 and rng.random() < 0.97 else moves[-1]
        position.play_in_place(int(move))
        reference.play(int(move))
        position.check()
    assert position.is_over == (reference.passes >= 2)


@pytest.mark.parametrize("suicide", [False, True])
@pytest.mark.parametrize("ko", KO_RULES)
@pytest.mark.parametrize(("width", "height"), SHAPES)
def test_random_games_match_the_reference(width, height, ko, suicide):
    for seed in range(6 if width * height > 30 else 15):
        follow(Rules(width, height, 0.5, ko, suicide), seed, 4 * width * height + 40)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from(KO_RULES),
    st.booleans(),
    st.integers(0, 2**32),
)
def test_any_rectangle_matches_the_reference(width, height, ko, suicide, seed):
    follow(Rules(width, height, 0.5, ko, suicide), seed, 3 * width * height + 20)


@pytest.mark.parametrize(
    ("width", "height", "count"),
    [(1, 1, 1), (1, 2, 5), (2, 2, 57), (3, 2, 489), (3, 3, 12_675)],
)
def test_legal_boards_are_as_many_as_tromp_counted(width, height, count):
    assert count_legal_boards(width, height) == count


@pytest.mark.slow
def test_legal_boards_of_four_by_four_are_as_many_as_tromp_counted():
    assert count_legal_boards(4, 4) == 24_318_165


def repeats_in_random_play(ko, seed):
    """How often a stone brings back an earlier board in 200 plies of 2x2."""
    rng = random.Random(seed)
    position, seen, repeats = Position(Rules(2, 2, 0.5, ko)), {0}, 0
    for _ in range(200):
        stones = position.legal_moves()[:-1]
        if position.is_over:
            break
        position.play_in_place(rng.choice(stones) if stones else 4)
        if stones:
            repeats += position.hash in seen
            seen.add(position.hash)
    return repeats


def test_superko_bans_what_simple_ko_allows():
    assert sum(repeats_in_random_play("simple", seed) for seed in range(10)) > 0
    assert sum(repeats_in_random_play("positional", seed) for seed in range(10)) == 0


def test_no_board_comes_back_under_positional_superko():
    for seed in range(50):
        end = random_game(Rules(3, 3, 0.5, "positional", True), seed)
        position, seen = Position(end.rules), {0}
        for move in end.moves:
            position.play_in_place(move)
            if move != 9:
                assert position.hash not in seen
                seen.add(position.hash)


def test_play_leaves_the_position_unchanged():
    start = Position(Rules(5, 5))
    after = start.play(12)
    assert start.num_moves == 0
    assert start.board.sum() == 0
    assert after.moves == [12]
    assert after.to_play == WHITE


def test_two_passes_end_the_game():
    position = Position(Rules(5, 5)).play_all([25, 25])
    assert position.is_over
    assert not position.legal_mask().any()
    with pytest.raises(GameOver, match="two passes have ended the game"):
        position.play(0)


@pytest.mark.parametrize(
    ("moves", "move", "said"),
    [
        ([0], 0, "A5 for white: occupied; white to play"),
        ([1, 2, 5, 3], 99, "move 99 for black: off the board"),
        ([1, 24, 5], 0, "A5 for white: suicide; white to play"),
    ],
)
def test_an_illegal_move_says_why(moves, move, said):
    with pytest.raises(IllegalMove, match=said):
        Position(Rules(5, 5)).play_all(moves).play(move)


def test_a_ko_is_named_so():
    board = board_from(". X O . .\nX . X O .\n. X O . .\n. . . . .\n. . . . .")
    for ko in KO_RULES:
        position = Position(Rules(5, 5, 0.5, ko), board, WHITE).play(move_of("B4", Rules(5, 5)))
        with pytest.raises(IllegalMove, match="C4 for black: ko; black to play"):
            position.play(move_of("C4", position.rules))


def test_suicide_of_a_chain_is_legal_where_the_rules_say_so():
    board = board_from("X . O .\nO O O .\n. . . .\n. . . .")
    position = Position(tromp_taylor(4), board, BLACK)
    after = position.play(1)
    assert after.board[0].tolist() == [0, 0, 2, 0]
    assert after.prisoners == (0, 2)
    assert not Position(chinese(4), board, BLACK).is_legal(1)


@pytest.mark.parametrize(
    ("rows", "vertex", "is_eye"),
    [
        (". X .|X . .|. . .", "A3", True),
        (". X .|X O .|. . .", "A3", False),  # one enemy on a diagonal is enough at the border
        (". . . .|X . . .|. X . .|X O . .", "A2", False),
        (". . . . .|. O X . .|. X . X .|. . X . .|. . . . .", "C3", True),
        (". . . . .|. O X O .|. X . X .|. . X . .|. . . . .", "C3", False),
        (". . . . .|. . X . .|. X . X .|. . . . .|. . . . .", "C3", False),
        (". . . . .|. . X . .|. . O X .|. . X . .|. . . . .", "C3", False),
    ],
)
def test_an_eye_has_own_neighbours_and_few_enemies_on_its_diagonals(rows, vertex, is_eye):
    board = board_from(rows.replace("|", "\n"))
    rules = Rules(*board.shape[::-1])
    assert Position(rules, board).fills_own_eye(move_of(vertex, rules)) == is_eye
    assert not Position(rules, board, WHITE).fills_own_eye(move_of(vertex, rules))


def test_area_counts_stones_and_what_they_surround():
    board = board_from(". X O .\nX X O O\n. X O .\nX X O O")
    position = Position(Rules(4, 4, 1.5), board)
    assert position.area() == (8, 8)
    assert position.score() == -1.5
    assert position.winner() == WHITE
    assert position.ownership().sum() == 0


def test_presets_differ_as_their_books_say():
    assert (tromp_taylor(9).ko, tromp_taylor(9).suicide) == ("positional", True)
    assert (chinese(9).ko, chinese(9).suicide) == ("simple", False)
    assert (new_zealand(9).ko, new_zealand(9).suicide) == ("situational", True)
    assert new_zealand(9).komi == 7.0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"width": 0}, "width 0: wanted a whole number from 1 to 19"),
        ({"height": 20}, "height 20"),
        ({"width": True}, "width True"),
        ({"komi": 0.25}, "komi 0.25: wanted a multiple of 0.5"),
        ({"komi": float("nan")}, "komi nan"),
        ({"ko": "super"}, "ko 'super': wanted one of simple, positional, situational"),
        ({"suicide": 1}, "suicide 1: wanted true or false"),
    ],
)
def test_rules_outside_their_bounds_are_refused(fields, said):
    with pytest.raises(ValueError, match=said):
        Rules(**fields)


@pytest.mark.parametrize("make", PRESETS.values())
def test_a_preset_of_no_height_is_refused(make):
    assert make(9).height == 9
    with pytest.raises(ValueError, match="height 0"):
        make(9, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty diagram"),
        ("3\n2", "empty diagram"),
        ("X Q", "row 1 holds 'Q'"),
        ("X .\nX", "row 2 has 1 points: wanted 2"),
    ],
)
def test_a_bad_diagram_says_where(text, said):
    with pytest.raises(BadDiagram, match=said):
        board_from(text)


def test_a_board_with_a_dead_chain_is_refused():
    with pytest.raises(ValueError, match="the black chain at A2 has no liberty"):
        Position(Rules(2, 2), board_from("X O\nO ."))


def test_setup_boards_of_other_shapes_or_values_are_refused():
    with pytest.raises(ValueError, match=r"wanted integers \(5, 5\)"):
        Position(Rules(5, 5), np.zeros((4, 4), np.uint8))
    with pytest.raises(ValueError, match="wanted 0, 1 and 2"):
        Position(Rules(2, 2), np.full((2, 2), 3, np.uint8))


def test_positions_are_pickled_copied_and_compared():
    for seed in range(10):
        position = random_game(Rules(4, 4, 0.5, "situational", True), seed, 25)
        for other in (pickle.loads(pickle.dumps(position)), copy.copy(position), position.copy()):
            assert other == position
            assert hash(other) == hash(position)
            assert other.legal_mask().tolist() == position.legal_mask().tolist()
    assert position != position.with_to_play(3 - position.to_play)


def test_vertices_skip_the_letter_i():
    rules = Rules(19, 19)
    assert vertex_of(8, rules) == "J19"
    for move in range(rules.num_actions):
        assert move_of(vertex_of(move, rules), rules) == move
    for bad in ("I5", "T20", "A0", "", "55", "AA", "A٣", "A-1"):
        with pytest.raises(ValueError, match="vertex"):
            move_of(bad, rules)


@pytest.mark.parametrize(("width", "height"), [(7, 5), (1, 1), (1, 4), (19, 19), (12, 2)])
def test_a_diagram_is_read_back(width, height):
    for seed in range(5):
        position = random_game(Rules(width, height), seed, 3 * seed * width)
        assert (board_from(str(position)) == position.board).all()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=6), st.integers(1, 19), st.integers(1, 19))
def test_no_text_breaks_the_reader_of_vertices(text, width, height):
    rules = Rules(width, height)
    with contextlib.suppress(ValueError):
        move = move_of(text, rules)
        assert move_of(vertex_of(move, rules), rules) == move


def test_the_diagram_shows_coordinates_last_move_and_prisoners():
    position = Position(Rules(3, 3, 0.5)).play_all([0, 1, 8, 3])
    assert str(position) == (
        "   A B C\n"
        " 3 . O . 3\n"
        " 2(O). . 2\n"
        " 1 . . X 1\n"
        "   A B C\n"
        "black to play, move 5, last A2; black took 0, white took 1"
    )


def test_random_games_are_equal_for_equal_seeds_alone():
    first, second, other = (random_game(Rules(9, 9), seed) for seed in (5, 5, 6))
    assert first == second != other
    assert play_random_games(Rules(9, 9), 1000, 1, True) == play_random_games(
        Rules(9, 9), 1000, 1, False
    )


def test_a_ko_that_a_change_of_colour_lifts_stays_lifted_in_copies():
    rules = Rules(4, 3, ko="simple")
    ko = Position(rules).play_all([1, 2, 4, 7, 9, 10, 6, 5])  # White has just taken at B2
    assert ko.why_illegal(6) == "ko"
    lifted = ko.with_to_play(3 - ko.to_play).with_to_play(ko.to_play)
    assert lifted.is_legal(6)
    for again in (pickle.loads(pickle.dumps(lifted)), copy.copy(lifted)):
        assert again == lifted
        assert (again.legal_mask() == lifted.legal_mask()).all()
    assert pickle.loads(pickle.dumps(ko)).why_illegal(6) == "ko"
    assert ko != lifted


def test_a_change_of_colour_before_the_first_move_begins_the_history():
    rules = new_zealand(2, 1)
    changed = Position(rules).with_to_play(WHITE).play_all([1, 2])
    begun = Position(rules, None, WHITE).play_all([1, 2])
    assert changed == begun
    assert changed.legal_moves() == begun.legal_moves() == [0, 2]
    assert pickle.loads(pickle.dumps(changed)).legal_moves() == [0, 2]


@pytest.mark.parametrize("move", [2**40, -(2**70), -1, 26, np.int64(2**40)])
def test_a_move_beyond_the_board_is_an_illegal_one(move):
    position = Position(chinese(5))
    assert not position.is_legal(move)
    assert position.why_illegal(move) == "off the board, wanted 0 to 25"
    assert not position.fills_own_eye(move)
    for play in (position.play, position.play_in_place):
        with pytest.raises(IllegalMove, match=f"move {move} for black: off the board"):
            play(move)
    assert position.num_moves == 0


@pytest.mark.parametrize("move", [3.7, np.float64(3), "C3", None, np.array([1, 2])])
def test_a_move_is_a_whole_number(move):
    position = Position(chinese(5))
    for door in (position.play, position.play_in_place, position.is_legal, position.why_illegal,
                 position.fills_own_eye):  # fmt: skip
        with pytest.raises(TypeError):
            door(move)
    with pytest.raises(TypeError):
        position.play_all([move])
    assert position.play(np.uint8(3)).moves == [3]
