"""The network as an ONNX model, built from its weights alone, for programs that are not ours.

Says the same as agents/net/network.py, less the reply head, which training alone needs:

    planes     float32 [B, C, H, W], as engine/planes/net_planes.py writes them; any B, H and W
    policy     float32 [B, A] logits, A = H·W + 1, the pass last; off the board -10,000
    value      float32 [B] chance of a win less that of a loss, as the player to move sees it
    score      float32 [B] points, likewise
    ownership  float32 [B, H, W] -1 to 1, likewise
"""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from insei.agents.net.architecture import (
    OFF_BOARD_LOGIT,
    USUAL_SIDE,
    NetworkConfig,
    Weights,
    check_weights,
)
from insei.engine.planes.net_planes import NUM_PLANES, PLANES_VERSION

OPSET = 18
IR_VERSION = 9  # of the file; older runtimes refuse newer ones
ON_POINTS = (2, 3)  # the axes of the board


class OnnxGraph:
    """Nodes and constants laid one after another; each layer returns its output's name."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def node(self, kind: str, *inputs: str, name: str = "", **attributes: object) -> str:
        """Lay a node of one output, called `name` or by a number."""
        output = name or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, values: object, kind: type[np.generic] = np.float32) -> str:
        """A constant, kept once under its name."""
        array = np.ascontiguousarray(values, kind)
        self.constants[name] = numpy_helper.from_array(array, name)
        return name

    def axes(self, *values: int) -> str:
        """Axes, bounds or sizes."""
        return self.constant("axes_" + "_".join(map(str, values)), values, np.int64)

    def weight(self, name: str, outputs: slice = slice(None)) -> str:
        """A weight as it is, or the rows `outputs` of it."""
        return self.constant(name, self.weights[name][outputs])

    def convolution(self, features: str, name: str, outputs: slice = slice(None)) -> str:
        """A convolution that keeps the board's size, with its bias."""
        kernel = self.weight(f"{name}.weight", outputs)
        pads = [self.weights[kernel].shape[2] // 2] * 4
        return self.node("Conv", features, kernel, self.weight(f"{name}.bias", outputs), pads=pads)

    def linear(self, numbers: str, name: str, bias: bool = True, rows: Sequence[int] = ()) -> str:
        """A linear layer; of `rows` alone where some are named."""
        outputs = slice(*rows) if rows else slice(None)
        parts = [self.weight(f"{name}.weight", outputs)]
        if bias:
            parts.append(self.weight(f"{name}.bias", outputs))
        return self.node("Gemm", numbers, *parts, transB=1)

    def pooled(self, features: str) -> str:
        """Mean, scaled mean and maximum over each board, `[B, 3C]`."""
        axes = self.axes(*ON_POINTS)
        total = self.node("ReduceSum", features, axes, keepdims=0)
        mean = self.node("Div", total, "area")
        scaled = self.node("Mul", mean, "scale")
        largest = self.node("ReduceMax", features, axes, keepdims=0)
        return self.node("Concat", mean, scaled, largest, axis=1)

    def on_points(self, numbers: str) -> str:
        """Numbers `[B, C]` as `[B, C, 1, 1]`."""
        return self.node("Unsqueeze", numbers, self.axes(*ON_POINTS))

    def rectified(self, features: str) -> str:
        """The positive part, zero off the board."""
        return self.node("Mul", self.node("Relu", features), "mask")


def lay_board(graph: OnnxGraph) -> None:
    """The board's mask `[B, 1, H, W]`, area and side `[B, 1]`, and the scale of the scaled mean."""
    start, end = graph.axes(0), graph.constant("one_plane", [1], np.int64)
    graph.node("Slice", "planes", start, end, graph.axes(1), name="mask")
    graph.node("ReduceSum", "mask", graph.axes(*ON_POINTS), name="area", keepdims=0)
    graph.node("Sqrt", "area", name="side")
    beyond = graph.node("Sub", "side", graph.constant("usual_side", USUAL_SIDE))
    graph.node("Div", beyond, graph.constant("ten", 10), name="scale")


def lay_tower(graph: OnnxGraph, config: NetworkConfig) -> str:
    """Stem and blocks, `[B, C, H, W]`."""
    features = graph.rectified(graph.convolution("planes", "stem"))
    for block in range(config.blocks):
        inner = graph.convolution(features, f"blocks.{block}.first")
        if config.pools(block):
            pool = graph.linear(graph.pooled(features), f"blocks.{block}.pool", bias=False)
            inner = graph.node("Add", inner, graph.on_points(pool))
        outer = graph.convolution(graph.rectified(inner), f"blocks.{block}.second")
        features = graph.rectified(graph.node("Add", features, outer))
    return features


def lay_policy(graph: OnnxGraph, features: str, context: str, hidden: str) -> None:
    """The output `policy`."""
    bias = graph.on_points(graph.linear(context, "policy_pool", bias=False))
    chosen = graph.node("Add", graph.convolution(features, "policy_features"), bias)
    points = graph.convolution(graph.node("Relu", chosen), "point_moves", slice(0, 1))
    off_board = graph.node("Sub", graph.constant("one", 1), "mask")
    off_board = graph.node("Mul", off_board, graph.constant("off_board_logit", OFF_BOARD_LOGIT))
    points = graph.node("Add", graph.node("Mul", points, "mask"), off_board)
    rows = graph.node("Flatten", points, axis=1)
    pass_move = graph.linear(hidden, "pass_move", rows=(0, 1))
    graph.node("Concat", rows, pass_move, name="policy", axis=1)


def lay_heads(graph: OnnxGraph, features: str) -> None:
    """The four outputs."""
    owned = graph.rectified(graph.convolution(features, "board_features"))
    context = graph.pooled(owned)
    hidden = graph.node("Relu", graph.linear(context, "hidden"))
    lay_policy(graph, features, context, hidden)
    chances = graph.node("Softmax", graph.linear(hidden, "outcome"), axis=1)
    worth = graph.node("Mul", chances, graph.constant("worth", [[1, 0, -1]]))
    graph.node("ReduceSum", worth, graph.axes(1), name="value", keepdims=0)
    score = graph.node("Mul", graph.linear(hidden, "score"), "side")
    graph.node("Squeeze", score, graph.axes(1), name="score")
    owner = graph.node("Mul", graph.node("Tanh", graph.convolution(owned, "ownership")), "mask")
    graph.node("Squeeze", owner, graph.axes(1), name="ownership")


def onnx_of(weights: Weights, config: NetworkConfig) -> bytes:
    """The ONNX file of a net.

    Raises:
        BrokenNetwork: the weights are not those of a net of `config`, or not finite.
    """
    check_weights(weights, config)
    graph = OnnxGraph(weights)
    lay_board(graph)
    lay_heads(graph, lay_tower(graph, config))

    def tensor(name: str, *shape: object) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "network",
            [tensor("planes", "B", NUM_PLANES, "H", "W")],
            [
                tensor("policy", "B", "A"),
                tensor("value", "B"),
                tensor("score", "B"),
                tensor("ownership", "B", "H", "W"),
            ],
            list(graph.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="insei",
        doc_string=f"A Go player; planes of version {PLANES_VERSION}.",
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())
