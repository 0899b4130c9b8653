"""Searches by nets that are fixed functions of the board, for tests."""

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings

GUMBEL = SearchSettings(rule="gumbel", visits=32, considered=8, random_symmetry=False)
PUCT = SearchSettings(rule="puct", visits=64, random_symmetry=False)
BOTH = pytest.mark.parametrize("settings", [GUMBEL, PUCT], ids=["gumbel", "puct"])


def pseudo_net(planes, value_scale=0.5):
    """Logits and values that depend on the stones alone, as a net's would; `[B, C, H, W]`."""
    batch, _, height, width = planes.shape
    rng = np.random.default_rng(7)
    mixer = rng.normal(size=(planes[0].size, height * width + 2))
    mixed = np.tanh(planes.reshape(batch, -1).astype(np.float64) @ mixer)
    policy = np.ascontiguousarray(mixed[:, :-1], np.float32)
    value = np.ascontiguousarray(mixed[:, -1] * value_scale, np.float32)
    return policy, value, value * 3


def flat_net(planes):
    batch, _, height, width = planes.shape
    zeros = np.zeros(batch, np.float32)
    return np.zeros((batch, height * width + 1), np.float32), zeros, zeros


def local_net(planes):
    """Logits that turn with the board: what stones a point has near it."""
    batch = len(planes)
    seen = planes[:, 1] - 0.7 * planes[:, 2] + 0.3 * planes[:, 7] + 0.1 * planes[:, 0]
    for _ in range(2):
        padded = np.pad(seen, ((0, 0), (1, 1), (1, 1)))
        seen = planes[:, 0] * (
            0.5 * seen
            + padded[:, :-2, 1:-1]
            + padded[:, 2:, 1:-1]
            + padded[:, 1:-1, :-2]
            + padded[:, 1:-1, 2:]
        )
    policy = np.concatenate([seen.reshape(batch, -1), np.full((batch, 1), 0.2)], 1)
    value = np.tanh(seen.sum((1, 2)) / 10).astype(np.float32)
    return policy.astype(np.float32), value, value


def search(forest, net=pseudo_net):
    while rows := forest.select():
        forest.expand(*net(forest.planes[:rows]))


def searched(position, settings, net=pseudo_net, seed=3, frame=0):
    height, width = (frame, frame) if frame else (position.rules.height, position.rules.width)
    forest = Forest(1, height, width, settings, seed)
    forest.start(0, position)
    search(forest, net)
    return forest


def board_of(text):
    symbols = {".": 0, "X": 1, "O": 2}
    return np.array([[symbols[stone] for stone in row.split()] for row in text.split("\n") if row])
