"""Ladders: known diagrams, and against a search that tries every move of the defender."""

import numpy as np
import pytest

from insei.engine.diagram import board_from
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.reading.ladders import is_caught, ladder_moves
from insei.engine.rules import BLACK, WHITE, Rules, chinese
from insei.engine.vertex import move_of, vertex_of

# White's stone at C6 runs to the lower right, where nothing stops Black.
WORKS = """
. . . . . . . . .
. . . . . . . . .
. . X X . . . . .
. X O . . . . . .
. . X . . . . . .
. . . . . . . . .
. . . . . . . . .
. . . . . . . . .
. . . . . . . . .
"""
# A white stone on the way; the ladder runs into it.
BREAKER = """
. . . . . . . . .
. . . . . . . . .
. . X X . . . . .
. X O . . . . . .
. . X . . . . . .
. . . . . . . . .
. . . . . . O . .
. . . . . . . . .
. . . . . . . . .
"""
# On the edge a stone in atari has nowhere to run.
EDGE = """
. . . . . . .
. . . . . . .
. . . . . . .
. . . . . . .
. . . . . . .
. . X X X X .
. X O . . . .
"""
# As WORKS, but Black's stone at C5 is in atari itself.
TAKES = """
. . . . . . . . .
. . . . . . . . .
. . X X . . . . .
. X O . . . . . .
. O X . . . . . .
. . O . . . . . .
. . . . . . . . .
. . . . . . . . .
. . . . . . . . .
"""


def position_of(text, to_play):
    board = board_from(text)
    return Position(chinese(*board.shape[::-1]), board, to_play)


def caught(text, vertex, to_play):
    position = position_of(text, to_play)
    return is_caught(position, move_of(vertex, position.rules))


def test_a_ladder_works_on_an_empty_board():
    assert caught(WORKS, "C6", WHITE)
    assert ladder_moves(position_of(WORKS, WHITE)) == ([], [])


def test_a_stone_on_the_way_breaks_it():
    assert not caught(BREAKER, "C6", WHITE)
    position = position_of(BREAKER, WHITE)
    assert [vertex_of(move, position.rules) for move in ladder_moves(position)[1]] == ["D6"]


def test_a_ladder_begins_with_the_atari_that_works():
    """Black gives atari; from the wrong side White runs into the open."""
    text = WORKS.replace("X O .", "X O O", 1)
    position = position_of(text, BLACK)
    begins, _ = ladder_moves(position)
    assert [vertex_of(move, position.rules) for move in begins] == ["E6"]
    assert caught(text, "C6", BLACK)
    assert not caught(text, "C6", WHITE)  # two liberties, and the move


def test_the_edge_ends_a_ladder():
    assert caught(EDGE, "C1", WHITE)
    helped = EDGE.replace("X X X X .", "X X O . .").replace("O . . . .", "O . O . .")
    assert not caught(helped, "C1", WHITE)


def test_a_ladder_runs_over_a_whole_board():
    board = np.zeros((19, 19), np.uint8)
    board[:9, :9] = board_from(WORKS)
    assert is_caught(Position(chinese(19), board, WHITE), 3 * 19 + 2)
    board[15, 15] = WHITE
    assert not is_caught(Position(chinese(19), board, WHITE), 3 * 19 + 2)


def test_taking_a_stone_in_atari_leaves_the_ladder():
    position = position_of(TAKES, WHITE)
    escapes = {vertex_of(move, position.rules) for move in ladder_moves(position)[1]}
    assert "D5" in escapes
    assert not caught(TAKES, "C6", WHITE)


@pytest.mark.parametrize("to_play", [BLACK, WHITE])
def test_a_chain_with_three_liberties_is_no_ladder(to_play):
    position = position_of(". . . .\n. O . .\n. . . .\n. . . .", to_play)
    assert not is_caught(position, 5)
    assert ladder_moves(position) == ([], [])


def test_an_empty_point_or_one_off_the_board_is_refused():
    position = position_of(WORKS, WHITE)
    with pytest.raises(ValueError, match="point 0 is empty"):
        is_caught(position, 0)
    with pytest.raises(ValueError, match="point 81: wanted 0 to 80"):
        is_caught(position, 81)


def slowly_caught(position, point, attacker, past=frozenset()):
    """Try every legal move of the defender, and every liberty that the attacker may take."""
    now = (position.board.tobytes(), position.ko_point, position.to_play)
    if now in past:
        return False
    liberties = position.liberties(point)
    if position.to_play != attacker:
        return len(liberties) < 2 and all(
            slowly_caught(position.play(move), point, attacker, past | {now})
            for move in position.legal_moves()
        )
    for move in liberties:
        if position.is_legal(move):
            after = position.play(move)
            if after.board.flat[point] == 0 or slowly_caught(after, point, attacker, past | {now}):
                return True
    return False


@pytest.mark.parametrize(("width", "height"), [(3, 3), (4, 4), (5, 3), (2, 6)])
def test_every_play_of_the_defender_agrees(width, height):
    num_caught = num_read = 0
    for seed in range(60):
        plies = 4 + seed % (width * height - 4)
        position = random_game(Rules(width, height, 0.5, "simple"), seed, plies)
        if position.is_over:
            continue
        for point in np.flatnonzero(position.board):
            colour = int(position.board.flat[point])
            if point != min(position.chain(int(point))) or len(position.liberties(int(point))) > 2:
                continue
            found = is_caught(position, int(point))
            assert found == slowly_caught(position, int(point), 3 - colour), f"{position}, {point}"
            num_caught += found
            num_read += 1
    assert num_read > 40
    assert 10 < num_caught < num_read - 5


@pytest.mark.parametrize(("width", "height"), [(4, 4), (5, 3)])
def test_the_moves_named_are_those_that_decide(width, height):
    num_captures = num_escapes = 0
    for seed in range(40):
        position = random_game(Rules(width, height, 0.5, "simple"), seed, 4 + seed % 10)
        if position.is_over:
            continue
        own, board = position.to_play, position.board.ravel()
        captures, escapes = set(), set()
        for point in np.flatnonzero(board):
            point = int(point)
            liberties = position.liberties(point)
            for move in position.legal_moves()[:-1]:
                after = position.play(move)
                if board[point] != own:
                    begins = len(liberties) == 2 and move in liberties
                    captures |= {move} if begins and slowly_caught(after, point, own) else set()
                elif len(liberties) == 1 and after.board.flat[point] == own:
                    escapes |= set() if slowly_caught(after, point, 3 - own) else {move}
        assert ladder_moves(position) == (sorted(captures), sorted(escapes)), str(position)
        num_captures += len(captures)
        num_escapes += len(escapes)
    assert num_captures > 10
    assert num_escapes > 10
