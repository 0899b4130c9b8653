"""Lines of text that come while a program works: from standard input, or all at once."""

import os
import queue
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Protocol

from insei.system.errors import UserError


class Lines(Protocol):
    """A source of commands."""

    def next_line(self) -> str | None:
        """Wait for the next line and return it; None at the end."""

    def is_waiting(self) -> bool:
        """Whether the next line, or the end, has come. An analysis stops then."""


class WrittenLines:
    """Commands that are all known from the start."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = deque(lines)

    def next_line(self) -> str | None:
        """The next line; None at the end."""
        return self.lines.popleft() if self.lines else None

    def is_waiting(self) -> bool:
        """Always true."""
        return True


class TypedLines:
    """Lines as they come. A thread reads them, so that an analysis notices the next one.

    Args:
        lines: blocks until the next line comes.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self.queue: queue.Queue[str | OSError | None] = queue.Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: Iterator[str]) -> None:
        try:
            for line in lines:
                self.queue.put(line)
        except OSError as error:
            self.queue.put(error)
        else:
            self.queue.put(None)

    def next_line(self) -> str | None:
        """Wait for the next line and return it; None at the end.

        Raises:
            UserError: the input can't be read.
        """
        line = self.queue.get()
        if isinstance(line, OSError):
            raise UserError(f"standard input can't be read: {line.strerror}") from line
        return line

    def is_waiting(self) -> bool:
        """Whether a line or the end has come."""
        return not self.queue.empty()


def lines_of_input() -> Iterator[str]:
    """The lines of standard input. Bytes that are no UTF-8 are replaced."""
    if sys.stdin is None:  # closed
        return
    descriptor = sys.stdin.fileno()
    pending: list[bytes] = []  # the pieces of a line whose end has not come
    # Not sys.stdin.buffer: a thread that waits in it holds a lock that Python needs to exit.
    while block := os.read(descriptor, 1 << 16):
        pending.append(block)
        if b"\n" not in block:
            continue
        *lines, rest = b"".join(pending).split(b"\n")
        pending = [rest]
        for line in lines:
            yield line.decode("utf-8", "replace")
    if last := b"".join(pending):
        yield last.decode("utf-8", "replace")
