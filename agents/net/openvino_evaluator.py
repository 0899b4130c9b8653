"""The net compiled for the processor: self-play, play and tournaments, without torch.

One thread, so that a process a core reaches all of the machine. The graph is compiled for a
frame and for a few sizes of batch; a batch in between is filled up, which costs less than a
graph of open size pays whenever the size changes, in time and in memory that it keeps.
"""

from dataclasses import dataclass

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from insei.agents.net.architecture import NetworkConfig, Weights, check_weights
from insei.agents.net.evaluator import (
    Evaluation,
    Precision,
    check_answer,
    check_planes,
    check_precision,
    graph_rows,
)
from insei.agents.net.gptq import rounded
from insei.agents.net.openvino_graph import GraphBuilder
from insei.engine.planes.net_planes import NUM_PLANES

PRECISIONS = {"int8": "bf16", "bf16": "bf16", "fp32": "f32"}  # to the runtime's for what is left


@dataclass(frozen=True)
class CompiledGraph:
    """A graph ready to run, with the memory that it reads and writes."""

    request: ov.InferRequest
    planes: NDArray[np.float32]
    outputs: list[NDArray[np.float32]]

    def run(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate as many planes as fit; rows beyond them hold older boards, and go unread."""
        rows = len(planes)
        self.planes[:rows] = planes
        self.request.infer(share_inputs=True, share_outputs=True)
        points, pass_move, value, score, *owned = (output[:rows] for output in self.outputs)
        return Evaluation(
            np.concatenate([points, pass_move], 1),
            value.copy(),
            score[:, 0].copy(),
            owned[0][:, 0].copy() if owned else None,
        )


class OpenVinoEvaluator:
    """Runs a net on one processor core.

    Args:
        weights: of a net of `config`, by name.
        height, width: the frame, at least as large as the boards in it.
        precision: "fp32", or "bf16" where the processor computes in it (elsewhere fp32 again),
            or "int8" for the blocks' convolutions, once `calibrate` has seen some boards.
        ownership: whether to find it; self-play goes without.

    Raises:
        BrokenNetwork: the weights are not those of a net of `config`, or not finite.
        ValueError: an unknown precision.
    """

    def __init__(
        self,
        weights: Weights,
        config: NetworkConfig,
        height: int,
        width: int,
        precision: Precision = "bf16",
        ownership: bool = True,
    ) -> None:
        check_precision(precision)
        check_weights(weights, config)
        self.weights = weights
        self.config = config
        self.ownership = ownership
        self.height = height
        self.width = width
        self.core = ov.Core()
        has_bf16 = "BF16" in self.core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.precision = "fp32" if precision == "bf16" and not has_bf16 else precision
        self.hint = PRECISIONS[precision] if has_bf16 else "f32"
        self.ranges: dict[str, float] | None = None
        self.whole: dict[str, NDArray[np.int8]] = {}
        self.graphs: dict[tuple[int, bool], CompiledGraph] = {}

    def calibrate(self, planes: NDArray[np.float32]) -> None:
        """Take 8-bit ranges and weights from these boards; from now on int8 is int8.

        Args:
            planes: `[B, C, H, W]` of boards like those to come; some dozens are enough.

        Raises:
            ValueError: the precision is another one, or the planes don't fit.
        """
        if self.precision != "int8":
            raise ValueError(f"calibrate in {self.precision}: wanted int8")
        check_planes(planes, self.height, self.width)
        is_whole = bool(planes[:, 0].all())
        builder = GraphBuilder(
            self.weights, self.config, len(planes), self.height, self.width, is_whole
        )
        request = self._compile(builder.feature_model(), "f32")
        request.infer([planes])
        self.ranges = {}
        for name, output in zip(builder.block_inputs, request.output_tensors, strict=True):
            features = output.data
            self.ranges[name] = float(features.max())
            self.whole[name] = rounded(self.weights[f"{name}.weight"], features)
        self.graphs = {}

    def prepare(self, most: int) -> None:
        """Compile what up to so many boards of the frame's size need; no answer then waits."""
        for rows in range(1, most + 1):
            self._graph(rows, True)

    def __call__(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate planes `[B, C, H, W]`; see `Evaluator`."""
        check_planes(planes, self.height, self.width)
        answer = self._graph(len(planes), bool(planes[:, 0].all())).run(planes)
        check_answer(answer)
        return answer

    def _graph(self, rows: int, is_whole: bool) -> CompiledGraph:
        key = graph_rows(rows), is_whole
        if key not in self.graphs:
            self.graphs[key] = self._compiled(*key)
        return self.graphs[key]

    def _compiled(self, rows: int, is_whole: bool) -> CompiledGraph:
        builder = GraphBuilder(
            self.weights,
            self.config,
            rows,
            self.height,
            self.width,
            is_whole,
            self.ranges,
            self.whole,
        )
        request = self._compile(builder.model(self.ownership), self.hint)
        planes = np.zeros((rows, NUM_PLANES, self.height, self.width), np.float32)
        planes[:, 0] = 1  # a row never filled is an empty board
        request.set_input_tensor(ov.Tensor(planes, shared_memory=True))
        outputs = [one.data for one in request.output_tensors]
        return CompiledGraph(request, planes, outputs)

    def _compile(self, model: ov.Model, hint: str) -> ov.InferRequest:
        settings = {
            "INFERENCE_PRECISION_HINT": hint,
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,
        }
        return self.core.compile_model(model, "CPU", settings).create_infer_request()
