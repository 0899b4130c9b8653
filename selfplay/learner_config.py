"""How the net is trained: a frozen value."""

from dataclasses import dataclass
from typing import Literal

from insei.system.bounds import check_bounds
from insei.system.errors import UserError


@dataclass(frozen=True)
class LearnerConfig:
    """Optimiser, schedule and loss weights.

    Raises:
        UserError: a field is outside what is said beside it.
    """

    batch_size: int = 256  # rows a step; KataGo: 256
    learning_rate: float = 1e-3  # AdamW's; drops below
    warmup_steps: int = 200  # the rate grows linearly for so many steps
    first_drop_at: float = 0.6  # share of the run's generations after which the rate is a third
    second_drop_at: float = 0.85  # ... and after which it is a tenth
    weight_decay: float = 1e-4
    clip_norm: float = 5.0  # of the gradient
    ema_half_life: float = 150.0  # steps; the mean of the weights is what plays
    reply_weight: float = 0.15  # KataGo: .15
    trace: float = 1.0  # λ of TD(λ): from what the outcome is learned; 1: the game's end alone
    outcome_weight: float = 1.25  # KataGo: 1.5
    score_weight: float = 0.1  # Huber loss over the board's side
    ownership_weight: float = 1.0  # mean over the points; KataGo: 1.5
    precision: Literal["bf16", "fp32"] = "bf16"  # of products, where the processor has it
    threads: int = 1  # of torch; more only where no worker competes for the cores
    device: str = "cpu"  # or cuda

    def __post_init__(self) -> None:
        check_bounds(
            self,
            ("batch_size", 1, 65_536),
            ("learning_rate", 1e-8, 1),
            ("warmup_steps", 0, 10**6),
            ("first_drop_at", 0, 1),
            ("second_drop_at", 0, 1),
            ("weight_decay", 0, 1),
            ("clip_norm", 1e-6, 1e6),
            ("ema_half_life", 0, 1e6),
            ("reply_weight", 0, 100),
            ("trace", 0, 1),
            ("outcome_weight", 0, 100),
            ("score_weight", 0, 100),
            ("ownership_weight", 0, 100),
            ("threads", 1, 1024),
            of="learner ",
        )
        if self.precision not in ("bf16", "fp32"):
            raise UserError(f"learner precision {self.precision!r}: wanted bf16 or fp32")
