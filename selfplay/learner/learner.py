"""The learner: batches in, a better net out."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.network import Network, NetworkOutput, weights_of
from insei.agents.net.torch_evaluator import device_of
from insei.selfplay.data.batch import Batch
from insei.selfplay.data.columns import LOSS, WIN
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.learner.losses import Losses, mean_losses, row_losses
from insei.selfplay.learner.optimizers import Optimizers
from insei.selfplay.learner.peers import Alone, Peers
from insei.system.errors import UserError

LEARNING = "learning."  # prefixes of the state's tensors
PLAYING = "playing."


class Diverged(ArithmeticError):
    """The loss is NaN or infinite; the run's last checkpoint is unharmed."""


def has_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bf16 in hardware; emulation is ten times slower than fp32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def compiled(network: Network, device: torch.device) -> Callable[[Tensor, bool], NetworkOutput]:
    """The net as torch compiles it when it is first called; as it is where torch can't."""
    if device.type != "cpu" or shutil.which(os.environ.get("CXX", "g++")) is None:
        return network
    # Without processes of its own, which would outlive a learner that is killed.
    return torch.compile(network, options={"compile_threads": 1})


@dataclass(frozen=True)
class BatchEvaluation:
    """The playing net on a batch that it does not learn from."""

    losses: dict[str, NDArray[np.float32]]  # by head, [B]
    value: NDArray[np.float32]  # [B] chance of a win minus that of a loss
    policy: NDArray[np.float32]  # [B, A] logits


class Learner:
    """A network, its optimiser, and the mean of its weights, which plays.

    Args:
        seed: of the first weights.
    """

    def __init__(self, architecture: NetworkConfig, config: LearnerConfig, seed: int) -> None:
        torch.set_num_threads(config.threads)
        torch.manual_seed(seed)
        self.config = config
        self.device = device_of(config.device)
        self.autocasts = config.precision == "bf16" and has_bf16(self.device)
        self.network = Network(architecture).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.forward: Callable[[Tensor, bool], NetworkOutput] = self.network
        if config.compiled:
            self.forward = compiled(self.network, self.device)
        self.optimizers = Optimizers(self.network, config)
        self.peers: Peers = Alone()
        self.num_steps = 0
        self.rate_scale = 1.0  # of the schedule's rate; less after a roll-back
        self.mean = {
            name: weight.detach().clone() for name, weight in self.network.state_dict().items()
        }

    def begin_with(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Start from these weights instead of random ones."""
        for name, array in weights.items():
            tensor = torch.from_numpy(array).to(self.device)
            self.network.state_dict()[name].copy_(tensor)
            self.mean[name].copy_(tensor)

    def rate_factor(self, progress: float) -> float:
        """What the rates are multiplied by at this step.

        Args:
            progress: the share of the run that is done, 0 to 1.
        """
        factor = self.rate_scale
        if progress >= self.config.second_drop_at:
            factor /= 10
        elif progress >= self.config.first_drop_at:
            factor /= 3
        return factor * min(1.0, (self.num_steps + 1) / max(1, self.config.warmup_steps))

    def learning_rate(self, progress: float) -> float:
        """AdamW's rate at this step, `progress` as in `rate_factor`."""
        return self.config.learning_rate * self.rate_factor(progress)

    def step(self, batch: Batch, progress: float) -> Losses:
        """Learn from one batch.

        Args:
            batch: this learner's share of it, if it has peers.

        Raises:
            PeerLost: a peer is gone or silent; the weights stay as they were.
            Diverged: the loss or the gradient is NaN or infinite; the weights stay as they were.
        """
        self.network.train()
        losses, _ = row_losses(self.forward, batch, self.device, self.autocasts)
        means = mean_losses(losses, batch, self.config)
        self.network.zero_grad(set_to_none=True)
        means["total"].backward()
        gradients = [weight.grad for weight in self.network.parameters() if weight.grad is not None]
        self.peers.sum([*gradients, *(loss.detach() for loss in means.values())])
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip_norm)
        numbers = {name: float(loss.detach()) for name, loss in means.items()}
        if not np.isfinite([*numbers.values(), float(norm)]).all():
            raise Diverged(f"step {self.num_steps}: losses {numbers}, gradient {float(norm)}")
        self.optimizers.step(self.rate_factor(progress))
        self.num_steps += 1
        self._follow()
        return Losses(**numbers, gradient_norm=float(norm))

    @torch.no_grad()
    def evaluate(self, batch: Batch) -> BatchEvaluation:
        """Losses of the mean of the weights, which plays; nothing is learned.

        The outcome's target is always the game's end, even if a lower trace is learned from.
        """
        self.network.eval()

        def forward(planes: Tensor, fills_frame: bool) -> NetworkOutput:
            return torch.func.functional_call(self.network, self.mean, (planes, fills_frame))

        losses, output = row_losses(forward, batch.by_ends(), self.device, self.autocasts)
        chances = output.outcome.float().softmax(1)
        value = (chances[:, WIN] - chances[:, LOSS]).cpu().numpy()
        return BatchEvaluation(
            {name: loss.float().cpu().numpy() for name, loss in losses.items()},
            value,
            output.policy.float().cpu().numpy(),
        )

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the mean of the weights towards them; faster in the first steps."""
        half_life = min(self.config.ema_half_life, self.num_steps / 4)
        share = 1.0 if half_life <= 0 else 1 - 0.5 ** (1 / half_life)
        for name, weight in self.network.state_dict().items():
            self.mean[name].lerp_(weight, share)

    def playing_weights(self) -> dict[str, NDArray[np.float32]]:
        """The mean of the weights, by name, as a copy."""
        return {
            name: np.array(mean.float().cpu().numpy(), order="C")
            for name, mean in self.mean.items()
        }

    def state(self) -> dict[str, NDArray[np.float32]]:
        """What `restore` needs besides `num_steps`, as named arrays."""
        arrays = {LEARNING + name: array for name, array in weights_of(self.network).items()}
        arrays |= {PLAYING + name: array for name, array in self.playing_weights().items()}
        return arrays | self.optimizers.state()

    def restore(self, state: dict[str, NDArray[Any]], num_steps: int) -> None:
        """Go on from `state` after `num_steps`.

        Raises:
            UserError: the state is that of another net.
        """

        def part(prefix: str) -> dict[str, Tensor]:
            return {
                name.removeprefix(prefix): torch.from_numpy(np.array(array)).to(self.device)
                for name, array in state.items()
                if name.startswith(prefix)
            }

        try:
            self.network.load_state_dict(part(LEARNING))
        except RuntimeError as error:
            raise UserError(
                "the learner's state is that of another net: wanted the blocks and channels that "
                "the run began with"
            ) from error
        for name, tensor in part(PLAYING).items():
            self.mean[name].copy_(tensor)
        self.optimizers.restore(state, num_steps)
        self.num_steps = num_steps
