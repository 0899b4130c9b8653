"""Milestones: nets of a run that are kept for good, for its ladder, its curve, and a way back.

    milestones/N       a player package, as in checkpoints/N; the newest two also hold the
                       learner's state, so that a run can go back to them

They come at regular generations, at the run's end, and early on at powers of two, where nets
change most.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from insei.agents.net.find_package import CHECKPOINTS
from insei.agents.net.package import CARD_FILE, WEIGHTS_FILE
from insei.system.files import new_folder

MILESTONES = "milestones"
WAYS_BACK = 2  # milestones that hold the learner's state


def is_milestone(generation: int, every: int | None, is_last: bool = False) -> bool:
    """Whether the net of this generation is kept; `every` None keeps none."""
    if not every:
        return False
    is_power = generation & (generation - 1) == 0
    return is_last or generation % every == 0 or (is_power and generation < every)


def milestones_of(run: Path) -> dict[int, Path]:
    """A run's milestones by generation, oldest first."""
    folder = run / MILESTONES
    if not folder.is_dir():
        return {}
    return {int(one.name): one for one in sorted(folder.iterdir()) if one.name.isdigit()}


def in_line(generations: Sequence[int], rollbacks: Sequence[tuple[int, int]]) -> list[int]:
    """Those whose nets the present one comes from; what a roll-back left behind is left out.

    Args:
        rollbacks: from which generation the run went back, and to which.
    """
    return [one for one in generations if not any(back < one <= left for left, back in rollbacks)]


def keep_milestone(run: Path, generation: int, rollbacks: Sequence[tuple[int, int]]) -> None:
    """Copy checkpoint `generation` among the milestones, unless it is there."""
    if generation not in milestones_of(run):
        source = run / CHECKPOINTS / f"{generation:06}"
        with new_folder(run / MILESTONES / source.name) as unfinished:
            for file in source.iterdir():
                shutil.copy(file, unfinished / file.name)
    found = milestones_of(run)
    ways_back = in_line(list(found), rollbacks)[-WAYS_BACK:]
    for one, folder in found.items():
        if one not in ways_back:
            for file in folder.iterdir():
                if file.name not in (CARD_FILE, WEIGHTS_FILE):
                    file.unlink()
