"""How the net is trained: a frozen value."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from insei.system.setting import Setting, check_settings


@dataclass(frozen=True)
class LearnerConfig:
    """Optimiser, schedule and loss weights.

    Raises:
        ValueError: a field is out of its bounds.
    """

    batch_size: Annotated[
        int, Setting("rows of an optimiser step", 1, 65_536, unit="rows", paper="KataGo: 256")
    ] = 256
    optimizer: Annotated[
        Literal["adamw", "muon"],
        Setting("adamw: for all weights; muon: for the tower's convolutions, AdamW for the rest"),
    ] = "adamw"
    learning_rate: Annotated[float, Setting("AdamW's learning rate before it drops", 1e-8, 1)] = (
        1e-3
    )
    muon_rate: Annotated[float, Setting("Muon's learning rate before it drops", 1e-8, 1)] = 0.01
    warmup_steps: Annotated[
        int,
        Setting("steps over which the rate grows linearly at the start", 0, 10**6, unit="steps"),
    ] = 200
    first_drop_at: Annotated[
        float, Setting("share of the run after which the rate is a third", 0, 1)
    ] = 0.6
    second_drop_at: Annotated[
        float, Setting("share of the run after which the rate is a tenth", 0, 1)
    ] = 0.85
    ema_half_life: Annotated[
        float,
        Setting(
            "half-life of the running mean of the weights, which plays; 0: no mean",
            0,
            10**6,
            unit="steps",
        ),
    ] = 150.0
    reply_weight: Annotated[
        float, Setting("loss weight of the opponent's reply", 0, 100, paper="KataGo: 0.15")
    ] = 0.15
    trace: Annotated[
        float, Setting("λ of TD(λ) for the outcome's target; 1: the game's end alone", 0, 1)
    ] = 1.0
    score_weight: Annotated[
        float, Setting("loss weight of the score: Huber, in sides of the board", 0, 100)
    ] = 0.1
    ownership_weight: Annotated[
        float,
        Setting(
            "loss weight of the ownership, a mean over the points", 0, 100, paper="KataGo: 1.5"
        ),
    ] = 1.0
    precision: Annotated[
        Literal["bf16", "fp32"], Setting("precision of products, where the processor has it")
    ] = "bf16"
    compiled: Annotated[
        bool,
        Setting(
            "compile the net with torch.compile before the first step, for faster steps; only "
            "on a CPU, and only where there is a C++ compiler"
        ),
    ] = False
    threads: Annotated[
        int, Setting("threads of torch; more only where no worker competes for the cores", 1, 1024)
    ] = 1
    device: Annotated[str, Setting("device that learns: cpu or cuda")] = "cpu"

    # Constants, once keys.
    weight_decay: ClassVar[float] = 1e-4
    muon_decay: ClassVar[float] = (
        0.02  # per step and rate; without it the features grow beyond measure
    )
    clip_norm: ClassVar[float] = 5.0  # of the gradient
    outcome_weight: ClassVar[float] = 1.25  # of the outcome's loss; KataGo: 1.5

    def __post_init__(self) -> None:
        check_settings(self)
