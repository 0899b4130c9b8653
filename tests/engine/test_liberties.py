"""What is kept of liberties from one position to the next says what counting anew says."""

import random

import numpy as np
import pytest

from insei.engine.planes.net_planes import NUM_BINARY_PLANES, NUM_PLANES, planes
from insei.engine.position import Position
from insei.engine.positions import Positions
from insei.engine.rules import Rules
from tests.helpers.reference import Reference

SIZES = [
    (1, 1),
    (2, 1),
    (5, 4),
    (8, 8),
    (9, 9),
    (13, 7),
    (16, 8),
    (11, 12),
    (19, 3),
    (19, 6),
    (19, 19),
]


def counted(rules, position):
    """Planes 3 to 5 by the slow program."""
    slow = Reference(rules)
    stones = {tuple(at): position.board[tuple(at)] for at in np.argwhere(position.board)}
    found = np.zeros((3, rules.height, rules.width), np.uint8)
    for row, column in stones:
        liberties = len(slow.group(stones, (row, column))[1])
        if liberties <= 3:
            found[liberties - 1, row, column] = 1
    return found


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("suicide", [False, True])
def test_planes_after_leaps_are_those_of_the_position_alone(width, height, suicide):
    rules = Rules(width, height, suicide=suicide)
    batch = Positions(rules, 3)
    bits = np.zeros((3, NUM_BINARY_PLANES, height, width), np.uint8)
    frames = np.zeros((3, NUM_PLANES, height + 1, width + 2), np.float32)
    rng = random.Random(width * height)
    for seed in range(12):
        for ply in range(rng.choice([0, 1, 1, 2, 5, 40])):
            batch.play_random(1000 * seed + ply)
        if rng.random() < 0.3:
            batch.reset([rng.randrange(3)])
        for game in range(3):
            batch.planes(bits, [game])
            batch.planes(frames, [game])
            alone = planes(batch[game])
            assert np.array_equal(bits[game], alone[:NUM_BINARY_PLANES])
            assert np.array_equal(frames[game, :, :height, :width], alone)
            assert np.array_equal(bits[game, 3:6], counted(rules, batch[game]))
            assert not frames[game, :, height:].any()
            assert not frames[game, :, :, width:].any()


@pytest.mark.parametrize("num_eyes", [1, 2, 3, 4])
@pytest.mark.parametrize("side", [10, 13])
def test_liberties_between_four_stones_each_count_once(num_eyes, side):
    """A block of stones with one-point eyes, the enemy all around: four pseudo-liberties an eye."""
    width = 2 * num_eyes + 1
    board = np.zeros((side, side), np.uint8)
    board[:4, : width + 1] = 2
    board[:3, :width] = 1
    board[1, 1:width:2] = 0
    position = Position(Rules(side, side), board)
    assert len(position.liberties(0)) == num_eyes
    seen = planes(position)
    assert np.array_equal(seen[3:6], counted(position.rules, position))
