"""The net answering through torch: on GPUs, and as the reference for the compiled evaluator."""

import numpy as np
import torch
from numpy.typing import NDArray

from agents.evaluator import Evaluation, check_answer, check_planes
from agents.network import Network


class TorchEvaluator:
    """Runs a network on one device; in bf16 on a GPU, in fp32 elsewhere.

    Args:
        network: moved to the device and set to evaluation.
        device: "cpu", "cuda" or "cuda:N".
    """

    def __init__(self, network: Network, device: str = "cpu") -> None:
        self.device = torch.device(device)
        self.network = network.to(self.device).eval()
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.autocasts = self.device.type == "cuda"

    @torch.inference_mode()
    def __call__(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate planes `[B, C, H, W]`, any H and W; see `Evaluator`."""
        check_planes(planes, *planes.shape[2:4])
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.autocasts):
            output = self.network(torch.from_numpy(planes).to(self.device))
        chances = output.outcome.softmax(1)
        answer = Evaluation(
            output.policy.cpu().numpy(),
            (chances[:, 0] - chances[:, 2]).cpu().numpy(),
            output.score.cpu().numpy(),
            output.ownership.tanh().cpu().numpy(),
        )
        check_answer(answer)
        return answer
