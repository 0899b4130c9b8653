"""The forward pass, written once over the operations that a runtime offers.

torch (network.py), OpenVINO (openvino_graph.py) and ONNX (onnx_export.py) each implement
`Operations`. Torch computes at once; the other two lay the nodes of a graph.
"""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import NUM_POOLED, NetworkConfig, Weights

USUAL_SIDE = 9.0  # of the board on which the scaled mean is 0; KataGo: 14
OFF_BOARD_LOGIT = -1e4


class Arithmetic(Protocol):
    """What computes with another of its kind, element by element, shapes broadcast."""

    def __add__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __truediv__(self, other: Any, /) -> Any: ...


T = TypeVar("T", bound=Arithmetic)  # a tensor of the runtime, or a node of its graph


class Operations(Protocol[T]):
    """A runtime with the weights of one net and the planes of one batch."""

    planes: T  # [B, C, H, W]
    mask: T | None  # [B, 1, H, W] 1 on the board; None where every board fills the frame
    side: T  # [B, 1], or one number for all: the square root of the board's area
    merges_means: bool  # whether the weights are those of `with_one_mean`

    def constant(self, number: float) -> T:
        """A number."""

    def convolution(self, features: T, layer: str) -> T:
        """`[B, C, H, W]` to as many channels as the layer has outputs, its bias included."""

    def linear(self, numbers: T, layer: str) -> T:
        """`[B, inputs]` to `[B, outputs]`, with the layer's bias where it has one."""

    def fp32(self, numbers: T) -> T:
        """The output of a head's last layer in fp32, whatever the layers compute in."""

    def relu(self, numbers: T) -> T:
        """The positive part; `numbers` may be overwritten."""

    def tanh(self, numbers: T) -> T:
        """The hyperbolic tangent."""

    def masked(self, features: T) -> T:
        """`[B, C, H, W]` times the mask, where there is one."""

    def mean(self, features: T) -> T:
        """`[B, C]` means over the points of the board; `features` are 0 off it."""

    def maximum(self, features: T) -> T:
        """`[B, C]` maxima over the frame; no feature is below 0."""

    def concat(self, parts: list[T]) -> T:
        """Side by side along the second axis."""

    def on_points(self, numbers: T) -> T:
        """`[B, C]` as `[B, C, 1, 1]`, to be added at every point."""

    def flat(self, features: T) -> T:
        """`[B, C, H, W]` as `[B, C, H·W]`."""

    def point_moves(self, features: T, bias: T) -> T:
        """The layer point_moves over relu(features + bias), in fp32, `[B, outputs, H·W]`.

        Args:
            features: `[B, C, H, W]`.
            bias: `[B, C]`, the same at every point.
        """

    def value(self, outcome: T) -> T:
        """`[B]` chance of a win less that of a loss, from logits `[B, 3]` of win, draw, loss."""


class Heads(NamedTuple, Generic[T]):
    """The heads' outputs for training, as the player to move sees it.

    K is 2 where the weights include the reply's, else 1.
    """

    points: T  # [B, K, H·W] logits, off the board -10,000: policy, reply
    passes: T  # [B, K] logits of the pass, likewise
    outcome: T  # [B, 3] logits of win, draw, loss
    score: T  # [B, 1] points
    ownership: T | None  # [B, 1, H, W] before tanh and mask; None where left out


class Answers(NamedTuple, Generic[T]):
    """The net's answers for play, as the player to move sees it; K as in `Heads`."""

    points: T  # [B, K, H·W] logits, off the board -10,000
    passes: T  # [B, K] logits
    value: T  # [B] chance of a win less that of a loss, -1 to 1
    score: T  # [B, 1] points
    ownership: T | None  # [B, 1, H, W] -1 to 1, 0 off the board; None where left out


def rectified(ops: Operations[T], features: T) -> T:
    """The positive part of features `[B, C, H, W]`, 0 off the board."""
    return ops.masked(ops.relu(features))


def scale_of_mean(side: T, constant: Callable[[float], T]) -> T:
    """The scaled mean over the mean, on boards of this side."""
    scale: T = (side - constant(USUAL_SIDE)) / constant(10)
    return scale


def pooled(ops: Operations[T], features: T) -> T:
    """Mean, scaled mean and maximum over each board, `[B, 3C]`; `[B, 2C]` with one mean."""
    mean = ops.mean(features)
    means = [mean] if ops.merges_means else [mean, mean * scale_of_mean(ops.side, ops.constant)]
    return ops.concat([*means, ops.maximum(features)])


def with_one_mean(
    weights: Weights, config: NetworkConfig, side: float
) -> dict[str, NDArray[np.float32]]:
    """The weights of the same net for boards of one side: the scaled mean's go into the mean's."""
    merged = dict(weights)
    for name, layer in config.layers().items():
        if layer.sees_pooled:
            mean, scaled, largest = np.split(weights[f"{name}.weight"], NUM_POOLED, axis=1)
            mean = mean + scaled * scale_of_mean(side, float)
            merged[f"{name}.weight"] = np.concatenate([mean, largest], 1)
    return merged


def tower(ops: Operations[T], config: NetworkConfig) -> T:
    """Stem and blocks: planes to features `[B, C, H, W]`, 0 off the board."""
    features = rectified(ops, ops.convolution(ops.planes, "stem"))
    for block in range(config.blocks):
        inner = ops.convolution(features, f"blocks.{block}.first")
        if config.pools(block):
            pool = ops.linear(pooled(ops, features), f"blocks.{block}.pool")
            inner = inner + ops.on_points(pool)
        outer = ops.convolution(rectified(ops, inner), f"blocks.{block}.second")
        features = rectified(ops, outer + features)
    return features


def heads(ops: Operations[T], features: T, ownership: bool = True) -> Heads[T]:
    """The heads over the tower's features `[B, C, H, W]`."""
    board = rectified(ops, ops.convolution(features, "board_features"))
    context = pooled(ops, board)
    hidden = ops.relu(ops.linear(context, "hidden"))
    chosen = ops.convolution(features, "policy_features")
    points = ops.point_moves(chosen, ops.linear(context, "policy_pool"))
    if ops.mask is not None:
        mask = ops.flat(ops.mask)
        points = points * mask + (ops.constant(1) - mask) * ops.constant(OFF_BOARD_LOGIT)
    return Heads(
        points=points,
        passes=ops.fp32(ops.linear(hidden, "pass_move")),
        outcome=ops.fp32(ops.linear(hidden, "outcome")),
        score=ops.fp32(ops.linear(hidden, "score")) * ops.side,
        ownership=ops.fp32(ops.convolution(board, "ownership")) if ownership else None,
    )


def answers(ops: Operations[T], config: NetworkConfig, ownership: bool = True) -> Answers[T]:
    """Planes to the net's answers; `ownership` is left out where nobody reads it."""
    found = heads(ops, tower(ops, config), ownership)
    owned = found.ownership
    return Answers(
        points=found.points,
        passes=found.passes,
        value=ops.value(found.outcome),
        score=found.score,
        ownership=None if owned is None else ops.masked(ops.tanh(owned)),
    )
