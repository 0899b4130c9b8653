"""What a step is to make small: each head's loss of a batch."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from insei.agents.net.network import NetworkOutput
from insei.selfplay.data.batch import Batch
from insei.selfplay.learner.learner_config import LearnerConfig


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
    losses: dict[str, Tensor], batch: Batch, config: LearnerConfig
) -> dict[str, Tensor]:
    """Each head's loss as a mean over the batch's rows, and their weighted `total`.

    Of a share of a batch, its terms of these means: summed over all shares, they are the means.
    """
    device = losses["policy"].device
    whole = torch.from_numpy(batch.whole_weight).to(device)
    weight = torch.from_numpy(batch["weight"]).to(device)
    weight = weight / whole.mean().clamp(min=1e-6)  # a batch of edited rows may weigh nothing
    share = len(weight) / len(whole)
    means = {name: (loss * weight).mean() * share for name, loss in losses.items()}
    means["total"] = (
        means["policy"]
        + config.reply_weight * means["reply"]
        + config.outcome_weight * means["outcome"]
        + config.score_weight * means["score"]
        + config.ownership_weight * means["ownership"]
    )
    return means
