"""A folder that one program uses at a time."""

import fcntl
import os
import time
from pathlib import Path

from filelock import FileLock, Timeout

from insei.system.errors import UserError
from insei.system.files import check_no_links, open_file

LOCK_FILE = "lock"


class FolderInUse(UserError):
    """Another program holds the folder."""


class FolderLock:
    """Holds a folder until it is closed, or until this process ends in any way.

    The file `lock` in the folder is locked by the kernel (flock), and names the process that holds
    it. It stays when the lock is released. A folder in which there is a link is refused, because
    whoever holds it writes there.

    Raises:
        FolderInUse: another program holds the folder, or this one does already.
        LinkRefused: there is a symbolic link in it.
        OSError: the file can't be opened.
    """

    def __init__(self, folder: Path) -> None:
        check_no_links(folder)
        path = folder / LOCK_FILE
        self.lock = FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)
        try:
            self.lock.acquire()
        except Timeout:
            said = path.read_text(errors="replace").strip()[:20]
            holder = said if said.isdecimal() else "unknown"
            raise FolderInUse(f"{folder} is in use by process {holder}; wanted it free") from None
        with open_file(path, os.O_WRONLY | os.O_TRUNC) as file:
            file.write(str(os.getpid()).encode())

    def close(self) -> None:
        """Let others in."""
        self.lock.release()


def holder_of(folder: Path) -> str:
    """The process that holds a folder, as its lock names it; empty if nobody does.

    The folder is not held meanwhile, but for the moment of asking.
    """
    path = folder / LOCK_FILE
    if not path.is_file():
        return ""
    with open_file(path, os.O_RDONLY) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read(20).decode(errors="replace").strip() or "unknown"
    return ""


def held_soon(path: Path, patience: float) -> FolderLock:
    """Hold a folder, after waiting for another program.

    Args:
        patience: seconds.

    Raises:
        FolderInUse: it holds it for long.
    """
    end = time.monotonic() + patience
    while True:
        try:
            return FolderLock(path)
        except FolderInUse:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
