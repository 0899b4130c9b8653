"""`insei train`, which stands still at a chosen moment until it is killed.

    python -m tests.helpers.paused_training MOMENT FILE ARGUMENTS...

The moments: "committed", games of generation 0 are in the dataset and in no checkpoint; "saved",
checkpoint 2 has just appeared; "saving", checkpoint 3 is half written. FILE appears when the
moment is reached.
"""

import sys
import time
from pathlib import Path

from insei.selfplay import run
from insei.selfplay.data.dataset import GameDataset

moment, reached = sys.argv[1], Path(sys.argv[2])
append, write_checkpoint, save = GameDataset.append, run.write_checkpoint, run.RunFolder.save


def stand_still():
    reached.touch()
    time.sleep(3600)


def append_and_pause(self, games):
    rows = append(self, games)
    if moment == "committed" and self.num_games:
        stand_still()
    return rows


def write_and_pause(folder, progress, *rest):
    write_checkpoint(folder, progress, *rest)
    if moment == "saving" and progress.generation == 3:
        (folder / "state.json").unlink()
        stand_still()


def save_and_pause(self, progress, *rest):
    save(self, progress, *rest)
    if moment == "saved" and progress.generation == 2:
        stand_still()


if __name__ == "__main__":
    from insei.main import main

    GameDataset.append, run.write_checkpoint = append_and_pause, write_and_pause
    run.RunFolder.save = save_and_pause
    sys.argv = ["insei", *sys.argv[3:]]
    main()
