"""A GTP program in a process of its own: commands go in, answers come out."""

import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from insei.agents.player import PlayerFailed, ProgramMissing
from insei.system.child_process import bound_to_us

MAX_ANSWER = 2**20  # bytes
MAX_STDERR = 2**26  # bytes of standard error kept on disk
QUOTED_STDERR = 400  # characters of standard error quoted in a failure

# `bound_to_us` ends the program with the thread that started it. This thread outlives all games.
STARTER = ThreadPoolExecutor(1, "starter")


class GtpProgram:
    """A running GTP program, which is sent commands and must answer within a timeout.

    Args:
        words: the program and its arguments.

    Raises:
        ProgramMissing: the program can't be started.
    """

    def __init__(self, words: Sequence[str]) -> None:
        if shutil.which(words[0]) is None:
            raise ProgramMissing(f"{words[0]} can't be started: not found, or not executable")
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115, closed by stop
        try:
            self.process = STARTER.submit(
                subprocess.Popen,
                bound_to_us(words),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                start_new_session=True,
                bufsize=0,
            ).result()
        except OSError as error:
            self.errors.close()
            raise ProgramMissing(f"{words[0]} can't be started: {error.strerror}") from None
        self.received = b""

    def ask(self, command: str, seconds: float) -> tuple[bool, str]:
        """Send a command, and return whether it was accepted, and the answer.

        Raises:
            PlayerFailed: the program ended, timed out, or broke the protocol.
        """
        assert self.process.stdin is not None
        if stray := self.received.strip():
            quoted = stray[:80].decode("utf-8", "replace")
            raise PlayerFailed(f"spoke out of turn before {command!r}: {quoted!r}")
        if os.fstat(self.errors.fileno()).st_size > MAX_STDERR:
            self.errors.truncate(0)
        try:
            self.process.stdin.write(command.encode() + b"\n")
        except OSError:
            raise PlayerFailed(f"ended before {command!r}") from None
        text = self._answer(command, seconds).replace("\r", "").strip()
        if text[:1] not in ("=", "?"):
            raise PlayerFailed(f"{command!r} answered {text[:80]!r}: wanted = or ?")
        return text[0] == "=", text[1:].lstrip("0123456789").strip()

    def _answer(self, command: str, seconds: float) -> str:
        """Read up to the blank line that ends an answer."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                self.received = self.received.replace(b"\r", b"").lstrip(b"\n")
                end = self.received.find(b"\n\n")
                if end >= 0:
                    answer, self.received = self.received[:end], self.received[end + 2 :]
                    return answer.decode("utf-8", "replace")
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise PlayerFailed(f"no answer to {command!r} within {seconds:g} s")
                more = os.read(self.process.stdout.fileno(), 65_536)
                if not more:
                    raise PlayerFailed(f"ended at {command!r}")
                self.received += more
                if len(self.received) > MAX_ANSWER:
                    raise PlayerFailed(f"{command!r} answered more than {MAX_ANSWER} bytes")

    def stderr_quote(self) -> str:
        """The end of the program's standard error, as part of a message."""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - QUOTED_STDERR))
        words = " ".join(self.errors.read().decode("utf-8", "replace").split())
        return f"; it said: {words}" if words else ""

    def stop(self, seconds: float) -> None:
        """Ask the program to quit, then kill its process group.

        Args:
            seconds: how long to wait for the program to quit.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(OSError):
            self.process.stdin.write(b"quit\n")
        with suppress(OSError):
            self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # its children too
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()
