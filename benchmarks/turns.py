"""Two checkouts in turns: python -m benchmarks.turns OTHER BENCHMARK... [--turns 5].

Runs programs of benchmarks/ in this checkout and in another one alternately, with this Python, and
prints each figure's median in both and their ratio. Compiled modules must be built in both.

    git worktree add ../before v0.1.0      # and build it: setup.py build_ext --inplace
    python -m benchmarks.turns ../before engine --turns 11
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parents[1]


def figures(checkout: Path, benchmark: str) -> dict[str, float]:
    """What a benchmark of a checkout reports."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{benchmark}", "--json"],
        cwd=checkout,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{checkout}: benchmarks.{benchmark}: {done.stderr.strip()[-500:]}")
    reported = json.loads(done.stdout[done.stdout.index("{") :])
    return {name: value for name, value in reported.items() if isinstance(value, int | float)}


def compare(other: Path, benchmark: str, turns: int) -> None:
    """Print the medians of a benchmark in the other checkout and in this one."""
    found: dict[str, dict[Path, list[float]]] = defaultdict(lambda: defaultdict(list))
    for turn in range(turns):
        for checkout in (other, HERE) if turn % 2 == 0 else (HERE, other):
            for name, value in figures(checkout, benchmark).items():
                found[name][checkout].append(value)
    for name, values in found.items():
        if values.keys() == {other, HERE}:
            before, now = statistics.median(values[other]), statistics.median(values[HERE])
            ratio = f"{now / before:.3f}" if before else "-"
            print(f"{name:45}  other {before:14,.3f}  here {now:14,.3f}  ratio {ratio}")


def main() -> None:
    """Compare the benchmarks named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("other", type=Path, help="another checkout, built")
    parser.add_argument("benchmarks", nargs="+", help="engine, search, selfplay, tree, ...")
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    other = arguments.other.resolve()
    if not (other / "benchmarks").is_dir():
        parser.error(f"{other}: wanted a checkout with benchmarks/")
    for benchmark in arguments.benchmarks:
        compare(other, benchmark, arguments.turns)


if __name__ == "__main__":
    main()
