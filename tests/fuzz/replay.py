"""Feed inputs to a harness within limits: python -m tests.fuzz.replay NAME FILE... or NAME NUMBER.

A number stands for the seeds and so many mutations of them.
"""

import resource
import signal
import sys
from pathlib import Path

from tests.fuzz.harnesses import HARNESSES
from tests.fuzz.mutations import mutated, seeds_of

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


def inputs_of(name, words):
    """The inputs that the words stand for, with their names."""
    if len(words) == 1 and words[0].isdecimal():
        seeds = seeds_of(name)
        yield from ((f"seed {number}", seed) for number, seed in enumerate(seeds))
        for number in range(int(words[0])):
            yield f"mutation {number}", mutated(seeds, number)
    else:
        yield from ((word, Path(word).read_bytes()) for word in words)


def main(words):
    name, *rest = words
    signal.signal(signal.SIGVTALRM, stop)
    for title, data in inputs_of(name, rest):
        try:
            feed(HARNESSES[name], data)
        except Exception as error:
            error.add_note(f"{name}, {title}: {data!r:.2000}")
            raise


if __name__ == "__main__":
    main(sys.argv[1:])
