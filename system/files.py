"""Files that survive a crash: written under another name, flushed to disk, then renamed."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from insei.system.errors import UserError

TEMPORARY = ".unfinished-"  # what such names begin with; safe to delete


class FolderExists(UserError, FileExistsError):
    """Something is already where a new folder was to be made."""


def typed_path(name: str) -> Path:
    """The path that a user typed: `~` is the home folder, and `~name` that user's, if it exists."""
    return Path(os.path.expanduser(name))  # Path's own fails for unknown users


def flush_to_disk(path: Path) -> None:
    """Make the file or folder at `path` survive a power cut (fsync)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write a file completely or not at all."""
    unfinished = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    unfinished.write_text(text)
    flush_to_disk(unfinished)
    unfinished.replace(path)
    flush_to_disk(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a folder to fill; it is renamed to `path` once it is complete and on disk.

    Raises:
        FolderExists: something is already there.
    """
    if path.exists():
        raise FolderExists(f"{path} exists already: wanted a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        yield unfinished
        for path_inside in unfinished.rglob("*"):
            flush_to_disk(path_inside)
        flush_to_disk(unfinished)
        unfinished.rename(path)
        flush_to_disk(path.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def delete_unfinished(folder: Path) -> None:
    """Delete unfinished files and folders that a killed program left in `folder`."""
    for leftover in folder.glob(f"{TEMPORARY}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def append_json(path: Path, values: list[dict[str, Any]]) -> None:
    """Append one line per value and flush; ends a last line that a crash cut short."""
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.writelines(json.dumps(value).encode() + b"\n" for value in values)
        file.flush()
        os.fsync(file.fileno())


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Read what `append_json` wrote; lines that a crash or a bad byte damaged are left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            value = json.loads(line)
        except ValueError:  # not JSON, or not UTF-8
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
