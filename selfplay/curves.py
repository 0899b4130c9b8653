"""The curves of a run on TensorBoard: is it healthy, and does it learn?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from torch.utils.tensorboard import SummaryWriter

from selfplay.dataset import Rows
from selfplay.learner import Losses
from selfplay.worker import PlayCounts

NUM_BINS = 10


@dataclass(frozen=True)
class Health:
    """What a generation's games say about the net that played them."""

    value_error: float  # expected calibration error of the prior value, in points of [-1, 1]
    searched_value_error: float
    policy_entropy: float  # mean entropy of the policy target, natural units
    black_share: float  # of the points
    mean_plies: float  # recorded plies a game


def calibration_error(values: np.ndarray, outcomes: np.ndarray) -> float:
    """Mean distance between predicted and found outcome over bins of the prediction.

    Expected calibration error (Guo et al. 2017), on [-1, 1] with ten bins.
    """
    bins = np.clip(((values + 1) / 2 * NUM_BINS).astype(int), 0, NUM_BINS - 1)
    total = 0.0
    for one in range(NUM_BINS):
        here = bins == one
        if here.any():
            total += here.mean() * abs(values[here].mean() - outcomes[here].mean())
    return float(total)


def health_of(rows: Rows) -> Health:
    """Reckon up the rows of a generation; wants at least one."""
    policy = rows["policy"].astype(np.float64)
    entropy = -(policy * np.log(np.maximum(policy, 1e-12))).sum(1)
    outcomes = rows["outcome"].astype(np.float64)
    _, firsts, counts = np.unique(rows["game"], return_index=True, return_counts=True)
    # Rows are as their mover sees them; even plies are Black's.
    by_black = np.where(rows["ply"][firsts] % 2 == 0, 1, -1) * outcomes[firsts]
    return Health(
        calibration_error(rows["prior_value"].astype(np.float64), outcomes),
        calibration_error(rows["searched_value"].astype(np.float64), outcomes),
        float(entropy.mean()),
        float((by_black.mean() + 1) / 2),
        float(counts.mean()),
    )


class Curves:
    """TensorBoard events of a run.

    Args:
        folder: where the events go.
        generation: the generation that comes first; later ones of a crashed program are hidden.
    """

    def __init__(self, folder: Path, generation: int) -> None:
        self.writer = SummaryWriter(str(folder), purge_step=generation)

    def add(
        self,
        generation: int,
        losses: Sequence[Losses],
        counts: PlayCounts,
        seconds: float,
        rows: Rows,
        numbers: dict[str, float],
    ) -> None:
        """Write a generation's numbers."""
        if losses:
            for field in fields(Losses):
                mean = float(np.mean([getattr(one, field.name) for one in losses]))
                self._add(f"loss/{field.name}", mean, generation)
        if len(rows["ply"]):
            for name, value in asdict(health_of(rows)).items():
                self._add(f"games/{name}", value, generation)
        self._add("games/cut", counts.cut_games, generation)
        self._add("speed/positions_per_second", counts.positions / seconds, generation)
        self._add("speed/evaluations_per_second", counts.evaluations / seconds, generation)
        for name, value in numbers.items():
            self._add(name, value, generation)
        self.writer.flush()

    def add_rating(self, rating: dict[str, Any]) -> None:
        """Write the shares of points that a net took."""
        for opponent, found in rating["opponents"].items():
            self._add(f"rating/{opponent}", found["share"], rating["generation"])
        self.writer.flush()

    def _add(self, name: str, value: float, generation: int) -> None:
        self.writer.add_scalar(name, value, generation)

    def close(self) -> None:
        """Flush and close."""
        self.writer.close()
