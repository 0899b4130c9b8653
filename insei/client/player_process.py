"""The client's side of the player process: starts it, sends tasks and receives replies."""

import os
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from insei.client.player_tasks import Failure, MoveTask
from insei.system.child_process import bound_to_us, python_environment, python_words

SERVE = "from insei.client.player_server import serve; serve({descriptor}, {analyst!r}, {seed})"


class PlayerProcess:
    """A process that runs players. It starts with the first task, and again if it died.

    Args:
        on_reply: called with each reply, from a thread of its own.
        analyst: the searching player that analyses positions, by the grammar.
        seed: of the players' games.
        serve: what the process runs: code with the fields `descriptor`, `analyst` and `seed`.
    """

    def __init__(
        self, on_reply: Callable[[Any], None], analyst: str, seed: int, serve: str = SERVE
    ) -> None:
        self.on_reply = on_reply
        self.analyst = analyst
        self.seed = seed
        self.serve = serve
        self.process: subprocess.Popen[bytes] | None = None
        self.socket: socket.socket | None = None  # to the process
        self.connection: Connection | None = None  # sends objects through the socket
        self.tasks: dict[int, Any] = {}  # by number
        self.num_tasks = 0
        self.is_closed = False

    def submit(self, task: Any) -> None:
        """Send a task. A running analysis stops. Does nothing after `close`."""
        if self.is_closed:
            return
        self.num_tasks += 1
        self.tasks[self.num_tasks] = task
        if self.connection is None:
            self.connection = self._start()
        with suppress(OSError):  # the process has died; the receiving thread reports it
            self.connection.send((self.num_tasks, task))

    def close(self) -> None:
        """Close the socket. The process ends by itself, even if a search is running."""
        self.is_closed = True
        if self.socket is not None and self.connection is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
            self.connection.close()
            self.socket = self.connection = None

    def _start(self) -> Connection:
        self.socket, far_end = socket.socketpair()
        code = self.serve.format(descriptor=far_end.fileno(), analyst=self.analyst, seed=self.seed)
        self.process = subprocess.Popen(
            bound_to_us(python_words("-c", code)),
            pass_fds=[far_end.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=python_environment(),
            start_new_session=True,  # so that the terminal's signals reach the screen alone
        )
        far_end.close()
        receiving = Connection(os.dup(self.socket.fileno()))
        threading.Thread(target=self._receive, args=(receiving, self.process), daemon=True).start()
        return Connection(os.dup(self.socket.fileno()))

    def _receive(self, connection: Connection, process: "subprocess.Popen[bytes]") -> None:
        """Receive replies until the process ends or `close` is called."""
        try:
            while True:
                number, reply = connection.recv()
                for older in [task for task in list(self.tasks) if task < number]:
                    del self.tasks[older]
                # The caller compares positions by identity, so it gets its own object back.
                self.on_reply(replace(reply, position=self.tasks[number].position))
        except (EOFError, OSError):
            connection.close()
        code = process.wait()
        if not self.is_closed:
            self.connection = None
            task = self.tasks[self.num_tasks]
            reason = f"the player process ended with code {code}"
            self.on_reply(Failure(task.position, reason, isinstance(task, MoveTask)))
