"""Cleans up after Ray, once the program that started it has ended in any way.

A program of its own, with nothing but the standard library: it outlives `kill -9` of its parent. It
waits for the end of its standard input, then for Ray's processes, which have files open in Ray's
folder. Those that stay are killed, and the folder is deleted.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

PATIENCE_SECONDS = 3  # for processes to end by themselves
MOST_SECONDS = 20


def users_of(folder: str) -> Iterator[int]:
    """The processes that have a file open in a folder."""
    for number in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):  # it has ended, or is somebody else's
            opened = f"/proc/{number}/fd"
            if any(
                os.readlink(f"{opened}/{each}").startswith(f"{folder}/")
                for each in os.listdir(opened)
            ):
                yield int(number)


def main() -> None:
    """Wait, end what is left, and delete the folder that the first argument names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.setsid()
    sys.stdin.read()
    folder = sys.argv[1]
    for second in range(MOST_SECONDS):
        numbers = list(users_of(folder)) if os.path.isdir("/proc") else []
        if second >= PATIENCE_SECONDS:
            for number in numbers:
                with suppress(OSError):
                    os.kill(number, signal.SIGKILL)
        if not numbers and second > 1:
            break
        time.sleep(1)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
