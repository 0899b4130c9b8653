"""What the learner is given at each step: rows of many games as tensors, a value."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from insei.selfplay.data.columns import DRAW, IN_BATCH, LOSS, WIN, Rows, shape_of


@dataclass(frozen=True)
class Batch:
    """B rows in a frame of H × W points.

    `columns` are those of `columns.py` that have a shape `in_batch`, each float32 `[B, ...]`.
    """

    columns: Rows
    weights_of_all: NDArray[np.float32] | None = None  # of the batch that this is a share of

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns["weight"])

    @property
    def whole_weight(self) -> NDArray[np.float32]:
        """The weights of all rows of the batch, also where this is a share of it."""
        return self["weight"] if self.weights_of_all is None else self.weights_of_all

    def check(self) -> None:
        """Raise ValueError if a column is missing, or has another shape or type than the table."""
        planes = self.columns["planes"]
        if planes.ndim != 4:
            raise ValueError(f"planes of shape {planes.shape}: wanted [B, C, H, W]")
        names = {column.name for column in IN_BATCH}
        if self.columns.keys() != names:
            raise ValueError(
                f"batch of {', '.join(sorted(self.columns))}: wanted {', '.join(sorted(names))}"
            )
        for column in IN_BATCH:
            array = self.columns[column.name]
            shape = (len(planes), *shape_of(column.in_batch or "", *planes.shape[2:]))
            if array.shape != shape or array.dtype != np.float32:
                raise ValueError(
                    f"batch {column.name}: came {array.dtype} {array.shape}, wanted float32 {shape}"
                )

    def by_ends(self) -> "Batch":
        """The same rows, with the outcome to be learned from their games' ends alone."""
        ends = {"chances": one_hot(self.columns["outcome"])}
        return replace(self, columns=self.columns | ends)


def one_hot(outcome: NDArray) -> NDArray[np.float32]:
    """Outcomes `[B]` of 1, 0 and -1 as chances `[B, O]`."""
    chances = np.zeros((len(outcome), 3), np.float32)
    for place, value in ((WIN, 1), (DRAW, 0), (LOSS, -1)):
        chances[:, place] = outcome == value
    return chances
