"""The network as an OpenVINO graph, built from its weights alone; torch is not needed.

Says the same as agents/net/network.py, for a frame and a batch of known sizes, less the reply head,
which training alone needs. `chained` arithmetic is laid out so that the runtime fuses biases,
sums and rectifiers into the convolutions, and leaves what comes after a head's last layer in
fp32: no matrix product there, and no concatenation. The points' logits are such a tail themselves,
for in bf16 the best moves' are often the same number.
"""

from collections.abc import Mapping

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as op

from insei.agents.net.architecture import OFF_BOARD_LOGIT, USUAL_SIDE, NetworkConfig, Weights
from insei.agents.net.gptq import scales_of
from insei.engine.planes.net_planes import NUM_PLANES


def constant(value: object) -> ov.Node:
    """A constant in fp32."""
    return op.constant(np.ascontiguousarray(value, np.float32))


def indices(*values: int) -> ov.Node:
    """A constant of axes, bounds or sizes."""
    return op.constant(np.array(values, np.int64))


PLANE_AXES = (2, 3)
FEATURE_LEVELS = 256  # of an unsigned 8-bit number; features are never below 0


class GraphBuilder:
    """Lays the layers of one net for one frame.

    Args:
        weights: of a net of `config`, checked.
        is_whole: every board fills the frame, so that no masks are needed and the two means of
            the pooled features, now in a fixed ratio, are one.
        ranges: for each convolution of the blocks the largest feature that it is to see; where
            given, these convolutions multiply 8-bit integers.
        whole: and its kernel in 8 bits, in steps of `scales_of`.
    """

    def __init__(
        self,
        weights: Weights,
        config: NetworkConfig,
        batch: int,
        height: int,
        width: int,
        is_whole: bool,
        ranges: Mapping[str, float] | None = None,
        whole: Mapping[str, NDArray[np.int8]] | None = None,
    ) -> None:
        self.weights = weights
        self.config = config
        self.ranges = ranges
        self.whole = whole
        self.block_inputs: dict[str, ov.Node] = {}
        self.frame = [height, width]
        self.area = height * width
        self.planes = op.parameter([batch, NUM_PLANES, height, width], ov.Type.f32)
        self.mask: ov.Node | None = None
        self.side: ov.Node = constant(self.area**0.5)
        if not is_whole:
            self.mask = op.slice(self.planes, indices(0), indices(1), indices(1), indices(1))
            self.board_area = op.reduce_sum(self.mask, indices(*PLANE_AXES), False)
            self.side = op.sqrt(self.board_area)
            self.scale = op.divide(op.subtract(self.side, constant(USUAL_SIDE)), constant(10))

    def convolution(self, features: ov.Node, name: str) -> ov.Node:
        """A convolution that keeps the frame's size, with its bias."""
        kernel = self.weights[f"{name}.weight"]
        pad = [kernel.shape[2] // 2] * 2
        bias = self.weights[f"{name}.bias"]
        product = op.convolution(features, constant(kernel), [1, 1], pad, pad, [1, 1])
        return op.add(product, constant(bias.reshape(1, -1, 1, 1)))

    def block_convolution(self, features: ov.Node, name: str) -> ov.Node:
        """A convolution of a block, in 8 bits where its range is known."""
        self.block_inputs[name] = features
        if self.ranges is None or self.whole is None:
            return self.convolution(features, name)
        low, high = constant(0), constant(max(self.ranges[name], 1e-6))
        rounded = op.fake_quantize(features, low, high, low, high, FEATURE_LEVELS)
        whole = self.whole[name]
        scale = scales_of(self.weights[f"{name}.weight"])
        product = op.convolution(
            rounded,
            op.multiply(op.convert(op.constant(whole), "f32"), constant(scale)),
            [1, 1],
            [1, 1],
            [1, 1],
            [1, 1],
        )
        return op.add(product, constant(self.weights[f"{name}.bias"].reshape(1, -1, 1, 1)))

    def linear(self, features: ov.Node, name: str, outputs: slice = slice(None)) -> ov.Node:
        """A linear layer with its bias; of `outputs` alone."""
        matrix = constant(self.weights[f"{name}.weight"][outputs])
        bias = constant(self.weights[f"{name}.bias"][outputs][np.newaxis])
        return op.add(op.matmul(features, matrix, False, True), bias)

    def masked(self, features: ov.Node) -> ov.Node:
        """Zero off the board."""
        return features if self.mask is None else op.multiply(features, self.mask)

    def rectified(self, features: ov.Node) -> ov.Node:
        """The positive part, zero off the board."""
        return self.masked(op.relu(features))

    def pooled(self, features: ov.Node, name: str) -> ov.Node:
        """The pooled features times the matrix of this name, `[B, outputs]`; no bias."""
        matrix = self.weights[f"{name}.weight"]
        # By pooling over the whole frame, which the runtime does in half the time of a reduction.
        one, none = [1, 1], [0, 0]
        mean = op.avg_pool(features, one, none, none, self.frame, exclude_pad=True)
        mean = self._flat(mean)
        largest = op.max_pool(features, one, one, none, none, self.frame)
        largest = self._flat(largest.output(0))
        parts = [mean, largest]
        if self.mask is None:
            matrix = self._one_mean(matrix)
        else:
            mean = op.multiply(mean, op.divide(constant(self.area), self.board_area))
            parts = [mean, op.multiply(mean, self.scale), largest]
        return op.matmul(op.concat(parts, 1), constant(matrix), False, True)

    def _flat(self, numbers: ov.Node) -> ov.Node:
        """All numbers of a board in a row."""
        return op.reshape(numbers, indices(0, -1), True)

    def _one_mean(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        mean, scaled, largest = np.split(matrix, 3, axis=1)
        return np.concatenate([mean + scaled * ((self.area**0.5 - USUAL_SIDE) / 10), largest], 1)

    def on_points(self, numbers: ov.Node) -> ov.Node:
        """Numbers `[B, C]` as `[B, C, 1, 1]`, the same at each point."""
        return op.unsqueeze(numbers, indices(*PLANE_AXES))

    def tower(self) -> ov.Node:
        """Stem and blocks."""
        features = self.rectified(self.convolution(self.planes, "stem"))
        for block in range(self.config.blocks):
            inner = self.block_convolution(features, f"blocks.{block}.first")
            if self.config.pools(block):
                pool = self.pooled(features, f"blocks.{block}.pool")
                inner = op.add(inner, self.on_points(pool))
            outer = self.block_convolution(self.rectified(inner), f"blocks.{block}.second")
            features = self.rectified(op.add(outer, features))
        return features

    def point_logits(self, features: ov.Node, context: ov.Node) -> ov.Node:
        """The policy's logits of the points, `[B, H·W]`."""
        # In this shape the runtime makes vectors of what follows.
        chosen = self.convolution(features, "policy_features")
        chosen = op.reshape(chosen, indices(0, 0, self.area), True)
        chosen = op.relu(op.add(chosen, op.unsqueeze(context, indices(2))))
        weighed = op.multiply(chosen, constant(self.weights["point_moves.weight"][:1, :, 0]))
        logits = op.reduce_sum(weighed, indices(1), False)
        logits = op.add(logits, constant(self.weights["point_moves.bias"][:1].reshape(1, 1)))
        if self.mask is not None:
            mask = self._flat(self.mask)
            off_board = op.multiply(op.subtract(constant(1), mask), constant(OFF_BOARD_LOGIT))
            logits = op.add(op.multiply(logits, mask), off_board)
        return logits

    def feature_model(self) -> ov.Model:
        """A graph from planes to the inputs of the block convolutions, in tower order."""
        self.tower()
        return ov.Model(list(self.block_inputs.values()), [self.planes], "features")

    def model(self, ownership: bool) -> ov.Model:
        """The graph: planes in; point logits, pass logit, value and score out, or ownership too."""
        features = self.tower()
        owned = self.rectified(self.convolution(features, "board_features"))
        bias = constant(self.weights["hidden.bias"][np.newaxis])
        hidden = op.relu(op.add(self.pooled(owned, "hidden"), bias))
        points = self.point_logits(features, self.pooled(owned, "policy_pool"))
        pass_move = self.linear(hidden, "pass_move", slice(0, 1))
        chances = op.softmax(self.linear(hidden, "outcome"), 1)
        value = op.reduce_sum(op.multiply(chances, constant([[1, 0, -1]])), indices(1), False)
        score = op.multiply(self.linear(hidden, "score"), self.side)
        answers = [points, pass_move, value, score]
        if ownership:
            answers.append(self.masked(op.tanh(self.convolution(owned, "ownership"))))
        return ov.Model(answers, [self.planes], "network")
