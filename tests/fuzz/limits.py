"""Limits of one input: what takes longer, or more memory, is a failure."""

import resource
import signal

MOST_SECONDS = 5.0  # of processor time, for one input
MOST_MEGABYTES = 1024  # by which one input may raise the process's peak


class TooSlow(Exception):
    """An input took too long."""


def stop(signal_number, frame):
    raise TooSlow(f"more than {MOST_SECONDS:g} s of processor time")


def peak_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def feed(harness, data):
    """Run one input; what it breaks is raised."""
    before = peak_megabytes()
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        harness(data)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    grown = peak_megabytes() - before
    assert grown < MOST_MEGABYTES, f"{grown:.0f} MB for {len(data)} bytes"
