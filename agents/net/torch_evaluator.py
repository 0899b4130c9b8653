"""The net evaluated by torch: on GPUs, and as the reference for the compiled evaluator.

On a GPU each batch size is recorded once as a CUDA graph and then replayed, because launching the
kernels of a small net takes longer than running them. Batches in between are filled up.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from insei.agents.net.evaluator import Evaluation, check_finite, check_planes, graph_rows
from insei.agents.net.network import Network
from insei.system.errors import UserError

Run = Callable[[Tensor], tuple[Tensor, ...]]


class TorchEvaluator:
    """Runs a network on one device; in bf16 on a GPU, in fp32 elsewhere.

    Calls from several threads must not overlap.

    Args:
        network: moved to the device and set to evaluation. Weights may change in place later, on
            a GPU too.
        device: "cpu", "cuda" or "cuda:N".
        ownership: whether to compute it; self-play does without.

    Raises:
        UserError: torch does not see the device.
    """

    def __init__(self, network: Network, device: str = "cpu", ownership: bool = True) -> None:
        self.ownership = ownership
        self.device = device_of(device)
        self.network = network.to(self.device).eval()
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.is_gpu = self.device.type == "cuda"
        self.runs: dict[tuple[int, ...], Run] = {}  # by the shape of the filled-up planes

    @torch.inference_mode()
    def __call__(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate planes `[B, C, H, W]`, any H and W; see `Evaluator`."""
        check_planes(planes, self.network.config.num_planes, *planes.shape[2:4])
        filled = filled_up(planes, graph_rows(len(planes)))
        if filled.shape not in self.runs:
            self.runs[filled.shape] = self._recorded(filled) if self.is_gpu else self._answers
        output = self.runs[filled.shape](torch.from_numpy(filled))
        parts = (part[: len(planes)].float().contiguous().cpu().numpy() for part in output)
        evaluation = Evaluation(*parts)
        check_finite(evaluation)
        return evaluation

    def _answers(self, planes: Tensor) -> tuple[Tensor, ...]:
        """Policy `[B, A]`, value `[B]`, score `[B]`, and ownership `[B, H, W]` where wanted.

        Args:
            planes: `[B, C, H, W]`, on the device.
        """
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.is_gpu):
            channels_last = planes.contiguous(memory_format=torch.channels_last)
            found = self.network.answers(channels_last, self.ownership)
        policy = torch.cat([found.points[:, 0], found.passes[:, :1]], 1)
        ownership = () if found.ownership is None else (found.ownership[:, 0],)
        return policy, found.value, found.score[:, 0], *ownership

    def _recorded(self, example: NDArray[np.float32]) -> Run:
        """A CUDA graph for planes `[B, C, H, W]` of one shape; it reads and writes fixed memory."""
        planes = torch.from_numpy(example).to(self.device)
        stream = torch.cuda.Stream(self.device)
        stream.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(stream):
            for _ in range(3):  # warm up, so that the graph records no first-time work
                self._answers(planes)
        torch.cuda.current_stream(self.device).wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            output = self._answers(planes)

        def replay(given: Tensor) -> tuple[Tensor, ...]:
            planes.copy_(given)
            graph.replay()
            return output

        return replay


def filled_up(planes: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    """Planes `[B, C, H, W]` with empty boards appended, `[rows, C, H, W]`."""
    if rows == len(planes):
        return planes
    filled = np.zeros((rows, *planes.shape[1:]), np.float32)
    filled[: len(planes)] = planes
    filled[len(planes) :, 0] = 1
    return filled


def device_of(name: str) -> torch.device:
    """The device of that name.

    Raises:
        UserError: torch does not see it.
    """
    device = named_device(name)
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # the latter from builds without CUDA
        raise no_device(name, error) from error
    return device


def named_device(name: str) -> torch.device:
    """The device of that name, which may be another machine's.

    Raises:
        UserError: no device has such a name.
    """
    try:
        return torch.device(name)
    except RuntimeError as error:
        raise no_device(name, error) from error


def no_device(name: str, error: Exception) -> UserError:
    """What is said of a device that can't be used."""
    reason = str(error).splitlines()[0]
    return UserError(f"device {name!r}: wanted cpu, or a GPU that torch sees ({reason})")
