"""What a search asks of a net: planes in, policy, value, score and ownership out."""

import math
from typing import Literal, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import BrokenNetwork
from insei.engine.planes.net_planes import NUM_PLANES

Precision = Literal["int8", "bf16", "fp32"]  # what a net computes in


class Evaluation(NamedTuple):
    """What a net says of B positions in a frame of H × W points, as the mover sees it."""

    policy: NDArray[np.float32]  # [B, A] logits; off the board -10,000
    value: NDArray[np.float32]  # [B] chance of a win less that of a loss, -1 to 1
    score: NDArray[np.float32]  # [B] points
    ownership: NDArray[np.float32] | None = None  # [B, H, W] -1 to 1, 0 off the board; None where
    # the evaluator was told not to find it


class Evaluator(Protocol):
    """A net ready to answer."""

    def __call__(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate planes float32 `[B, C, H, W]`, B at least 1; the answer is the caller's own.

        Raises:
            ValueError: planes of another shape or type.
            BrokenNetwork: the net answered NaN or infinity.
        """


def graph_rows(rows: int) -> int:
    """Return the size of the graph for a batch: the next of 1, 2, 4, 8, 12, 16, 24, 32, 48, ..."""
    size = 1
    while size < rows:
        if size >= 8 and rows <= size + size // 2:
            return size + size // 2
        size *= 2
    return size


def check_precision(precision: Precision) -> Precision:
    """Return it, or raise ValueError where it is none."""
    if precision not in get_args(Precision):
        raise ValueError(f"precision {precision!r}: wanted one of {', '.join(get_args(Precision))}")
    return precision


def check_planes(planes: NDArray[np.float32], height: int, width: int) -> None:
    """Raise ValueError unless `planes` are a batch for a frame of this size."""
    if planes.ndim != 4 or planes.shape[1:] != (NUM_PLANES, height, width) or not len(planes):
        raise ValueError(
            f"planes of shape {planes.shape}: wanted [B, {NUM_PLANES}, {height}, {width}], B >= 1"
        )
    if planes.dtype != np.float32:
        raise ValueError(f"planes of {planes.dtype}: wanted float32")


def check_shapes(
    rows: int,
    height: int,
    width: int,
    policy: NDArray[np.float32],
    value: NDArray[np.float32],
    score: NDArray[np.float32],
    ownership: NDArray[np.float32] | None,
) -> None:
    """Raise ValueError unless these are answers to so many boards in a frame of this size."""
    actions = height * width + 1
    given = [tuple(np.shape(one)) for one in (policy, value, score)]
    if given != [(rows, actions), (rows,), (rows,)]:
        raise ValueError(
            f"policy {list(given[0])}, value {list(given[1])}, score {list(given[2])}: "
            f"wanted B = {rows} and A = {actions}"
        )
    if ownership is not None and np.shape(ownership) != (rows, height, width):
        raise ValueError(
            f"ownership {list(np.shape(ownership))}: wanted [{rows}, {height}, {width}]"
        )


def check_finite(evaluation: Evaluation) -> None:
    """Check a net's answers.

    Raises:
        BrokenNetwork: one of them is NaN or infinity.
    """
    for name, numbers in zip(Evaluation._fields, evaluation, strict=True):
        if numbers is not None and not math.isfinite(np.add.reduce(numbers, axis=None)):
            raise BrokenNetwork(f"the net's {name} holds NaN or infinity: wanted finite numbers")
