"""Boards for nets to evaluate."""

import numpy as np

from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.rules import Rules


def some_planes(count, height, width, frame=(0, 0)):
    """Positions of random games, each longer than the one before, `[count, C, H, W]`."""
    rules = Rules(width, height, 3.5)
    games = [random_game(rules, seed, seed * 3) for seed in range(count)]
    return np.stack([planes(game, *frame) for game in games])


def mixed_sizes():
    """Boards of three sizes in one frame, wider than high."""
    sizes = ((5, 7), (5, 5), (3, 4))
    return np.concatenate([some_planes(2, height, width, (5, 7)) for height, width in sizes])
