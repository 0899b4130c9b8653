"""What learning from records is made of: frozen values, saved with every run."""

from dataclasses import dataclass, field
from typing import Annotated

from insei.agents.net.architecture import NetworkConfig
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.system.errors import UserError
from insei.system.setting import Setting, check_name, check_settings


@dataclass(frozen=True)
class LearnConfig:
    """A run that learns from records. A file in configs/ states only what differs."""

    name: Annotated[str, Setting("the run's folder is runs/NAME")] = "records"
    dataset: Annotated[str, Setting("the folder that `insei import` filled")] = ""
    seed: Annotated[int, Setting("random seed of weights and samples", 0, 2**63 - 1)] = 1
    start_from: Annotated[
        str | None,
        Setting("a player's name or folder whose net is trained on; null: random weights"),
    ] = None
    steps: Annotated[
        int | None,
        Setting("steps after which the run ends; null: hours alone end it", 1, 10**9, unit="steps"),
    ] = 50_000
    hours: Annotated[
        float | None,
        Setting(
            "hours after which the run and its schedule end; null: no limit", above=0, high=10**6
        ),
    ] = None
    checkpoint_every: Annotated[
        int, Setting("steps between checkpoints, each validated", 1, 10**9, unit="steps")
    ] = 1000
    keep_checkpoints: Annotated[int, Setting("newest checkpoints kept on disk", 1, 10**6)] = 3
    held_out: Annotated[
        float, Setting("share of the games never learned from, to validate on", 0, below=1)
    ] = 0.02
    validated_rows: Annotated[
        int, Setting("positions of games held out that a checkpoint is validated on", 1, 10**6)
    ] = 4096
    network: NetworkConfig = field(default_factory=NetworkConfig)
    learner: LearnerConfig = field(default_factory=LearnerConfig)

    def __post_init__(self) -> None:
        check_name(self.name)
        check_settings(self)
        if self.steps is None and self.hours is None:
            raise UserError("steps null, hours null: wanted one of them, to end the run")

    def share_done(self, steps: int, seconds: float) -> float:
        """How much of the run is behind after so many steps and seconds, 0 to 1."""
        by_time = seconds / (3600 * self.hours) if self.hours else 0.0
        by_number = steps / self.steps if self.steps else 0.0
        return min(1.0, max(by_number, by_time))
