"""How well mistaken games are found: python -m benchmarks.mining RUN [--games 400] [--skip 0].

Copies of some games of a run get wrong ends, which are known: winners flipped with score and
owners, winners flipped alone, games cut after 60 % of their moves and scored as they stood, and
flips and cuts together. Printed is the precision at k: of the first k games of the list, k being
the number of wrong ones, how many are wrong. The games are the newest ones of the run but for those
that `--skip` leaves out. Each of `--seeds` chooses other games to be wrong. `--faults` measures
some of the four alone. `--random` lets the judges begin with random weights, whatever the run began
with.
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import parser, tell
from insei.selfplay.health import chosen
from insei.selfplay.mining.judges import JudgesConfig
from insei.selfplay.mining.planting import Planted, outcome_flipped, plant, precision
from insei.selfplay.mining.recording import Recording, read_recording
from insei.selfplay.mining.session import MineConfig, mine
from insei.system.shown import say

SHARE = 0.05  # of the games are wrong
FAULTS: dict[str, dict[str, Any]] = {
    "flipped": {"flips": SHARE},
    "outcome alone flipped": {"flips": SHARE, "flip": outcome_flipped},
    "cut": {"cuts": SHARE},
    "flipped and cut": {"flips": SHARE, "cuts": SHARE},
}


def newest_games(recording: Recording, count: int, skipped: int = 0) -> Recording:
    """The newest games of a recording but for the very newest, which are skipped."""
    stop = len(recording.ids) - skipped
    keep = np.isin(recording.rows["game"], recording.ids[max(0, stop - count) : stop])
    return replace(recording, rows=chosen(recording.rows, keep))


def measured(
    recording: Recording, fault: dict[str, Any], seed: int, folder: Path
) -> tuple[float, int]:
    """The precision at k of one planting, and k."""
    run = folder / "planted"
    planted: Planted = plant(recording, run, seed=seed, **fault)
    wrong = planted.flipped + planted.cut
    try:
        found = mine(MineConfig(run, "mistaken", len(wrong), judges=JudgesConfig(seed=seed)))
    finally:
        shutil.rmtree(run)
    return precision([item.game for item in found.items], wrong), len(wrong)


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("run", type=Path)
    arguments.add_argument("--games", type=int, default=400)
    arguments.add_argument("--skip", type=int, default=0)
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--faults", nargs="*", choices=[*FAULTS], default=[*FAULTS])
    arguments.add_argument("--random", action="store_true")
    given = arguments.parse_args()
    recording = newest_games(read_recording(given.run), given.games, given.skip)
    if given.random:
        recording = replace(recording, config=replace(recording.config, start_from=None))
    results: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in given.faults:
            seeds = range(1, given.seeds + 1)
            each = [measured(recording, FAULTS[name], seed, Path(folder)) for seed in seeds]
            say(f"{name}: {each}", to_error=True, flush=True)
            found = sum(share * count for share, count in each)
            results[name] = found / sum(count for _, count in each)
    tell(results, given.json, "precision at k, k being the number of wrong games")


if __name__ == "__main__":
    main()
