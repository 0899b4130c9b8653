"""The positions of a dataset that deserve a look: a mined list, or what its rows tell."""

from pathlib import Path

from insei.selfplay.data.loading import RunData
from insei.selfplay.mining.mined import FOLDER, MinedItem, read_mined
from insei.selfplay.page.numbers import DatasetNumbers, numbers_of

GAPS = "searched value against the end"  # what the items are where nothing was mined


def newest_list(run: Path) -> str | None:
    """The mined list that was written last; None if there is none."""
    files = sorted((run / FOLDER).glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    return files[-1].stem if files else None


def items_of(
    run: Path, name: str | None, numbers: DatasetNumbers, most: int
) -> tuple[str, tuple[MinedItem, ...]]:
    """What deserves a look, and where that is from.

    Args:
        name: of a mined list; None for the newest, or for the widest gaps if there is none.

    Raises:
        UserError: there is no such list.
    """
    chosen = name or newest_list(run)
    if chosen is None:
        return GAPS, numbers.widest_gaps(most)
    mined = read_mined(run, chosen)
    return f"{chosen}: {mined.by}", mined.items[:most]


def items_without_list(data: RunData, most: int) -> tuple[MinedItem, ...]:
    """The widest gaps of a dataset."""
    return numbers_of(data, most).widest_gaps(most)
