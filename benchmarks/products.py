"""Products of matrices on one core: the limit that nets are measured against."""

from collections.abc import Callable

import torch

SIDE = 1024  # of the squares whose product is the peak


def product(
    kind: torch.dtype, rows: int = SIDE, inner: int = SIDE, columns: int = SIDE
) -> Callable[[], int]:
    """A run that multiplies `[rows, inner]` by `[inner, columns]` for some milliseconds.

    Returns:
        the run, which returns its floating-point operations, two for a multiply-add.
    """
    torch.set_num_threads(1)
    left = torch.randn(rows, inner, dtype=kind)
    right = torch.randn(inner, columns, dtype=kind)
    times = max(1, 4 * SIDE**3 // (rows * inner * columns))

    def run() -> int:
        for _ in range(times):
            torch.matmul(left, right)
        return times * 2 * rows * inner * columns

    return run
