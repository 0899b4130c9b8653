"""Small nets."""

import numpy as np

from insei.agents.net.architecture import NetworkConfig

TINY = NetworkConfig(blocks=2, channels=8, head_channels=8, hidden=8)


def random_weights(config, seed):
    """Weights that make a lively net: every layer random, none zero."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in config.weight_shapes().items():
        fan_in = max(1, int(np.prod(shape[1:])))
        scale = 0.1 if name.endswith("bias") else (1.5 / fan_in) ** 0.5
        weights[name] = (rng.normal(size=shape) * scale).astype(np.float32)
    return weights
