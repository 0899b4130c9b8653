"""A net made deeper or wider without a change of what it says, so that it can learn on.

New blocks begin as the identity. New channels see the old ones through random weights, and nothing
looks at them yet: what the net says is the same to the last bit of rounding, and gradients reach
the new weights from the first step on. After Chen et al. 2016, "Net2Net".
"""

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import NUM_POOLED, NetworkConfig, Weights, check_weights
from insei.system.errors import UserError

# Layers whose inputs are pooled features: NUM_POOLED groups of channels side by side.
POOLED_INPUTS = (".pool.weight", "hidden.weight", "policy_pool.weight")
STARTS_AT_ZERO = (".second.weight", ".bias")


def grown(
    weights: Weights, config: NetworkConfig, larger: NetworkConfig, rng: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    """The weights of a net of `larger` that says what the net of `config` says.

    Raises:
        BrokenNetwork: the weights are not those of a net of `config`.
        UserError: `larger` is smaller somewhere, or pools in other blocks.
    """
    check_weights(weights, config)
    for name in ("blocks", "channels", "head_channels", "hidden"):
        if getattr(larger, name) < getattr(config, name):
            raise UserError(
                f"{name} {getattr(larger, name)}: wanted at least the {getattr(config, name)} "
                "of the net to begin with"
            )
    if larger.pooling_every != config.pooling_every:
        raise UserError(
            f"pooling_every {larger.pooling_every}: wanted {config.pooling_every}, as in the net "
            "to begin with"
        )
    return {
        name: _grown(name, weights.get(name), shape, rng)
        for name, shape in larger.weight_shapes().items()
    }


def _grown(
    name: str, old: NDArray[np.float32] | None, shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float32]:
    """One weight; `old` is None in a new block."""
    if old is not None and old.shape == shape:
        return old.copy()
    if name.endswith(STARTS_AT_ZERO):
        new = np.zeros(shape, np.float32)
    else:
        fan_in = float(np.prod(shape[1:]))
        new = rng.normal(0, np.sqrt(2 / fan_in), shape).astype(np.float32)
    if old is None:
        return new
    if len(shape) == 1:
        new[: len(old)] = old
        return new
    # Old outputs don't look at new inputs.
    new[: len(old)] = 0
    if name.endswith(POOLED_INPUTS):
        groups = new.reshape(shape[0], NUM_POOLED, -1)
        was = old.reshape(len(old), NUM_POOLED, -1)
        groups[: len(old), :, : was.shape[2]] = was
    else:
        new[: len(old), : old.shape[1]] = old
    return new
