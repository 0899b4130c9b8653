"""The network as an OpenVINO graph, built from its weights alone; torch is not needed.

Operations are laid out so that the runtime fuses biases, sums and rectifiers into the convolutions.
It leaves what follows a head's last layer in fp32, so there is no matrix product and no
concatenation there. The points' logits are computed in that way too: in bf16 the best moves often
have the same logit.
"""

from collections.abc import Mapping

import numpy as np

from insei.agents.net.architecture import NetworkConfig, Weights, without_reply
from insei.agents.net.forward import answers, tower, with_one_mean
from insei.agents.net.gptq import QuantisedKernel
from insei.agents.net.openvino_runtime import op, ov

BOARD_AXES = (2, 3)
FEATURE_LEVELS = 256  # of an unsigned 8-bit number; features are never below 0


def constant(values: object) -> ov.Node:
    """A constant in fp32."""
    return op.constant(np.ascontiguousarray(values, np.float32))


def indices(*values: int) -> ov.Node:
    """A constant of axes, bounds or sizes."""
    return op.constant(np.array(values, np.int64))


class OpenVinoOperations:
    """The operations of the forward pass as nodes of a graph; see `Operations`.

    Args:
        weights: of a net of `config`, checked.
        shape: B, H and W of the batches to come.
        fills_frame: whether every board fills the frame. There is then no mask, and the pooled
            features have one mean.
        quantised: kernels of the blocks' convolutions that multiply 8-bit integers.
    """

    def __init__(
        self,
        weights: Weights,
        config: NetworkConfig,
        shape: tuple[int, int, int],
        fills_frame: bool,
        quantised: Mapping[str, QuantisedKernel],
    ) -> None:
        batch, *self.frame = shape
        self.area = self.frame[0] * self.frame[1]
        self.quantised = quantised
        self.block_inputs: dict[str, ov.Node] = {}  # by convolution, in the tower's order
        self.planes = op.parameter([batch, config.num_planes, *self.frame], ov.Type.f32)
        self.merges_means = fills_frame
        self.weights = without_reply(weights)
        if fills_frame:
            self.weights = with_one_mean(self.weights, config, self.area**0.5)
            self.mask = None
            self.side = constant(self.area**0.5)
        else:
            self.mask = op.slice(self.planes, indices(0), indices(1), indices(1), indices(1))
            self.board_area = op.reduce_sum(self.mask, indices(*BOARD_AXES), False)
            self.side = op.sqrt(self.board_area)

    def constant(self, number: float) -> ov.Node:
        """A number."""
        return constant(number)

    def convolution(self, features: ov.Node, layer: str) -> ov.Node:
        """`[B, C, H, W]` to `[B, outputs, H, W]`, in 8 bits where the layer is quantised."""
        if layer.startswith("blocks."):
            self.block_inputs[layer] = features
        kernel = constant(self.weights[f"{layer}.weight"])
        if layer in self.quantised:
            levels, scales, largest = self.quantised[layer]
            low, high = constant(0), constant(max(largest, 1e-6))
            features = op.fake_quantize(features, low, high, low, high, FEATURE_LEVELS)
            kernel = op.convert(op.constant(levels), "f32") * constant(scales)
        pad = [kernel.shape[2] // 2] * 2
        product = op.convolution(features, kernel, [1, 1], pad, pad, [1, 1])
        return product + constant(self.weights[f"{layer}.bias"].reshape(1, -1, 1, 1))

    def linear(self, numbers: ov.Node, layer: str) -> ov.Node:
        """`[B, inputs]` to `[B, outputs]`."""
        product = op.matmul(numbers, constant(self.weights[f"{layer}.weight"]), False, True)
        bias = self.weights.get(f"{layer}.bias")
        return product if bias is None else product + constant(bias[np.newaxis])

    def fp32(self, numbers: ov.Node) -> ov.Node:
        """The runtime leaves what follows in fp32 by itself."""
        return numbers

    def relu(self, numbers: ov.Node) -> ov.Node:
        """The positive part."""
        return op.relu(numbers)

    def tanh(self, numbers: ov.Node) -> ov.Node:
        """The hyperbolic tangent."""
        return op.tanh(numbers)

    def masked(self, features: ov.Node) -> ov.Node:
        """Zero off the board."""
        return features if self.mask is None else features * self.mask

    def mean(self, features: ov.Node) -> ov.Node:
        """`[B, C]`, by pooling over the frame: half the time of a reduction."""
        step, pad = [1, 1], [0, 0]
        pool = op.avg_pool(features, step, pad, pad, self.frame, exclude_pad=True)
        mean = op.reshape(pool, indices(0, -1), True)
        return mean if self.mask is None else mean * (constant(self.area) / self.board_area)

    def maximum(self, features: ov.Node) -> ov.Node:
        """`[B, C]`, by pooling likewise."""
        step, pad = [1, 1], [0, 0]
        pool = op.max_pool(features, step, step, pad, pad, self.frame)
        return op.reshape(pool.output(0), indices(0, -1), True)

    def concat(self, parts: list[ov.Node]) -> ov.Node:
        """Side by side along the second axis."""
        return op.concat(parts, 1)

    def on_points(self, numbers: ov.Node) -> ov.Node:
        """`[B, C]` as `[B, C, 1, 1]`."""
        return op.unsqueeze(numbers, indices(*BOARD_AXES))

    def flat(self, features: ov.Node) -> ov.Node:
        """`[B, C, H, W]` as `[B, C, H·W]`."""
        return op.reshape(features, indices(0, 0, self.area), True)

    def point_moves(self, features: ov.Node, bias: ov.Node) -> ov.Node:
        """`[B, 1, H·W]`, a sum of products that the runtime computes in one vector loop."""
        chosen = op.relu(self.flat(features) + op.unsqueeze(bias, indices(2)))
        weighted = chosen * constant(self.weights["point_moves.weight"][:, :, 0])
        logits = op.reduce_sum(weighted, indices(1), True)
        return logits + constant(self.weights["point_moves.bias"].reshape(1, 1, 1))

    def value(self, outcome: ov.Node) -> ov.Node:
        """`[B]` from logits `[B, 3]`."""
        return op.reduce_sum(op.softmax(outcome, 1) * constant([[1, 0, -1]]), indices(1), False)


def answer_model(ops: OpenVinoOperations, config: NetworkConfig, ownership: bool) -> ov.Model:
    """A graph from planes to the fields of `Answers`, in their order."""
    outputs = [node for node in answers(ops, config, ownership) if node is not None]
    return ov.Model(outputs, [ops.planes], "network")


def feature_model(ops: OpenVinoOperations, config: NetworkConfig) -> ov.Model:
    """A graph from planes to the inputs of the blocks' convolutions, `ops.block_inputs`."""
    tower(ops, config)
    return ov.Model(list(ops.block_inputs.values()), [ops.planes], "features")
