"""Fuzz by atheris: python -m tests.fuzz.run [--seconds 300] [NAME ...].

The time is shared by the harnesses. Inputs that are new are kept under build/fuzz/NAME, and those
that fail under build/fuzz/NAME-failed: `python -m tests.fuzz.replay NAME FILE` shows why. A mended
failure becomes a file in tests/fuzz/seeds/NAME.
"""

import argparse
import subprocess
import sys

from tests.fuzz.mutations import LONGEST, SEEDS
from tests.fuzz.replay import MOST_MEGABYTES, MOST_SECONDS
from tests.helpers.paths import ROOT

KEPT = ROOT / "build" / "fuzz"
NAMES = sorted(folder.name for folder in SEEDS.iterdir())


def fuzz_here(name, options):
    """Fuzz one harness in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["insei"]):
        from tests.fuzz.harnesses import HARNESSES

    atheris.Setup([name, *options], HARNESSES[name])
    atheris.Fuzz()


def fuzz(name, seconds):
    """Fuzz one harness in a process of its own; returns whether nothing failed."""
    kept, failed = KEPT / name, KEPT / f"{name}-failed"
    kept.mkdir(parents=True, exist_ok=True)
    failed.mkdir(exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={MOST_SECONDS:.0f}",
        f"-rss_limit_mb={3 * MOST_MEGABYTES}",  # of the whole process
        f"-max_len={LONGEST}",
        f"-artifact_prefix={failed}/",
        "-print_final_stats=1",
        str(kept),
        str(SEEDS / name),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.run", "--here", name, "--", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
    )
    said = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
    print(f"{name}: {said[-1].split()[-1] if said else '?'} inputs in {seconds} s", flush=True)
    if done.returncode:
        print(done.stderr[-3000:])
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="for all harnesses together")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", help="harnesses, or options of libFuzzer after --here")
    given = parser.parse_args()
    if given.here:
        fuzz_here(given.here, given.names)
        return
    names = given.names or NAMES
    failed = [name for name in names if not fuzz(name, max(1, given.seconds // len(names)))]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; see {KEPT}/*-failed")


if __name__ == "__main__":
    main()
