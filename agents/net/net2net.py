"""A larger net with the same answers as a smaller one, from which learning can go on.

New blocks begin as the identity. New channels see the old ones through random weights, and no old
channel sees them yet: answers change only by rounding, and gradients reach the new weights from the
first step on. After Chen et al. 2016, "Net2Net".
"""

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import NUM_POOLED, NetworkConfig, Weights, check_weights
from insei.system.errors import UserError

STARTS_AT_ZERO = (".second.weight", ".bias")


def enlarged(
    weights: Weights, config: NetworkConfig, larger: NetworkConfig, rng: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    """The weights of a net of `larger` with the answers of the net of `config`.

    Raises:
        BrokenNetwork: the weights are not those of a net of `config`.
        UserError: `larger` is smaller in a field, pools in other blocks, or sees other planes
            before its new ones.
    """
    check_weights(weights, config)
    for field in ("blocks", "channels", "head_channels", "hidden"):
        if getattr(larger, field) < getattr(config, field):
            raise UserError(
                f"{field} {getattr(larger, field)}: wanted at least the {getattr(config, field)} "
                "of the net to begin with"
            )
    if larger.pooling_every != config.pooling_every:
        raise UserError(
            f"pooling_every {larger.pooling_every}: wanted {config.pooling_every}, as in the net "
            "to begin with"
        )
    new_groups = larger.plane_groups & ~config.plane_groups
    if config.plane_groups & ~larger.plane_groups or 0 < new_groups < config.plane_groups:
        raise UserError(
            f"extra_planes {', '.join(larger.extra_planes) or 'none'}: wanted those of the net to "
            f"begin with, {', '.join(config.extra_planes) or 'none'}, and later ones"
        )
    pooled = {f"{name}.weight" for name, layer in larger.layers().items() if layer.sees_pooled}
    return {
        name: enlarged_weight(name, weights.get(name), shape, name in pooled, rng)
        for name, shape in larger.weight_shapes().items()
    }


def enlarged_weight(
    name: str,
    old: NDArray[np.float32] | None,
    shape: tuple[int, ...],
    sees_pooled: bool,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """One weight of the larger net, of shape `shape`.

    Args:
        old: the smaller net's weight; None in a new block.
        sees_pooled: whether the inputs are NUM_POOLED groups of channels, each of which grows.
    """
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
    new[: len(old)] = 0  # old outputs don't see new inputs
    if sees_pooled:
        groups = new.reshape(shape[0], NUM_POOLED, -1)
        old_groups = old.reshape(len(old), NUM_POOLED, -1)
        groups[: len(old), :, : old_groups.shape[2]] = old_groups
    else:
        new[: len(old), : old.shape[1]] = old
    return new
