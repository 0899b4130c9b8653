"""How many workers are wanted: a number, a range, or as many as there is room for."""

from dataclasses import dataclass
from typing import TypeAlias

from insei.system.setting import BadSetting

MOST_WORKERS = 10**5
PROCESSES = "a number, a range as 2..64, or auto, as many as find a processor"
WANTED = f"a number from 0 to {MOST_WORKERS}, a range such as 2..64, or auto"

NumWorkers: TypeAlias = int | str  # as a configuration has it: 4, "2..64", "auto"


@dataclass(frozen=True)
class WorkerRange:
    """So many workers at least and at most.

    The least are asked for even where there is no room for them yet; beyond them, workers are added
    as there is room.
    """

    least: int
    most: int

    @classmethod
    def of(cls, given: NumWorkers, key: str = "workers") -> "WorkerRange":
        """The range that a configuration's value means.

        Raises:
            BadSetting: it means none.
        """
        if isinstance(given, int) and not isinstance(given, bool):
            found = cls(given, given)
        elif given == "auto":
            found = cls(1, MOST_WORKERS)
        else:
            least, _, most = str(given).partition("..")
            if not (least.isdecimal() and most.isdecimal() and 1 <= int(least) <= int(most)):
                raise BadSetting(key, given, WANTED)
            found = cls(int(least), int(most))
        if not 0 <= found.least <= found.most <= MOST_WORKERS:
            raise BadSetting(key, given, WANTED)
        return found

    @property
    def is_none(self) -> bool:
        """Whether one process does everything."""
        return self.most == 0
