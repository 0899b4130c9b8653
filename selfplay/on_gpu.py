"""The net of a worker that evaluates on a GPU, through torch."""

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.network import Weights, network_from
from insei.agents.net.torch_evaluator import TorchEvaluator


class NetsOnGpu:
    """Makes one evaluator from weights; new weights replace the old ones inside it.

    So the CUDA graphs recorded for each batch size stay valid. Workers on Ray receive this object
    before it has made an evaluator.

    Args:
        architecture: of all the nets.
        device: as `TorchEvaluator` has it.
    """

    def __init__(self, architecture: NetworkConfig, device: str = "cuda") -> None:
        self.architecture = architecture
        self.device = device
        self.evaluator: TorchEvaluator | None = None

    def __call__(self, weights: Weights, seen: NDArray[np.float32] | None) -> TorchEvaluator:
        """The evaluator, with these weights; it must not be evaluating.

        Raises:
            BrokenNetwork: the weights do not fit the architecture.
            ValueError: torch sees no such device.
        """
        network = network_from(weights, self.architecture)
        if self.evaluator is None:
            self.evaluator = TorchEvaluator(network, self.device, ownership=False)
        else:
            self.evaluator.network.load_state_dict(network.state_dict())
        return self.evaluator
