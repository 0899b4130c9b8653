"""Files that a crash can't harm: written under another name, flushed to disk, then renamed."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TEMPORARY = ".unfinished-"  # what such names begin with; safe to delete


def typed_path(name: str) -> Path:
    """The path that somebody typed: `~` is home, and `~name` that user's, if there is one."""
    return Path(os.path.expanduser(name))  # Path's own fails for unknown users


def flush_to_disk(path: Path) -> None:
    """Make the file or folder at `path` outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    unfinished.write_text(text)
    flush_to_disk(unfinished)
    unfinished.replace(path)
    flush_to_disk(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a folder to fill, which gets the name `path` once it is whole and on disk.

    Raises:
        FileExistsError: something is already there.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists already: wanted a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        yield unfinished
        for one in unfinished.rglob("*"):
            flush_to_disk(one)
        flush_to_disk(unfinished)
        unfinished.rename(path)
        flush_to_disk(path.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def delete_unfinished(folder: Path) -> None:
    """Delete what a killed program left half written in `folder`."""
    for one in folder.glob(f"{TEMPORARY}*"):
        if one.is_dir():
            shutil.rmtree(one, ignore_errors=True)
        else:
            one.unlink(missing_ok=True)


def append_json(path: Path, values: list[dict[str, Any]]) -> None:
    """Append one line a value and flush it; heals a last line that a crash cut short."""
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.writelines(json.dumps(value).encode() + b"\n" for value in values)
        file.flush()
        os.fsync(file.fileno())


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Read what `append_json` wrote; a line cut short by a crash is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text().splitlines():
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
