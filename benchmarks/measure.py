"""Timing on shared machines: processor time, repeated, the median told."""

import statistics
import time
from collections.abc import Callable


def median_seconds(run: Callable[[], int], repeats: int = 5) -> float:
    """Median processor seconds for one of the units that `run` says it did."""
    run()
    each = []
    for _ in range(repeats):
        began = time.process_time()
        units = run()
        each.append((time.process_time() - began) / units)
    return statistics.median(each)
