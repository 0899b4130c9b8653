"""Weights rounded to 8 bits so that the convolution, not each weight, comes out near.

Source: Frantar et al. 2022, "GPTQ", after optimal brain surgeon (Hassibi and Stork 1992).
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

LARGEST = 127.0  # of a signed 8-bit number, the same on both sides of 0
BOARDS_AT_A_TIME = 8  # a board's windows take nine times the room of its features
DAMPING = 0.03  # of the mean second moment; Frantar et al.: .01


def scales_of(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """What one step of each output's weights is worth, `[O, 1, 1, 1]`."""
    scales = np.abs(kernel).max((1, 2, 3), keepdims=True) / np.float32(LARGEST)
    return np.maximum(scales, np.float32(1e-12))


def second_moments(features: NDArray[np.float32], height: int, width: int) -> NDArray[np.float64]:
    """The sums of products of each two inputs of a convolution with a kernel of this size."""
    inputs = features.shape[1] * height * width
    moments = np.zeros((inputs, inputs))
    margins = ((0, 0), (0, 0), (height // 2,) * 2, (width // 2,) * 2)
    for first in range(0, len(features), BOARDS_AT_A_TIME):
        some = np.pad(features[first : first + BOARDS_AT_A_TIME], margins)
        windows = sliding_window_view(some, (height, width), (2, 3))
        seen = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, inputs)
        moments += seen.T @ seen
    return moments


def rounded(kernel: NDArray[np.float32], features: NDArray[np.float32]) -> NDArray[np.int8]:
    """Round a 3×3 kernel `[O, I, 3, 3]`, in steps of its scales, one input after another.

    What rounding a weight does to the output, over the features that the convolution sees, is
    made good as far as may be by the weights that are still to be rounded.

    Args:
        features: `[B, I, H, W]`, some dozens of boards.
    """
    moments = second_moments(features, kernel.shape[2], kernel.shape[3])
    moments += np.eye(len(moments)) * (DAMPING * np.diag(moments).mean() + 1e-12)
    spread = np.linalg.cholesky(np.linalg.inv(moments)).T
    weights = (kernel / scales_of(kernel)).reshape(len(kernel), -1).astype(np.float64)
    whole = np.empty(weights.shape, np.int8)
    for at in range(weights.shape[1]):
        whole[:, at] = np.clip(np.rint(weights[:, at]), -LARGEST, LARGEST)
        missing = (weights[:, at] - whole[:, at]) / spread[at, at]
        weights[:, at:] -= np.outer(missing, spread[at, at:])
    return whole.reshape(kernel.shape)
