"""What turns gradients into steps: AdamW, and Muon for the tower where a run asks for it.

Muon makes a step of a layer's momentum in which all directions count the same: its singular values
become about 1. The first layer, the heads, biases and pooled terms stay with AdamW, as its authors
advise.

Source: Jordan et al. 2024 (Muon). AdamW, Loshchilov and Hutter 2019.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from insei.agents.net.network import Network
from insei.selfplay.learner.learner_config import LearnerConfig

FIRST_MOMENT = "exp_avg."  # prefixes of the state's arrays
SECOND_MOMENT = "exp_avg_sq."
MOMENTUM = "momentum."


def as_matrix(weight: Tensor) -> Tensor:
    """A convolution's weight or gradient as outputs × inputs; a view where channels come last."""
    return weight.permute(0, 2, 3, 1).reshape(len(weight), -1)


class Optimizers:
    """The optimisers of a network's weights.

    Args:
        network: on its device, channels last.
        config: which optimisers, and their rates.
    """

    def __init__(self, network: Network, config: LearnerConfig) -> None:
        self.network = network
        named = dict(network.named_parameters())
        in_tower = {
            name: weight
            for name, weight in named.items()
            if config.optimizer == "muon" and name.startswith("blocks.") and weight.dim() == 4
        }
        self.rest = {name: weight for name, weight in named.items() if name not in in_tower}
        decayed = [weight for weight in self.rest.values() if weight.dim() > 1]
        others = [weight for weight in self.rest.values() if weight.dim() <= 1]
        self.adam = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": config.weight_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=config.learning_rate,
        )
        self.tower = in_tower
        # Muon takes matrices: these share their memory with the tower's weights.
        self.matrices = {
            name: nn.Parameter(as_matrix(weight.detach())) for name, weight in in_tower.items()
        }
        self.muon = (
            torch.optim.Muon(
                self.matrices.values(),
                lr=config.muon_rate,
                weight_decay=config.muon_decay,
            )
            if self.matrices
            else None
        )
        self.rates = {id(optimizer): optimizer.defaults["lr"] for optimizer in self._all()}

    def _all(self) -> list[torch.optim.Optimizer]:
        return [self.adam, *([self.muon] if self.muon else [])]

    def step(self, rate_factor: float) -> None:
        """Change the weights by their gradients, at the configured rates times this."""
        for name, matrix in self.matrices.items():
            gradient = self.tower[name].grad
            matrix.grad = None if gradient is None else as_matrix(gradient)
        for optimizer in self._all():
            for group in optimizer.param_groups:
                group["lr"] = self.rates[id(optimizer)] * rate_factor
            optimizer.step()

    def state(self) -> dict[str, NDArray[np.float32]]:
        """What `restore` needs, as named arrays; empty before the first step."""
        arrays = {}
        for name, weight in self.rest.items():
            moments = self.adam.state.get(weight)
            if moments:
                for prefix in (FIRST_MOMENT, SECOND_MOMENT):
                    arrays[prefix + name] = array_of(moments[prefix[:-1]])
        for name, matrix in self.matrices.items():
            if self.muon and matrix in self.muon.state:
                arrays[MOMENTUM + name] = array_of(self.muon.state[matrix]["momentum_buffer"])
        return arrays

    def restore(self, state: dict[str, NDArray[Any]], num_steps: int) -> None:
        """Go on from `state` after `num_steps`."""
        for optimizer in self._all():
            optimizer.state.clear()

        def like(weight: Tensor, array: NDArray[Any]) -> Tensor:
            return torch.empty_like(weight).copy_(torch.from_numpy(np.array(array)))

        for name, weight in self.rest.items():
            if FIRST_MOMENT + name in state:
                self.adam.state[weight] = {
                    "step": torch.tensor(float(num_steps)),
                    "exp_avg": like(weight, state[FIRST_MOMENT + name]),
                    "exp_avg_sq": like(weight, state[SECOND_MOMENT + name]),
                }
        for name, matrix in self.matrices.items():
            if self.muon and MOMENTUM + name in state:
                self.muon.state[matrix] = {"momentum_buffer": like(matrix, state[MOMENTUM + name])}


def array_of(tensor: Tensor) -> NDArray[np.float32]:
    """A copy of a tensor as an array, rows first."""
    return np.array(tensor.detach().float().cpu().numpy(), order="C")
