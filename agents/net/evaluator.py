"""Evaluators: planes in; policy, value, score and ownership out."""

import math
from typing import Literal, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import BrokenNetwork
from insei.system.errors import UserError

Precision = Literal["int8", "bf16", "fp32"]  # what a net computes in


class Evaluation(NamedTuple):
    """A net's answers for B positions in a frame of H × W points, as the player to move sees it."""

    policy: NDArray[np.float32]  # [B, A] logits; off the board -10,000
    value: NDArray[np.float32]  # [B] chance of a win less that of a loss, -1 to 1
    score: NDArray[np.float32]  # [B] points
    # [B, H, W] -1 to 1, 0 off the board; None from an evaluator without ownership
    ownership: NDArray[np.float32] | None = None


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
    """Return `precision`.

    Raises:
        ValueError: it is unknown.
    """
    if precision not in get_args(Precision):
        raise UserError(f"precision {precision!r}: wanted one of {', '.join(get_args(Precision))}")
    return precision


def check_planes(planes: NDArray[np.float32], num_planes: int, height: int, width: int) -> None:
    """Check the planes of a batch, `[B, C, H, W]`, for a frame of this size.

    Raises:
        ValueError: they have another shape or type.
    """
    if planes.ndim != 4 or planes.shape[1:] != (num_planes, height, width) or not len(planes):
        raise ValueError(
            f"planes of shape {planes.shape}: wanted [B, {num_planes}, {height}, {width}], B >= 1"
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
    """Check the shapes of answers to `rows` boards in a frame of this size.

    Raises:
        ValueError: one of them has another shape.
    """
    actions = height * width + 1
    given = [tuple(np.shape(array)) for array in (policy, value, score)]
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
