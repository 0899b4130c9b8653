"""The net compiled for the processor: self-play, play and tournaments, without torch.

One thread: a process for each core uses all of the machine. The graph is compiled for one frame
and for a few sizes of batch. A batch in between is filled up. A graph of dynamic size would cost
more whenever the size changes, in time and in memory that it keeps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import NetworkConfig, Weights, check_weights
from insei.agents.net.evaluator import (
    Evaluation,
    Precision,
    check_finite,
    check_planes,
    check_precision,
    graph_rows,
)
from insei.agents.net.gptq import QuantisedKernel, quantised
from insei.agents.net.openvino_graph import OpenVinoOperations, answer_model, feature_model
from insei.agents.net.openvino_runtime import ov

# What the runtime computes in, but for the 8-bit convolutions.
PRECISIONS = {"int8": "bf16", "bf16": "bf16", "fp32": "f32"}


@dataclass(frozen=True)
class CompiledGraph:
    """A compiled graph, with the memory that it reads and writes."""

    request: ov.InferRequest
    planes: NDArray[np.float32]
    outputs: list[NDArray[np.float32]]

    def run(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate planes `[B, C, H, W]`, at most as many as fit.

        The rows beyond B still hold earlier boards; their outputs are dropped.
        """
        rows = len(planes)
        self.planes[:rows] = planes
        self.request.infer(share_inputs=True, share_outputs=True)
        points, passes, value, score, *ownership = (output[:rows] for output in self.outputs)
        return Evaluation(
            np.concatenate([points[:, 0], passes], 1),
            value.copy(),
            score[:, 0].copy(),
            ownership[0][:, 0].copy() if ownership else None,
        )


class OpenVinoEvaluator:
    """Runs a net on one processor core.

    Args:
        weights: of a net of `config`, by name.
        height, width: the frame, at least as large as the boards in it.
        precision: "fp32", or "bf16" where the processor computes in it (elsewhere fp32 again),
            or "int8" for the blocks' convolutions, once `calibrate` has seen some boards.
        ownership: whether to compute it; self-play does without.

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
        self.quantised: dict[str, QuantisedKernel] = {}  # by layer, once calibrated
        self.graphs: dict[tuple[int, bool], CompiledGraph] = {}  # by rows, and fills_frame

    def calibrate(self, planes: NDArray[np.float32]) -> None:
        """Quantise the blocks' convolutions; until then int8 computes in bf16.

        Args:
            planes: `[B, C, H, W]` of boards like those to come; some dozens are enough.

        Raises:
            ValueError: the precision is not int8, or the planes have another shape or type.
        """
        if self.precision != "int8":
            raise ValueError(f"calibrate in {self.precision}: wanted int8")
        check_planes(planes, self.config.num_planes, self.height, self.width)
        self.quantised, self.graphs = {}, {}
        ops = self._operations(len(planes), bool(planes[:, 0].all()))
        request = self._compile(feature_model(ops, self.config), "f32")
        request.infer([planes])
        self.quantised = {
            layer: quantised(self.weights[f"{layer}.weight"], output.data)
            for layer, output in zip(ops.block_inputs, request.output_tensors, strict=True)
        }

    def prepare(self, max_rows: int) -> None:
        """Compile the graphs for batches up to `max_rows` boards that fill the frame."""
        for rows in range(1, max_rows + 1):
            self._graph(rows, True)

    def __call__(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate planes `[B, C, H, W]`; see `Evaluator`."""
        check_planes(planes, self.config.num_planes, self.height, self.width)
        evaluation = self._graph(len(planes), bool(planes[:, 0].all())).run(planes)
        check_finite(evaluation)
        return evaluation

    def _graph(self, rows: int, fills_frame: bool) -> CompiledGraph:
        key = graph_rows(rows), fills_frame
        if key not in self.graphs:
            self.graphs[key] = self._compiled(*key)
        return self.graphs[key]

    def _compiled(self, rows: int, fills_frame: bool) -> CompiledGraph:
        ops = self._operations(rows, fills_frame)
        request = self._compile(answer_model(ops, self.config, self.ownership), self.hint)
        planes = np.zeros((rows, self.config.num_planes, self.height, self.width), np.float32)
        planes[:, 0] = 1  # a row that was never written is an empty board
        request.set_input_tensor(ov.Tensor(planes, shared_memory=True))
        outputs = [tensor.data for tensor in request.output_tensors]
        return CompiledGraph(request, planes, outputs)

    def _operations(self, rows: int, fills_frame: bool) -> OpenVinoOperations:
        shape = rows, self.height, self.width
        return OpenVinoOperations(self.weights, self.config, shape, fills_frame, self.quantised)

    def _compile(self, model: ov.Model, hint: str) -> ov.InferRequest:
        settings = {
            "INFERENCE_PRECISION_HINT": hint,
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,
        }
        return self.core.compile_model(model, "CPU", settings).create_infer_request()
