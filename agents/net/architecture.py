"""The network's architecture as data, without torch: its layers and the shapes of their weights.

The net is a residual tower without normalisation. No layer depends on the size of the board:

    stem        3×3 convolution, planes to channels
    blocks.i    relu(x + second(relu(first(x) + pool(pooled(x))))), with `pool` in every few blocks
    heads       1×1 convolutions, and linear layers over pooled features

agents/net/forward.py computes it. A new layer is a row in `NetworkConfig.layers` and a call there.

Sources: global pooling, masks and the heads, Wu 2019 (KataGo); towers without normalisation whose
blocks begin as the identity, Zhang et al. 2019 (Fixup).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from insei.engine.planes.extra_planes import GROUPS, num_extra_planes
from insei.engine.planes.net_planes import NUM_PLANES
from insei.system.errors import UserError
from insei.system.setting import BadSetting, Setting, check_settings

NUM_POOLED = 3  # pooled features a channel: mean, scaled mean, maximum

PlaneGroup = Literal["ladders", "alive", "after", "past"]  # of GROUPS
Weights = Mapping[str, NDArray[np.float32]]  # by layer, as in "blocks.0.first.weight"


class BrokenNetwork(UserError):
    """Weights of the wrong shape, or NaN or infinity in a net's weights or answers."""


class Layer(NamedTuple):
    """A convolution, `[outputs, inputs, side, side]`, or a linear layer, `[outputs, inputs]`."""

    shape: tuple[int, ...]
    has_bias: bool = True
    sees_pooled: bool = False  # inputs are pooled features: NUM_POOLED groups of channels


@dataclass(frozen=True)
class NetworkConfig:
    """Width and depth of the net, which set its speed and strength.

    Raises:
        ValueError: a field is out of its bounds.
    """

    blocks: Annotated[int, Setting("residual blocks", 1, 100, paper="KataGo's smallest: 6")] = 4
    channels: Annotated[
        int, Setting("channels of the tower", 4, 1024, multiple_of=4, paper="KataGo's smallest: 96")
    ] = 32
    pooling_every: Annotated[
        int | None,
        Setting(
            "a pooled bias in every so many blocks; null: in none",
            1,
            99,
            paper="KataGo: 2 or 3",
            once_null=100,
        ),
    ] = 2
    head_channels: Annotated[
        int, Setting("channels of each head's features", 4, 256, paper="KataGo b6c96: 32")
    ] = 16
    hidden: Annotated[
        int, Setting("units that outcome, score and pass share", 4, 1024, paper="KataGo b6c96: 48")
    ] = 32

    extra_planes: Annotated[
        tuple[PlaneGroup, ...],
        Setting("groups of planes beside the first 14: ladders, alive, after, past"),
    ] = ()

    def __post_init__(self) -> None:
        check_settings(self)
        if unknown := [name for name in self.extra_planes if name not in GROUPS]:
            raise BadSetting("extra_planes", unknown[0], f"some of {', '.join(GROUPS)}")
        in_order = tuple(name for name in GROUPS if name in self.extra_planes)
        object.__setattr__(self, "extra_planes", in_order)  # a list in a card

    @property
    def plane_groups(self) -> int:
        """The groups of extra planes as bits."""
        return sum(GROUPS[name] for name in self.extra_planes)

    @property
    def num_planes(self) -> int:
        """C, the planes that the net sees."""
        return NUM_PLANES + num_extra_planes(self.plane_groups)

    def pools(self, block: int) -> bool:
        """Whether the block of this index, from 0, has a pooled bias."""
        return self.pooling_every is not None and (block + 1) % self.pooling_every == 0

    def layers(self) -> dict[str, Layer]:
        """The layers by name. Torch draws the first weights in this order, so that it is fixed."""
        channels, head, hidden = self.channels, self.head_channels, self.hidden
        layers = {"stem": Layer((channels, self.num_planes, 3, 3))}
        for block in range(self.blocks):
            layers[f"blocks.{block}.first"] = Layer((channels, channels, 3, 3))
            if self.pools(block):
                pool = Layer((channels, NUM_POOLED * channels), has_bias=False, sees_pooled=True)
                layers[f"blocks.{block}.pool"] = pool
            layers[f"blocks.{block}.second"] = Layer((channels, channels, 3, 3))
        return layers | {
            "board_features": Layer((head, channels, 1, 1)),
            "ownership": Layer((1, head, 1, 1)),
            "hidden": Layer((hidden, NUM_POOLED * head), sees_pooled=True),
            "outcome": Layer((3, hidden)),
            "score": Layer((1, hidden)),
            "policy_features": Layer((head, channels, 1, 1)),
            "policy_pool": Layer((head, NUM_POOLED * head), has_bias=False, sees_pooled=True),
            "point_moves": Layer((2, head, 1, 1)),  # logits of the policy, and of the reply
            "pass_move": Layer((2, hidden)),
        }

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """The name and shape of every weight, layer by layer."""
        shapes: dict[str, tuple[int, ...]] = {}
        for name, layer in self.layers().items():
            shapes[f"{name}.weight"] = layer.shape
            if layer.has_bias:
                shapes[f"{name}.bias"] = layer.shape[:1]
        return shapes

    def num_parameters(self) -> int:
        """Numbers in the net."""
        return sum(int(np.prod(shape)) for shape in self.weight_shapes().values())


def without_reply(weights: Weights) -> dict[str, NDArray[np.float32]]:
    """The weights that playing needs: the logits of the opponent's reply are for training alone."""
    return {
        name: weight[:1] if name.startswith(("point_moves.", "pass_move.")) else weight
        for name, weight in weights.items()
    }


def check_weights(weights: Weights, config: NetworkConfig) -> None:
    """Check that `weights` are those of a net of `config`.

    Raises:
        BrokenNetwork: a weight is missing, unknown, of another shape or type, or not finite.
    """
    wanted = config.weight_shapes()
    for name, shape in wanted.items():
        if name not in weights:
            raise BrokenNetwork(f"no weight {name}: wanted one of shape {shape}")
        came = weights[name]
        if came.shape != shape or came.dtype != np.float32:
            raise BrokenNetwork(
                f"weight {name}: came {came.dtype} {came.shape}, wanted float32 {shape}"
            )
        if not np.isfinite(came).all():
            raise BrokenNetwork(f"weight {name} holds NaN or infinity: wanted finite numbers")
    if unknown := sorted(set(weights) - set(wanted)):
        raise BrokenNetwork(f"weight {unknown[0]} is unknown to a net of {config}")
