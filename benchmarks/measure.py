"""Timing on shared machines: processor time, repeated, the median told."""

import statistics
import time
from collections.abc import Callable


def median_seconds(run: Callable[[], int], repeats: int = 5) -> float:
    """Median processor seconds for one of the units that `run` says it did."""
    return seconds_and_ratio(run, None, repeats)[0]


def seconds_and_ratio(
    run: Callable[[], int], peer: Callable[[], int] | None, repeats: int = 9
) -> tuple[float, float | None]:
    """Median processor seconds for a unit of `run`, and how many it does for one of its peer.

    The two take turns, and each turn has a ratio of its own, of which the median is told.
    """
    run()
    if peer is not None:
        peer()
    ours, ratios = [], []
    for _ in range(repeats):
        ours.append(_seconds(run))
        if peer is not None:
            ratios.append(_seconds(peer) / ours[-1])
    return statistics.median(ours), statistics.median(ratios) if ratios else None


def _seconds(run: Callable[[], int]) -> float:
    began = time.process_time()
    units = run()
    return (time.process_time() - began) / units
