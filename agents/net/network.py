"""The network in torch, for training and for GPUs."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from insei.agents.net.architecture import Layer, NetworkConfig, Weights, check_weights
from insei.agents.net.forward import Answers, answers, heads, tower

LAST_LAYERS = ("ownership", "outcome", "score", "point_moves", "pass_move")  # of the heads


class NetworkOutput(NamedTuple):
    """The net's heads for B positions in a frame of H × W points, as the mover sees it."""

    policy: Tensor  # [B, A] logits; off the board -10,000
    reply: Tensor  # [B, A] logits of the opponent's next move, likewise
    outcome: Tensor  # [B, 3] logits of win, draw, loss
    score: Tensor  # [B] points
    ownership: Tensor  # [B, H, W] before the tanh; 0 off the board


class TorchOperations:
    """The operations of the forward pass in torch, over one batch; see `Operations`.

    Args:
        layers: of the network, by name.
        planes: `[B, C, H, W]`; plane 0 is 1 on the board.
        fills_frame: whether every board fills the frame.
    """

    merges_means = False

    def __init__(self, layers: dict[str, nn.Module], planes: Tensor, fills_frame: bool) -> None:
        self.layers = layers
        self.planes = planes
        board = planes[:, :1]
        self.mask = None if fills_frame else board
        self.masks: dict[torch.dtype, Tensor] = {}  # the mask by type
        self.area = board.sum((1, 2, 3))[:, None]
        self.side = self.area.sqrt()

    def constant(self, number: float) -> Tensor:
        """Torch computes with Python's numbers."""
        return number  # type: ignore[return-value]

    def convolution(self, features: Tensor, layer: str) -> Tensor:
        """`[B, C, H, W]` to `[B, outputs, H, W]`."""
        found: Tensor = self.layers[layer](features)
        return found

    def linear(self, numbers: Tensor, layer: str) -> Tensor:
        """`[B, inputs]` to `[B, outputs]`."""
        found: Tensor = self.layers[layer](numbers)
        return found

    def fp32(self, numbers: Tensor) -> Tensor:
        """Out of autocast's bf16."""
        return numbers.float()

    def relu(self, numbers: Tensor) -> Tensor:
        """In place."""
        return torch.relu_(numbers)

    def tanh(self, numbers: Tensor) -> Tensor:
        """The hyperbolic tangent."""
        return numbers.tanh()

    def masked(self, features: Tensor) -> Tensor:
        """The mask is of the features' type: in fp32 it would turn a bf16 tower into fp32."""
        if self.mask is None:
            return features
        if features.dtype not in self.masks:
            self.masks[features.dtype] = self.mask.to(features.dtype)
        return features * self.masks[features.dtype]

    def mean(self, features: Tensor) -> Tensor:
        """Summed in fp32."""
        return features.sum((2, 3), dtype=torch.float32) / self.area

    def maximum(self, features: Tensor) -> Tensor:
        """By pooling, which is faster than a reduction."""
        return functional.max_pool2d(features, features.shape[2:]).flatten(1).float()

    def concat(self, parts: list[Tensor]) -> Tensor:
        """Side by side along the second axis."""
        return torch.cat(parts, 1)

    def on_points(self, numbers: Tensor) -> Tensor:
        """`[B, C]` as `[B, C, 1, 1]`."""
        return numbers[:, :, None, None]

    def flat(self, features: Tensor) -> Tensor:
        """`[B, C, H, W]` as `[B, C, H·W]`."""
        return features.flatten(2)

    def point_moves(self, features: Tensor, bias: Tensor) -> Tensor:
        """`[B, 2, H·W]`."""
        chosen = self.relu(features + self.on_points(bias))
        return self.flat(self.fp32(self.convolution(chosen, "point_moves")))

    def value(self, outcome: Tensor) -> Tensor:
        """`[B]` from logits `[B, 3]`."""
        chances = outcome.softmax(1)
        return chances[:, 0] - chances[:, 2]


class Network(nn.Module):
    """Tower and heads; any board up to the frame's size, several sizes in one batch.

    Its layers and their names are those of `NetworkConfig.layers`.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        # A plain dict of the registered layers, because a look-up by path costs time in each pass.
        self.layers = {name: self._add(name, layer) for name, layer in config.layers().items()}
        self._initialise()

    def _add(self, name: str, layer: Layer) -> nn.Module:
        """Make a layer and register it, so that blocks.0.first is `first` of 0 of `blocks`."""
        parent: nn.Module = self
        *path, last = name.split(".")
        for part in path:
            if part not in dict(parent.named_children()):
                parent.add_module(part, nn.Module())
            parent = parent.get_submodule(part)
        made = torch_layer(layer)
        parent.add_module(last, made)
        return made

    @torch.no_grad()
    def _initialise(self) -> None:
        """He et al. 2015. Blocks begin as the identity, heads near zero: an even policy."""
        for name, layer in self.layers.items():
            weight = layer.get_parameter("weight")
            nn.init.kaiming_normal_(weight, nonlinearity="relu")
            if name in LAST_LAYERS:
                weight.mul_(0.05)
            if layer.bias is not None:
                layer.get_parameter("bias").zero_()
            if name.endswith(".second"):
                weight.zero_()

    def forward(self, planes: Tensor, fills_frame: bool = False) -> NetworkOutput:
        """Evaluate planes `[B, C, H, W]` for training; plane 0 is 1 on the board.

        Args:
            fills_frame: whether every board fills the frame; features then need no mask.
        """
        ops = TorchOperations(self.layers, planes, fills_frame)
        found = heads(ops, tower(ops, self.config))
        moves = torch.cat([found.points, found.passes[:, :, None]], 2)
        assert found.ownership is not None
        return NetworkOutput(
            policy=moves[:, 0],
            reply=moves[:, 1],
            outcome=found.outcome,
            score=found.score[:, 0],
            ownership=ops.masked(found.ownership)[:, 0],
        )

    def answers(self, planes: Tensor, ownership: bool = True) -> Answers[Tensor]:
        """Evaluate planes `[B, C, H, W]` for play."""
        return answers(TorchOperations(self.layers, planes, False), self.config, ownership)


def torch_layer(layer: Layer) -> nn.Module:
    """A layer in torch; convolutions keep the board's size."""
    outputs, inputs, *kernel = layer.shape
    if not kernel:
        return nn.Linear(inputs, outputs, layer.has_bias)
    return nn.Conv2d(inputs, outputs, kernel[0], padding=kernel[0] // 2, bias=layer.has_bias)


def weights_of(network: Network) -> dict[str, NDArray[np.float32]]:
    """Return a copy of the network's weights by name, as numpy arrays."""
    return {
        name: np.array(tensor.detach().float().cpu().numpy(), order="C")
        for name, tensor in network.state_dict().items()
    }


def network_from(weights: Weights, config: NetworkConfig) -> Network:
    """Make the network of these weights.

    Raises:
        BrokenNetwork: the weights are not those of a net of `config`.
    """
    check_weights(weights, config)
    network = Network(config)
    network.load_state_dict(
        {name: torch.from_numpy(np.array(weight)) for name, weight in weights.items()}
    )
    return network
