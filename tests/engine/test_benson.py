"""Benson's algorithm: against every play of an enemy whose opponent passes for ever."""

import random

import numpy as np
import pytest

from insei.engine.diagram import board_from
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, WHITE, Rules, opponent


def neighbours(point, shape):
    row, column = point
    for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
        if 0 <= near[0] < shape[0] and 0 <= near[1] < shape[1]:
            yield near


def chain_of(board, point):
    found, todo = {point}, [point]
    while todo:
        for near in neighbours(todo.pop(), board.shape):
            if near not in found and board[near] == board[point]:
                found.add(near)
                todo.append(near)
    return found


def has_liberty(board, chain):
    return any(board[near] == EMPTY for point in chain for near in neighbours(point, board.shape))


def after(board, point, colour, suicide):
    """The board after a stone, without any ko rule; None where it is illegal."""
    board = board.copy()
    board[point] = colour
    for near in neighbours(point, board.shape):
        if board[near] == opponent(colour):
            chain = chain_of(board, near)
            if not has_liberty(board, chain):
                for stone in chain:
                    board[stone] = EMPTY
    own = chain_of(board, point)
    if not has_liberty(board, own):
        if not suicide or len(own) == 1:
            return None
        for stone in own:
            board[stone] = EMPTY
    return board


def stones_that_stay(board, colour, suicide):
    """Stones of `colour` that no play of the enemy alone takes off."""
    seen, todo = {board.tobytes()}, [board]
    stay = board == colour
    while todo:
        here = todo.pop()
        stay &= here == colour
        for point in zip(*np.nonzero(here == EMPTY), strict=True):
            there = after(here, point, opponent(colour), suicide)
            if there is not None and there.tobytes() not in seen:
                seen.add(there.tobytes())
                todo.append(there)
    return stay


def random_board(rng, height, width, density):
    """A legal board with few empty points, so that all play on it can be tried."""
    while True:
        board = np.array(
            [[rng.choices((0, 1, 2), density)[0] for _ in range(width)] for _ in range(height)],
            np.uint8,
        )
        points = zip(*np.nonzero(board), strict=True)
        if all(has_liberty(board, chain_of(board, point)) for point in points):
            return board


@pytest.mark.parametrize("suicide", [False, True])
@pytest.mark.parametrize(
    ("height", "width"),
    [
        (2, 3),
        (3, 3),
        pytest.param(3, 4, marks=pytest.mark.slow),
        pytest.param(2, 5, marks=pytest.mark.slow),
    ],
)
def test_alive_is_what_no_enemy_can_take(height, width, suicide):
    rng = random.Random(height * 10 + width)
    num_alive = 0
    for _ in range(300 // (height * width)):
        board = random_board(rng, height, width, (2, 4, 1))
        owner = Position(Rules(width, height, suicide=suicide), board).pass_alive()
        for colour in (BLACK, WHITE):
            alive = (owner == colour) & (board == colour)
            stay = stones_that_stay(board, colour, suicide)
            num_alive += int(alive.sum())
            if suicide:
                assert not (alive & ~stay).any(), board
            else:
                assert (alive == stay).all(), board
    assert num_alive > 20


@pytest.mark.parametrize(
    ("rows", "suicide", "expected"),
    [
        # Each point of the third row touches the chain; in two such rows the enemy could live.
        (". X . X .|X X X X X|. . . . .", False, "X X X X X|X X X X X|X X X X X"),
        (
            ". X . X .|X X X X X|. . . . .|. . . . .",
            False,
            "X X X X X|X X X X X|. . . . .|. . . . .",
        ),
        (". X .|X . X|. X .", False, "X X X|X X X|X X X"),  # four chains share their eyes
        (". X .|X . .|. X .", False, ". . .|. . .|. . ."),
        (". X O .|X X O O|. X O .|X X O O", False, "X X O O|X X O O|X X O O|X X O O"),
        # The enemy's stones in the eye can't leave, unless their suicide is legal.
        (". X O O .|X X X X X|. . . . .", False, "X X X X X|X X X X X|X X X X X"),
        (
            ". X O O .|O X X X X|O O O O O|. O . O .",
            False,
            ". . . . .|O . . . .|O O O O O|O O O O O",
        ),
        (". . .|. . .|. . .", False, ". . .|. . .|. . ."),
    ],
)
def test_known_shapes(rows, suicide, expected):
    board, wanted = (board_from(text.replace("|", "\n")) for text in (rows, expected))
    height, width = board.shape
    position = Position(Rules(width, height, suicide=suicide), board)
    assert position.pass_alive().tolist() == wanted.tolist()


def test_territory_holds_no_enemy_that_lives():
    """No play of the enemy brings a living enemy stone into territory."""
    rng = random.Random(5)
    num_inside = 0
    for _ in range(40):
        board = random_board(rng, 3, 3, (3, 4, 1))
        owner = Position(Rules(3, 3), board).pass_alive()
        for colour in (BLACK, WHITE):
            inside = (owner == colour) & (board != colour)
            num_inside += int(inside.sum())
            seen, todo = {board.tobytes()}, [board]
            while todo:
                here = todo.pop()
                lives = Position(Rules(3, 3), here).pass_alive() == opponent(colour)
                assert not (lives & inside).any(), f"{board}\n{here}"
                for point in zip(*np.nonzero(here == EMPTY), strict=True):
                    there = after(here, point, opponent(colour), suicide=False)
                    if there is not None and there.tobytes() not in seen:
                        seen.add(there.tobytes())
                        todo.append(there)
    assert num_inside > 20
