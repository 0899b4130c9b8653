"""Kernels in 8 bits: weights are rounded so that the convolution's output changes least.

Source: Frantar et al. 2022, "GPTQ", after optimal brain surgeon (Hassibi and Stork 1992).
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

MAX_LEVEL = 127.0  # of a signed 8-bit number; the range is symmetric about 0
BOARDS_AT_A_TIME = 8  # a board's windows take nine times the memory of its features
DAMPING = 0.03  # of the mean second moment; Frantar et al.: .01


class QuantisedKernel(NamedTuple):
    """A convolution in 8 bits: its kernel is near `levels * scales`."""

    levels: NDArray[np.int8]  # [outputs, inputs, 3, 3], -127 to 127
    scales: NDArray[np.float32]  # [outputs, 1, 1, 1]
    largest_input: float  # its inputs, never below 0, are quantised up to this


def scales_of(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """The step between two levels of each output's weights, `[outputs, 1, 1, 1]`."""
    scales = np.abs(kernel).max((1, 2, 3), keepdims=True) / np.float32(MAX_LEVEL)
    return np.maximum(scales, np.float32(1e-12))


def second_moments(features: NDArray[np.float32], height: int, width: int) -> NDArray[np.float64]:
    """Sums of the products of every two inputs that a kernel of this size sees together.

    Args:
        features: `[B, C, H, W]`.

    Returns:
        `[N, N]` with N = C·height·width.
    """
    inputs = features.shape[1] * height * width
    moments = np.zeros((inputs, inputs))
    margins = ((0, 0), (0, 0), (height // 2,) * 2, (width // 2,) * 2)
    for first in range(0, len(features), BOARDS_AT_A_TIME):
        padded = np.pad(features[first : first + BOARDS_AT_A_TIME], margins)
        windows = sliding_window_view(padded, (height, width), (2, 3))
        rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, inputs)
        moments += rows.T @ rows
    return moments


def quantised(kernel: NDArray[np.float32], features: NDArray[np.float32]) -> QuantisedKernel:
    """Quantise a kernel, one input after another.

    The weights that are still to be rounded make up, as far as they can, for the error that
    rounding a weight adds to the output over these features.

    Args:
        kernel: `[outputs, inputs, 3, 3]`.
        features: `[B, inputs, H, W]`, inputs of the convolution on some dozens of boards.
    """
    moments = second_moments(features, kernel.shape[2], kernel.shape[3])
    moments += np.eye(len(moments)) * (DAMPING * np.diag(moments).mean() + 1e-12)
    spread = np.linalg.cholesky(np.linalg.inv(moments)).T
    scales = scales_of(kernel)
    weights = (kernel / scales).reshape(len(kernel), -1).astype(np.float64)
    levels = np.empty(weights.shape, np.int8)
    for column in range(weights.shape[1]):
        exact = weights[:, column]
        levels[:, column] = np.clip(np.rint(exact), -MAX_LEVEL, MAX_LEVEL)
        error = (exact - levels[:, column]) / spread[column, column]
        weights[:, column:] -= np.outer(error, spread[column, column:])
    return QuantisedKernel(levels.reshape(kernel.shape), scales, float(features.max()))
