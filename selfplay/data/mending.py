"""What a power cut may have left of a run's table: its last whole version is taken.

Nothing is deleted: what can't be used lies beside the table.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import lance

from insei.system.errors import UserError

PARTS_OF_A_TABLE = {"data", "_transactions", "_versions"}  # folders that Lance makes first
NEWEST_FIRST = 2**64 - 1  # Lance names version v by this number minus v


def count_rows(table: lance.LanceDataset) -> int:
    """The rows of a table, as its manifest states them."""
    return int(table.count_rows())


def read_rows(table: lance.LanceDataset) -> int:
    """The rows of a table, counted as they are read."""
    return int(table.to_table().num_rows)


def mend(path: Path, count: Callable[[lance.LanceDataset], int] = count_rows) -> list[str]:
    """Make a table fit to go on with, before a run goes on.

    Args:
        path: of the table.
        count: counts the rows of a version. A version is whole if this does not fail:
            `read_rows` finds damaged data too, if old versions keep their files.

    Returns:
        what was done, in lines.

    Raises:
        UserError: no version of it can be read, or a file of it is missing.
    """
    if not path.is_dir():
        return []
    if not list(path.glob("_versions/*.manifest")):
        return set_aside_unfinished(path)
    said = set_aside_damaged(path, count)
    check_files(path)
    return said


def set_aside_unfinished(path: Path) -> list[str]:
    """Move away what a crash in the first commit left: files without a version of the table.

    Nothing in it was committed. The next commit is the first one again.
    """
    if {part.name for part in path.iterdir()} <= PARTS_OF_A_TABLE:
        aside = path.with_name(f"{path.name}.unfinished")
        shutil.rmtree(aside, ignore_errors=True)
        path.rename(aside)
    return []


def version_of(manifest: Path) -> int:
    """The version that a manifest describes, by its name."""
    number = int(manifest.stem)
    return NEWEST_FIRST - number if number > NEWEST_FIRST // 2 else number


def set_aside_damaged(path: Path, count: Callable[[lance.LanceDataset], int]) -> list[str]:
    """Move away the newest versions if they can't be read."""
    named = [each for each in path.glob("_versions/*.manifest") if each.stem.isdigit()]
    manifests = sorted(named, key=version_of, reverse=True)
    for number, manifest in enumerate(manifests):
        try:
            rows = count(lance.dataset(str(path), version=version_of(manifest)))
        except (ValueError, OSError, RuntimeError):  # Lance raises each of them
            continue
        if not number:
            return []
        aside = path.with_name(f"{path.name}.damaged")
        aside.mkdir(exist_ok=True)
        for damaged in manifests[:number]:
            damaged.rename(aside / damaged.name)
        return [
            f"{path.name}: its newest version can't be read, cut short perhaps; going on from the "
            f"one before it, with {rows:,} rows; what was damaged is in {aside.name}"
        ]
    raise UserError(f"{path}: no version of the table can be read; wanted a backup of the folder")


def check_files(path: Path) -> None:
    """Check that the files of a table's newest version are there.

    Raises:
        UserError: one is missing or empty; the line says how many rows it held.
    """
    for fragment in lance.dataset(str(path)).get_fragments():
        for file in fragment.data_files():
            found = path / "data" / file.path
            if not found.is_file() or not found.stat().st_size:
                raise UserError(
                    f"{found}: missing or empty, which takes {fragment.count_rows():,} rows of the "
                    f"table; wanted the file back"
                )
