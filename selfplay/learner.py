"""The learner: batches in, a better net out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.network import Network, NetworkOutput, weights_of
from insei.agents.net.torch_evaluator import device_of
from insei.selfplay.data.batch import Batch
from insei.selfplay.data.columns import LOSS, WIN
from insei.selfplay.learner_config import LearnerConfig
from insei.system.errors import UserError

LEARNING = "learning."  # prefixes of the state's tensors
PLAYING = "playing."
FIRST_MOMENT = "exp_avg."
SECOND_MOMENT = "exp_avg_sq."


class Diverged(ArithmeticError):
    """The loss is NaN or infinite; the run's last checkpoint is unharmed."""


@dataclass(frozen=True)
class Losses:
    """One step's losses, means over its rows."""

    total: float
    policy: float
    reply: float
    outcome: float
    score: float
    ownership: float
    gradient_norm: float


def has_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bf16 in hardware; emulation is ten times slower than fp32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def row_losses(
    forward: Callable[[Tensor, bool], NetworkOutput],
    batch: Batch,
    device: torch.device,
    autocasts: bool,
) -> tuple[dict[str, Tensor], NetworkOutput]:
    """Each head's loss for every row, `[B]`, and the net's output."""

    def tensor(array: NDArray) -> Tensor:
        return torch.from_numpy(array).to(device)

    planes = tensor(batch["planes"]).to(memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=autocasts):
        output = forward(planes, bool(batch["planes"][:, 0].all()))
    mask = planes[:, 0]
    area = mask.sum((1, 2))
    target = tensor(batch["policy"])
    policy = -(target * functional.log_softmax(output.policy, 1)).sum(1)
    reply = -(tensor(batch["reply"]) * functional.log_softmax(output.reply, 1)).sum(1)
    outcome = functional.cross_entropy(output.outcome, tensor(batch["chances"]), reduction="none")
    side = area.sqrt()
    score = functional.huber_loss(
        output.score / side, tensor(batch["score"]) / side, reduction="none", delta=1.0
    )
    chance = (tensor(batch["ownership"]) + 1) / 2
    # tanh(x) is 2·sigmoid(2x) - 1: the ownership logit as a chance is at 2x.
    owned = functional.binary_cross_entropy_with_logits(
        2 * output.ownership, chance, reduction="none"
    )
    ownership = (owned * mask).sum((1, 2)) / area
    losses = {
        "policy": policy,
        "reply": reply * tensor(batch["reply_weight"]),
        "outcome": outcome * tensor(batch["outcome_weight"]),
        "score": score * tensor(batch["score_weight"]),
        "ownership": ownership * tensor(batch["ownership_weight"]),
    }
    return losses, output


def mean_losses(
    losses: dict[str, Tensor], row_weight: NDArray[np.float32], config: LearnerConfig
) -> dict[str, Tensor]:
    """Each head's loss as a mean over the rows, and their weighted `total`."""
    weight = torch.from_numpy(row_weight).to(losses["policy"].device)
    weight = weight / weight.mean()
    means = {name: (loss * weight).mean() for name, loss in losses.items()}
    means["total"] = (
        means["policy"]
        + config.reply_weight * means["reply"]
        + config.outcome_weight * means["outcome"]
        + config.score_weight * means["score"]
        + config.ownership_weight * means["ownership"]
    )
    return means


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
        decayed = [weight for weight in self.network.parameters() if weight.dim() > 1]
        others = [weight for weight in self.network.parameters() if weight.dim() <= 1]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": config.weight_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=config.learning_rate,
        )
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

    def learning_rate(self, progress: float) -> float:
        """The rate at this step; `progress` is the share of the run that is done, 0 to 1."""
        rate = self.config.learning_rate
        if progress >= self.config.second_drop_at:
            rate /= 10
        elif progress >= self.config.first_drop_at:
            rate /= 3
        rate *= self.rate_scale
        return rate * min(1.0, (self.num_steps + 1) / max(1, self.config.warmup_steps))

    def step(self, batch: Batch, progress: float) -> Losses:
        """Learn from one batch.

        Raises:
            Diverged: the loss or the gradient is NaN or infinite; the weights stay as they were.
        """
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(progress)
        losses, _ = row_losses(self.network, batch, self.device, self.autocasts)
        means = mean_losses(losses, batch["weight"], self.config)
        self.optimizer.zero_grad(set_to_none=True)
        means["total"].backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip_norm)
        numbers = {name: float(loss.detach()) for name, loss in means.items()}
        if not np.isfinite([*numbers.values(), float(norm)]).all():
            raise Diverged(f"step {self.num_steps}: losses {numbers}, gradient {float(norm)}")
        self.optimizer.step()
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
        for name, parameter in self.network.named_parameters():
            moments = self.optimizer.state.get(parameter)
            if moments:
                for prefix in (FIRST_MOMENT, SECOND_MOMENT):
                    moment = moments[prefix[:-1]].float().cpu().numpy()
                    arrays[prefix + name] = np.array(moment, order="C")
        return arrays

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
        self.optimizer.state.clear()
        first, second = part(FIRST_MOMENT), part(SECOND_MOMENT)
        for name, parameter in self.network.named_parameters():
            if name in first:
                self.optimizer.state[parameter] = {
                    "step": torch.tensor(float(num_steps)),
                    "exp_avg": first[name].clone(memory_format=torch.preserve_format),
                    "exp_avg_sq": second[name].clone(memory_format=torch.preserve_format),
                }
        self.num_steps = num_steps
