"""The network in torch, for training and for GPUs; agents/net/architecture.py says what it is."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from insei.agents.net.architecture import (
    NUM_POOLED,
    OFF_BOARD_LOGIT,
    USUAL_SIDE,
    NetworkConfig,
    Weights,
    check_weights,
)
from insei.engine.planes.net_planes import NUM_PLANES


class NetworkOutput(NamedTuple):
    """What the net says of B positions in a frame of H × W points, as the mover sees it."""

    policy: Tensor  # [B, A] logits; off the board -10,000
    reply: Tensor  # [B, A] logits of the opponent's next move, likewise
    outcome: Tensor  # [B, 3] logits of win, draw, loss
    score: Tensor  # [B] points
    ownership: Tensor  # [B, H, W] before the tanh; 0 off the board


class Board(NamedTuple):
    """Where the board lies in the frame, and its size, for each of B positions."""

    mask: Tensor | None  # [B, 1, H, W] one on the board, of the features' type, for in full
    # precision it would drag a tower in bf16 with it; none where every board fills the frame
    area: Tensor  # [B, 1] points on the board
    side: Tensor  # [B, 1] the area's square root


def pooled(features: Tensor, board: Board) -> Tensor:
    """Return mean, scaled mean and maximum over each board, `[B, 3C]`.

    Args:
        features: `[B, C, H, W]`, no number below 0, all 0 off the board.
    """
    mean = features.sum((2, 3), dtype=torch.float32) / board.area
    scaled = mean * ((board.side - USUAL_SIDE) / 10)
    largest = functional.max_pool2d(features, features.shape[2:]).flatten(1).float()
    return torch.cat([mean, scaled, largest], 1)


def rectified(features: Tensor, board: Board) -> Tensor:
    """The positive part, 0 off the board; the features given are overwritten."""
    positive = torch.relu_(features)
    return positive if board.mask is None else positive * board.mask


class Block(nn.Module):
    """A residual block that begins as the identity, with or without a bias from the whole board."""

    def __init__(self, channels: int, pools: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.pool = nn.Linear(NUM_POOLED * channels, channels, bias=False) if pools else None
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, features: Tensor, board: Board) -> Tensor:
        """Return features of the same shape `[B, C, H, W]`, 0 off the board."""
        inner = self.first(features)
        if self.pool is not None:
            inner = inner + self.pool(pooled(features, board))[:, :, None, None]
        outer = self.second(rectified(inner, board))
        return rectified(features + outer, board)


class Network(nn.Module):
    """Tower and heads; any board up to the frame's size, several sizes in one batch."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        channels, head = config.channels, config.head_channels
        self.stem = nn.Conv2d(NUM_PLANES, channels, 3, padding=1)
        self.blocks = nn.ModuleList(
            Block(channels, config.pools(block)) for block in range(config.blocks)
        )
        self.board_features = nn.Conv2d(channels, head, 1)
        self.ownership = nn.Conv2d(head, 1, 1)
        self.hidden = nn.Linear(NUM_POOLED * head, config.hidden)
        self.outcome = nn.Linear(config.hidden, 3)
        self.score = nn.Linear(config.hidden, 1)
        self.policy_features = nn.Conv2d(channels, head, 1)
        self.policy_pool = nn.Linear(NUM_POOLED * head, head, bias=False)
        self.point_moves = nn.Conv2d(head, 2, 1)
        self.pass_move = nn.Linear(config.hidden, 2)
        self._initialise()

    @torch.no_grad()
    def _initialise(self) -> None:
        """He et al. 2015; blocks begin as the identity, heads near zero: an even policy."""
        last = (self.ownership, self.outcome, self.score, self.point_moves, self.pass_move)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                if layer in last:
                    layer.weight *= 0.05
                if layer.bias is not None:
                    layer.bias.zero_()
        for block in self.blocks:
            nn.init.zeros_(block.get_parameter("second.weight"))

    def forward(self, planes: Tensor, is_whole: bool = False) -> NetworkOutput:
        """Evaluate planes `[B, C, H, W]`; plane 0 is one on the board.

        Args:
            is_whole: every board fills the frame, so that no features need the mask.
        """
        mask = planes[:, :1]
        area = mask.sum((1, 2, 3))[:, None]
        features = self.stem(planes)
        board = Board(None if is_whole else mask.to(features.dtype), area, area.sqrt())
        features = rectified(features, board)
        for block in self.blocks:
            features = block(features, board)
        owned = rectified(self.board_features(features), board)
        context = pooled(owned, board)
        hidden = torch.relu(self.hidden(context))
        chosen = self.policy_features(features) + self.policy_pool(context)[:, :, None, None]
        points = self.point_moves(torch.relu(chosen)).float()
        points = points * mask + (1 - mask) * OFF_BOARD_LOGIT
        moves = torch.cat([points.flatten(2), self.pass_move(hidden).float()[:, :, None]], 2)
        return NetworkOutput(
            policy=moves[:, 0],
            reply=moves[:, 1],
            outcome=self.outcome(hidden).float(),
            score=(self.score(hidden).float() * board.side)[:, 0],
            ownership=(self.ownership(owned).float() * mask)[:, 0],
        )


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
