"""Files that survive a crash and follow no links.

A file is written under another name, flushed to disk, then renamed. Nothing is written through a
symbolic link: a folder that somebody sent could lead out of itself.
"""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from insei.system.errors import UserError

TEMPORARY = ".unfinished-"  # what such names begin with; safe to delete


class FolderExists(UserError, FileExistsError):
    """Something is already where a new folder was to be made."""


class LinkRefused(UserError):
    """A symbolic link, or another thing that is no file, where a file of ours is to be."""


def typed_path(name: str) -> Path:
    """The path that a user typed: `~` is the home folder, and `~name` that user's, if it exists."""
    return Path(os.path.expanduser(name))  # Path's own fails for unknown users


def open_file(path: Path, flags: int) -> BinaryIO:
    """Open a file that is no link, for reading or writing by `flags` of `os.open`.

    Raises:
        LinkRefused: it is a symbolic link, a pipe or a device.
    """
    try:
        handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link; a pipe that nobody reads
            raise LinkRefused(refusal(path)) from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise LinkRefused(refusal(path))
    access = flags & os.O_ACCMODE
    mode = {os.O_RDONLY: "rb", os.O_WRONLY: "wb", os.O_RDWR: "r+b"}[access]
    return cast(BinaryIO, os.fdopen(handle, mode))


def refusal(path: Path) -> str:
    """What is said of a link or another thing that is no file."""
    kind = "a symbolic link" if path.is_symlink() else "neither a file nor a folder"
    return f"{path} is {kind}: wanted a file of the folder itself"


def check_no_links(folder: Path) -> None:
    """Check that a folder holds files and folders alone, however deep; it may be a link itself.

    Libraries write into a run's folder too, and they would follow links.

    Raises:
        LinkRefused: it holds a symbolic link, a pipe or a device.
    """
    waiting = [folder]
    while waiting:
        try:
            entries = [*os.scandir(waiting.pop())]
        except FileNotFoundError:  # another program has just deleted it
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            elif not entry.is_file(follow_symlinks=False) and os.path.lexists(entry.path):
                raise LinkRefused(refusal(Path(entry.path)))


def read_text(path: Path) -> str:
    """The text of a file that is no link.

    Raises:
        UserError: it is a link, or not UTF-8.
        OSError: it can't be read.
    """
    with open_file(path, os.O_RDONLY) as file:
        data = file.read()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: wanted UTF-8; byte {error.start} is another thing") from error


def flush_to_disk(path: Path) -> None:
    """Make the file or folder at `path` survive a power cut (fsync)."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_in(folder: Path) -> set[str]:
    """The paths of the files in a folder, however deep."""
    return {os.path.join(place, name) for place, _, names in os.walk(folder) for name in names}


def flush_files(files: Iterable[str]) -> None:
    """Make files and what their folders say of them survive a power cut; some may be deleted."""
    paths = {Path(file) for file in files}
    for path in sorted(paths | {path.parent for path in paths}):
        with suppress(FileNotFoundError):  # another program has just deleted it
            flush_to_disk(path)


def flush_folder_of(path: Path) -> None:
    """Make what a folder says of the file at `path` survive a power cut.

    The folder may be reached by a link of the user's own.
    """
    flush_to_disk(path.parent.resolve())


def unfinished_name(path: Path) -> Path:
    """A name beside `path` that nobody can foresee."""
    return path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}-{path.name}")


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to fill; it gets the name `path` once it is complete and on disk.

    A file that has this name is replaced; so is a link, which is not followed.
    """
    unfinished = unfinished_name(path)
    opened = open_file(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with opened as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        flush_folder_of(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a file completely or not at all."""
    with new_file(path) as file:
        file.write(text.encode())


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a folder to fill; it is renamed to `path` once it is complete and on disk.

    Raises:
        FolderExists: something is already there.
    """
    if path.exists() or path.is_symlink():
        raise FolderExists(f"{path} exists already: wanted a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = unfinished_name(path)
    unfinished.mkdir()
    try:
        yield unfinished
        for path_inside in unfinished.rglob("*"):
            flush_to_disk(path_inside)
        flush_to_disk(unfinished)
        unfinished.rename(path)
        flush_folder_of(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def delete_unfinished(folder: Path) -> None:
    """Delete unfinished files and folders that a killed program left in `folder`."""
    for leftover in folder.glob(f"{TEMPORARY}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Append lines of text and flush; ends a last line that a crash cut short."""
    with open_file(path, os.O_RDWR | os.O_CREAT) as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.writelines(line.encode() + b"\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
