"""A fixed function of the stones in the place of a net, and a search with it."""

import numpy as np


def pseudo_net(planes, value_scale=0.5):
    """Logits and values that depend on the stones alone, as a net's would; `[B, C, H, W]`."""
    batch, _, height, width = planes.shape
    rng = np.random.default_rng(7)
    mixer = rng.normal(size=(planes[0].size, height * width + 2))
    mixed = np.tanh(planes.reshape(batch, -1).astype(np.float64) @ mixer)
    policy = np.ascontiguousarray(mixed[:, :-1], np.float32)
    value = np.ascontiguousarray(mixed[:, -1] * value_scale, np.float32)
    return policy, value, value * 3


def search(forest, net=pseudo_net):
    while rows := forest.select():
        forest.expand(*net(forest.planes[:rows]))
