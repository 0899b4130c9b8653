"""The network as an ONNX model, built from its weights alone, for other programs.

planes     float32 [B, C, H, W], as engine/planes/net_planes.py writes them; any B, H and W
policy     float32 [B, A] logits, A = H·W + 1, the pass last; off the board -10,000
value      float32 [B] chance of a win less that of a loss, as the player to move sees it
score      float32 [B] points, likewise
ownership  float32 [B, H, W] -1 to 1, likewise
"""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from insei.agents.net.architecture import (
    NetworkConfig,
    Weights,
    check_weights,
    without_reply,
)
from insei.agents.net.forward import answers
from insei.engine.planes.net_planes import PLANES_VERSION

OPSET = 18
IR_VERSION = 9  # of the file; older runtimes refuse newer ones
BOARD_AXES = (2, 3)


@dataclass(frozen=True)
class Value:
    """A node's output; arithmetic with another adds a node."""

    name: str
    ops: "OnnxOperations"

    def __add__(self, other: "Value") -> "Value":
        return self.ops.node("Add", self, other)

    def __sub__(self, other: "Value") -> "Value":
        return self.ops.node("Sub", self, other)

    def __mul__(self, other: "Value") -> "Value":
        return self.ops.node("Mul", self, other)

    def __truediv__(self, other: "Value") -> "Value":
        return self.ops.node("Div", self, other)


class OnnxOperations:
    """The operations of the forward pass as nodes of a graph; see `Operations`."""

    merges_means = False

    def __init__(self, weights: Weights) -> None:
        self.weights = without_reply(weights)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self.planes = Value("planes", self)
        start, end = self.axes(0), self.array("one_plane", [1], np.int64)
        self.board = self.node("Slice", self.planes, start, end, self.axes(1), name="mask")
        self.mask: Value | None = self.board
        self.area = self.node("ReduceSum", self.board, self.axes(*BOARD_AXES), keepdims=0)
        self.side = self.node("Sqrt", self.area)

    def node(self, kind: str, *inputs: Value, name: str = "", **attributes: object) -> Value:
        """Add a node of one output, called `name` or by a number."""
        output = name or f"{kind.lower()}_{len(self.nodes)}"
        names = [value.name for value in inputs]
        self.nodes.append(helper.make_node(kind, names, [output], **attributes))
        return Value(output, self)

    def array(self, name: str, values: object, kind: type[np.generic] = np.float32) -> Value:
        """A constant, kept once under its name."""
        array = np.ascontiguousarray(values, kind)
        self.constants[name] = numpy_helper.from_array(array, name)
        return Value(name, self)

    def axes(self, *values: int) -> Value:
        """Axes, bounds or sizes."""
        return self.array("axes_" + "_".join(map(str, values)), values, np.int64)

    def parts(self, layer: str) -> list[Value]:
        """A layer's weight, and its bias where it has one."""
        names = [f"{layer}.weight", f"{layer}.bias"]
        return [self.array(name, self.weights[name]) for name in names if name in self.weights]

    def constant(self, number: float) -> Value:
        """A number."""
        return self.array(f"number_{number:g}", number)

    def convolution(self, features: Value, layer: str) -> Value:
        """`[B, C, H, W]` to `[B, outputs, H, W]`."""
        pads = [self.weights[f"{layer}.weight"].shape[2] // 2] * 4
        return self.node("Conv", features, *self.parts(layer), pads=pads)

    def linear(self, numbers: Value, layer: str) -> Value:
        """`[B, inputs]` to `[B, outputs]`."""
        return self.node("Gemm", numbers, *self.parts(layer), transB=1)

    def fp32(self, numbers: Value) -> Value:
        """All is in fp32."""
        return numbers

    def relu(self, numbers: Value) -> Value:
        """The positive part."""
        return self.node("Relu", numbers)

    def tanh(self, numbers: Value) -> Value:
        """The hyperbolic tangent."""
        return self.node("Tanh", numbers)

    def masked(self, features: Value) -> Value:
        """Zero off the board."""
        return features * self.board

    def mean(self, features: Value) -> Value:
        """`[B, C]`."""
        return self.node("ReduceSum", features, self.axes(*BOARD_AXES), keepdims=0) / self.area

    def maximum(self, features: Value) -> Value:
        """`[B, C]`."""
        return self.node("ReduceMax", features, self.axes(*BOARD_AXES), keepdims=0)

    def concat(self, parts: list[Value]) -> Value:
        """Side by side along the second axis."""
        return self.node("Concat", *parts, axis=1)

    def on_points(self, numbers: Value) -> Value:
        """`[B, C]` as `[B, C, 1, 1]`."""
        return self.node("Unsqueeze", numbers, self.axes(*BOARD_AXES))

    def flat(self, features: Value) -> Value:
        """`[B, C, H, W]` as `[B, C, H·W]`."""
        return self.node("Reshape", features, self.axes(0, 0, -1))

    def point_moves(self, features: Value, bias: Value) -> Value:
        """`[B, 1, H·W]`."""
        chosen = self.relu(features + self.on_points(bias))
        return self.flat(self.convolution(chosen, "point_moves"))

    def value(self, outcome: Value) -> Value:
        """`[B]` from logits `[B, 3]`."""
        chances = self.node("Softmax", outcome, axis=1)
        weighted = chances * self.array("worth", [[1, 0, -1]])
        return self.node("ReduceSum", weighted, self.axes(1), name="value", keepdims=0)


def lay_network(ops: OnnxOperations, config: NetworkConfig) -> None:
    """Add the nodes of all four outputs."""
    found = answers(ops, config)
    assert found.ownership is not None
    points = ops.node("Flatten", found.points, axis=1)
    ops.node("Concat", points, found.passes, name="policy", axis=1)
    ops.node("Squeeze", found.score, ops.axes(1), name="score")
    ops.node("Squeeze", found.ownership, ops.axes(1), name="ownership")


def onnx_of(weights: Weights, config: NetworkConfig) -> bytes:
    """The ONNX file of a net.

    Raises:
        BrokenNetwork: the weights are not those of a net of `config`, or not finite.
    """
    check_weights(weights, config)
    ops = OnnxOperations(weights)
    lay_network(ops, config)

    def tensor(name: str, *shape: object) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    model = helper.make_model(
        helper.make_graph(
            ops.nodes,
            "network",
            [tensor("planes", "B", config.num_planes, "H", "W")],
            [
                tensor("policy", "B", "A"),
                tensor("value", "B"),
                tensor("score", "B"),
                tensor("ownership", "B", "H", "W"),
            ],
            list(ops.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="insei",
        doc_string=f"A Go player; planes of version {PLANES_VERSION}.",
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())
