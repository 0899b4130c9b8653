"""The net compiled for the processor: self-play, play and tournaments, without torch.

One thread, so that a process a core reaches all of the machine. The graph is compiled for a
frame and for a few sizes of batch; a batch in between is filled up, which costs less than a
graph of open size pays whenever the size changes, in time and in memory that it keeps.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from agents.architecture import NetworkConfig, Weights, check_weights
from agents.evaluator import Evaluation, check_answer, check_planes
from agents.graph import GraphBuilder
from engine.planes import NUM_PLANES

PRECISIONS = {"bf16": "bf16", "fp32": "f32"}  # our name to the runtime's


def graph_rows(rows: int) -> int:
    """Return the size of the graph for a batch: the next of 1, 2, 4, 8, 12, 16, 24, 32, 48, ..."""
    size = 1
    while size < rows:
        if size >= 8 and rows <= size + size // 2:
            return size + size // 2
        size *= 2
    return size


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
        points, pass_move, value, score, ownership = (output[:rows] for output in self.outputs)
        return Evaluation(
            np.concatenate([points, pass_move], 1),
            value.copy(),
            score[:, 0].copy(),
            ownership[:, 0].copy(),
        )


class OpenVinoEvaluator:
    """Runs a net on one processor core.

    Args:
        weights: of a net of `config`, by name.
        height, width: the frame, at least as large as the boards in it.
        precision: "fp32", or "bf16" where the processor computes in it (elsewhere fp32 again);
            `precision` tells which it became.

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
        precision: Literal["bf16", "fp32"] = "bf16",
    ) -> None:
        if precision not in PRECISIONS:
            raise ValueError(f"precision {precision!r}: wanted {' or '.join(PRECISIONS)}")
        self.config = config
        self.height = height
        self.width = width
        self.core = ov.Core()
        has_bf16 = "BF16" in self.core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.precision = precision if has_bf16 else "fp32"
        self.load(weights)

    def load(self, weights: Weights) -> None:
        """Answer with these weights from now on.

        Raises:
            BrokenNetwork: the weights are not those of a net of the same architecture.
        """
        check_weights(weights, self.config)
        self.weights = weights
        self.graphs: dict[tuple[int, bool], CompiledGraph] = {}

    def __call__(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate planes `[B, C, H, W]`; see `Evaluator`."""
        check_planes(planes, self.height, self.width)
        key = graph_rows(len(planes)), bool(planes[:, 0].all())
        if key not in self.graphs:
            self.graphs[key] = self._compiled(*key)
        answer = self.graphs[key].run(planes)
        check_answer(answer)
        return answer

    def _compiled(self, rows: int, is_whole: bool) -> CompiledGraph:
        builder = GraphBuilder(self.weights, self.config, rows, self.height, self.width, is_whole)
        settings = {
            "INFERENCE_PRECISION_HINT": PRECISIONS[self.precision],
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,
        }
        request = self.core.compile_model(builder.model(), "CPU", settings).create_infer_request()
        planes = np.zeros((rows, NUM_PLANES, self.height, self.width), np.float32)
        planes[:, 0] = 1  # a row never filled is an empty board
        request.set_input_tensor(ov.Tensor(planes, shared_memory=True))
        outputs = [request.get_output_tensor(index).data for index in range(5)]
        return CompiledGraph(request, planes, outputs)
