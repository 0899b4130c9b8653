"""What the programs share: processor time, repeated, its median told; options, and the table."""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence


def median_seconds(run: Callable[[], int], repeats: int = 5) -> float:
    """Median processor seconds for one of the units that `run` says it did."""
    return statistics.median(ours for [ours] in in_turns([run], repeats))


def seconds_and_ratio(
    run: Callable[[], int], peer: Callable[[], int] | None, repeats: int = 9
) -> tuple[float, float | None]:
    """Median processor seconds for a unit of `run`, and how many it does for one of its peer.

    The two take turns, and each turn has a ratio of its own, of which the median is told.
    """
    if peer is None:
        return median_seconds(run, repeats), None
    rounds = in_turns([run, peer], repeats)
    ratio = statistics.median(theirs / ours for ours, theirs in rounds)
    return statistics.median(ours for ours, _ in rounds), ratio


def in_turns(runs: Sequence[Callable[[], int]], rounds: int) -> list[list[float]]:
    """Processor seconds for a unit of each run, by round; all run once before.

    Where others slow the machine now and then, short rounds and many of them have fair ratios.
    """
    for run in runs:
        run()
    return [[_seconds(run) for run in runs] for _ in range(rounds)]


def _seconds(run: Callable[[], int]) -> float:
    began = time.process_time()
    units = run()
    return (time.process_time() - began) / units


def parser(doc: str | None) -> argparse.ArgumentParser:
    """A program's options, `--json` among them; its docstring's first line says what it is."""
    made = argparse.ArgumentParser(description=(doc or "").split("\n")[0])
    made.add_argument("--json", action="store_true", help="one flat JSON object")
    return made


def tell(found: dict[str, float], as_json: bool, heading: str) -> None:
    """Print the numbers as one flat JSON object, or as a table below its heading."""
    if as_json:
        print(json.dumps({name: round(value, 4) for name, value in found.items()}))
        return
    print(heading)
    for name, value in found.items():
        print(f"{name:44}{value:14,.3f}")
