"""Products of matrices on one core: the limit that nets are measured against."""

from collections.abc import Callable

import torch

SIDE = 1024  # of the squares whose product is the peak


def product(
    kind: torch.dtype, rows: int = SIDE, inner: int = SIDE, columns: int = SIDE
) -> Callable[[], int]:
    """What multiplies `[rows, inner]` by `[inner, columns]` for some milliseconds.

    Returns:
        a run; it says its floating-point operations, two to a multiply-add.
    """
    torch.set_num_threads(1)
    one = torch.randn(rows, inner, dtype=kind)
    other = torch.randn(inner, columns, dtype=kind)
    times = max(1, 4 * SIDE**3 // (rows * inner * columns))

    def run() -> int:
        for _ in range(times):
            torch.matmul(one, other)
        return times * 2 * rows * inner * columns

    return run
