"""What the programs share: processor time, repeated, its median told; options, and the table."""

import argparse
import json
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
