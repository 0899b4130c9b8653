"""Extra planes made from the first planes alone, as where rows of self-play are drawn."""

import numpy as np
import pytest

from insei.engine.planes.extra_planes import (
    AFTER,
    ALIVE,
    LADDERS,
    PAST,
    add_extra_planes,
    net_input,
    num_extra_planes,
)
from insei.engine.planes.net_planes import NUM_PLANES, planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import Rules

ALL = LADDERS | ALIVE | AFTER


def read_again(position, groups, frame):
    """A position's planes in a frame, the extra ones made from the first fourteen."""
    found = np.full((1, NUM_PLANES + num_extra_planes(groups), *frame), 7, np.float32)
    found[0, :NUM_PLANES] = planes(position, *frame)
    sizes = np.array([[position.rules.height, position.rules.width]], np.uint8)
    add_extra_planes(found, sizes, groups, position.rules.suicide)
    return found[0]


@pytest.mark.parametrize("groups", [LADDERS, ALIVE, AFTER, LADDERS | AFTER, ALL])
@pytest.mark.parametrize(
    "rules",
    [
        Rules(9, 9, 7.0),
        Rules(5, 7, 0.5, suicide=True),
        Rules(3, 3, ko="situational"),
        Rules(19, 19, scoring="territory"),
    ],
)
def test_they_are_those_of_the_position(rules, groups):
    height, width = rules.height, rules.width
    for seed in range(6):
        for plies in (0, 7, 30, 80, 150, 2 * rules.num_points):
            position = random_game(rules, seed, plies)
            if position.is_over:
                continue
            found = read_again(position, groups, (min(19, height + seed % 3), 19))
            wanted = net_input(position, groups)
            assert (found[:, :height, :width] == wanted).all()
            assert (found[NUM_PLANES:, height:] == 0).all()
            assert (found[NUM_PLANES:, :, width:] == 0).all()


def test_points_that_superko_bans_are_no_legal_moves():
    """Random games on a tiny board run into bans that are no simple ko's."""
    rules, bans = Rules(3, 3), 0
    for seed in range(60):
        for plies in range(8, 40, 3):
            position = random_game(rules, seed, plies)
            if position.is_over:
                continue
            simple = Position(Rules(3, 3, ko="simple"), position.board, position.to_play)
            bans += (position.legal_mask() != simple.legal_mask()).sum()
            assert (read_again(position, ALL, (3, 3)) == net_input(position, ALL)).all()
    assert bans


@pytest.mark.parametrize(
    ("groups", "num_planes", "sizes", "named"),
    [
        (PAST, 17, [[5, 5]], "groups"),
        (64, 14, [[5, 5]], "groups"),
        (ALIVE, 14, [[5, 5]], "planes"),
        (ALIVE, 16, [[5, 5], [5, 5]], "sizes"),
        (ALIVE, 16, [[6, 5]], "board 0"),
        (ALIVE, 16, [[0, 5]], "board 0"),
    ],
)
def test_what_does_not_fit_is_refused(groups, num_planes, sizes, named):
    boards = np.zeros((1, num_planes, 5, 5), np.float32)
    with pytest.raises(ValueError, match=named):
        add_extra_planes(boards, np.array(sizes, np.uint8), groups, False)
