"""Where the traceback of a bug goes: a file of its own in the user's state folder."""

import errno
import itertools
import os
import platform
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from insei.system.shown import shown
from insei.system.version import version

MOST_LOGS = 50  # the oldest are deleted
PREFIX = "error-"


def state_folder() -> Path:
    """$XDG_STATE_HOME/insei, by default ~/.local/state/insei (XDG Base Directory Specification).

    Raises:
        OSError: the user has no home.
    """
    given = os.environ.get("XDG_STATE_HOME", "")
    base = given if os.path.isabs(given) else os.path.expanduser("~/.local/state")
    if not os.path.isabs(base):
        raise FileNotFoundError(errno.ENOENT, "no home folder", base)
    return Path(base) / "insei"


def write_error_log(error: BaseException, command: Sequence[str]) -> Path:
    """Write an exception's traceback, the command and the versions to a new file.

    Raises:
        OSError: the file can't be written.
    """
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    lines = [
        f"command: insei {' '.join(command)}",
        f"folder: {os.getcwd()}",
        f"insei {version()}, Python {platform.python_version()}, {platform.platform()}",
        "",
        *traceback.format_exception(error),
    ]
    text = "\n".join(line.rstrip("\n") for line in lines) + "\n"
    path = write_new(folder, name, shown(text))
    for old in sorted(folder.glob(f"{PREFIX}*.txt"))[:-MOST_LOGS]:
        old.unlink(missing_ok=True)
    return path


def write_new(folder: Path, name: str, text: str) -> Path:
    """Write a text file whose name is that of no other."""
    for count in itertools.count(1):
        path = folder / (f"{name}.txt" if count == 1 else f"{name}_{count}.txt")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        break
    return path


def keep_traceback(error: BaseException) -> str:
    """Keep an exception's traceback although the program goes on.

    Returns:
        the file; empty if it can't be written.
    """
    try:
        return str(write_error_log(error, sys.argv[1:]))
    except OSError:
        return ""
