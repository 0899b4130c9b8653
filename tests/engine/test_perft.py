"""Perft: how many games of so many plies there are, by the engine and by the slow reference.

A game that two passes have ended goes no further. The counts are the reference's; the slow set
counts them by it once more.
"""

import copy

import pytest

from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.reference import Reference

COUNTS = [
    # width, height, ko, suicide, plies, games
    (2, 2, "simple", False, 9, 5768),
    (2, 2, "simple", True, 9, 8280),
    (2, 2, "positional", False, 9, 4184),
    (2, 2, "positional", True, 9, 4184),
    (2, 2, "situational", False, 9, 4544),
    (2, 2, "situational", True, 9, 6048),
    (1, 4, "simple", False, 8, 1616),
    (1, 4, "simple", True, 8, 3716),
    (1, 4, "positional", False, 8, 1300),
    (1, 4, "positional", True, 8, 2018),
    (1, 4, "situational", False, 8, 1342),
    (1, 4, "situational", True, 8, 2848),
    (3, 2, "simple", False, 6, 8666),
    (3, 2, "simple", True, 6, 9866),
    (3, 2, "positional", False, 6, 8666),
    (3, 2, "positional", True, 6, 9834),
    (3, 2, "situational", False, 6, 8666),
    (3, 2, "situational", True, 6, 9866),
    (3, 3, "simple", False, 5, 33384),
    (3, 3, "simple", True, 5, 33384),
    (3, 3, "positional", False, 5, 33384),
    (3, 3, "positional", True, 5, 33384),
    (3, 3, "situational", False, 5, 33384),
    (3, 3, "situational", True, 5, 33384),
]


def count(position, plies):
    if plies == 0:
        return 1
    moves = position.legal_moves()
    if plies == 1:
        return len(moves)
    return sum(count(position.play(move), plies - 1) for move in moves)


def count_slowly(game, plies):
    if plies == 0:
        return 1
    total = 0
    for move, legal in enumerate(game.legal_mask()):
        if legal:
            after = copy.copy(game)
            after.history = list(game.history)
            after.play(move)
            total += count_slowly(after, plies - 1)
    return total


@pytest.mark.parametrize(("width", "height", "ko", "suicide", "plies", "games"), COUNTS)
def test_games_are_as_many_as_the_reference_counted(width, height, ko, suicide, plies, games):
    assert count(Position(Rules(width, height, 0.5, ko, suicide)), plies) == games


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height", "ko", "suicide", "plies", "games"), COUNTS)
def test_the_reference_counts_them_so(width, height, ko, suicide, plies, games):
    assert count_slowly(Reference(Rules(width, height, 0.5, ko, suicide)), plies) == games
