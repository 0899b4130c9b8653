"""The mind beside the screen: starts the process that thinks, and hears what it reports."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection

from insei.client.thinking import Failed, Report, Task

SERVE = "from insei.client.thinking import serve; serve({descriptor}, {analyst!r}, {seed})"


class Mind:
    """Gives tasks to a process that thinks; starts it with the first, and anew if it died.

    Args:
        tell: called from a thread of the mind's with each report.
        analyst: the player whose search judges positions, by the grammar.
        seed: of the players' games.
    """

    def __init__(self, tell: Callable[[Report], None], analyst: str, seed: int) -> None:
        self.tell = tell
        self.analyst = analyst
        self.seed = seed
        self.process: subprocess.Popen[bytes] | None = None
        self.line: socket.socket | None = None  # to the process
        self.connection: Connection | None = None  # the same, for values
        self.asked: dict[int, Task] = {}
        self.count = 0  # of tasks so far
        self.is_closed = False

    def think(self, task: Task) -> None:
        """Take a task; an analysis under way gives way to it. Nothing once the mind is closed."""
        if self.is_closed:
            return
        self.count += 1
        self.asked[self.count] = task
        if self.connection is None:
            self.connection = self._start()
        with suppress(OSError):  # where the process just ended its reader tells so
            self.connection.send((self.count, task))

    def close(self) -> None:
        """Hang up: the process ends by itself, a search under way with it."""
        self.is_closed = True
        if self.line is not None and self.connection is not None:
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)
            self.line.close()
            self.connection.close()
            self.line = self.connection = None

    def _start(self) -> Connection:
        self.line, theirs = socket.socketpair()
        words = SERVE.format(descriptor=theirs.fileno(), analyst=self.analyst, seed=self.seed)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", words],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,  # the terminal's signals are the screen's to answer
        )
        theirs.close()
        hearing = Connection(os.dup(self.line.fileno()))
        threading.Thread(target=self._hear, args=(hearing, self.process), daemon=True).start()
        return Connection(os.dup(self.line.fileno()))

    def _hear(self, connection: Connection, process: "subprocess.Popen[bytes]") -> None:
        """Hear reports until the process, or the mind, is gone."""
        try:
            while True:
                number, report = connection.recv()
                for older in [one for one in list(self.asked) if one < number]:
                    del self.asked[older]
                # Who asked knows positions by identity, not by value.
                self.tell(replace(report, position=self.asked[number].position))
        except (EOFError, OSError):
            connection.close()
        code = process.wait()
        if not self.is_closed:
            self.connection = None
            task = self.asked[self.count]
            what = f"the process that thinks ended with code {code}"
            self.tell(Failed(task.position, what, bool(task.player)))
