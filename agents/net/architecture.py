"""The network's shape as data, without torch: what its weights are called and how large they are.

The net is a residual tower without normalisation, and no layer of it knows the board's size:

    stem        3×3 convolution, planes to channels
    blocks.i    relu(x + second(relu(first(x) + pool(pooled(x))))), `pool` in every few blocks
    heads       1×1 convolutions and linear layers over pooled features

Pooled features of a board of area a are three numbers a channel: the mean over its points, that
mean times (√a - 9) / 10, and the maximum.

Sources: global pooling, masks and the heads, Wu 2019 (KataGo), where 14 stands for our 9; towers
without normalisation whose blocks begin as the identity, Zhang et al. 2019 (Fixup).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from insei.engine.planes.net_planes import NUM_PLANES
from insei.system.errors import UserError
from insei.system.setting import Setting, check_settings

PLANES_VERSION = 1  # raised whenever a plane changes its meaning
USUAL_SIDE = 9.0  # the side at which the scaled mean vanishes; KataGo: 14
NUM_POOLED = 3  # pooled features a channel
OFF_BOARD_LOGIT = -1e4

Weights = Mapping[str, NDArray[np.float32]]


class BrokenNetwork(UserError):
    """Weights of the wrong shape, or NaN in a net's weights or its answers."""


@dataclass(frozen=True)
class NetworkConfig:
    """Width and depth of the net; its speed and strength.

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
        int, Setting("units that the whole-board heads share", 4, 1024, paper="KataGo b6c96: 48")
    ] = 32

    def __post_init__(self) -> None:
        check_settings(self)

    def pools(self, block: int) -> bool:
        """Whether the block of this index, from 0, has a pooled bias."""
        return self.pooling_every is not None and (block + 1) % self.pooling_every == 0

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """The name and shape of every weight, in the tower's order."""
        channels, head, hidden = self.channels, self.head_channels, self.hidden
        shapes: dict[str, tuple[int, ...]] = {}

        def layer(name: str, shape: tuple[int, ...], bias: bool = True) -> None:
            shapes[f"{name}.weight"] = shape
            if bias:
                shapes[f"{name}.bias"] = shape[:1]

        layer("stem", (channels, NUM_PLANES, 3, 3))
        for block in range(self.blocks):
            layer(f"blocks.{block}.first", (channels, channels, 3, 3))
            if self.pools(block):
                layer(f"blocks.{block}.pool", (channels, NUM_POOLED * channels), bias=False)
            layer(f"blocks.{block}.second", (channels, channels, 3, 3))
        layer("board_features", (head, channels, 1, 1))
        layer("ownership", (1, head, 1, 1))
        layer("hidden", (hidden, NUM_POOLED * head))
        layer("outcome", (3, hidden))
        layer("score", (1, hidden))
        layer("policy_features", (head, channels, 1, 1))
        layer("policy_pool", (head, NUM_POOLED * head), bias=False)
        layer("point_moves", (2, head, 1, 1))  # the policy's logits, and the reply's
        layer("pass_move", (2, hidden))
        return shapes

    def num_parameters(self) -> int:
        """Numbers in the net."""
        return sum(int(np.prod(shape)) for shape in self.weight_shapes().values())


def check_weights(weights: Weights, config: NetworkConfig) -> None:
    """Raise BrokenNetwork where `weights` are not those of a net of `config`, all finite."""
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
