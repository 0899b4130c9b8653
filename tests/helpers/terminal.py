"""Programs in a real pseudo-terminal."""

import os
import pty
import subprocess
import sys
import termios

import pexpect
from pexpect.fdpexpect import fdspawn

from tests.helpers.paths import ROOT

# Makes standard input the controlling terminal, then becomes the program.
TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


class Terminal(fdspawn):
    """A program in a pseudo-terminal, which pexpect reads and types into.

    `pexpect.spawn` would fork. After a net was evaluated in this process, a fork crashes.

    Args:
        size: rows and columns.
    """

    def __init__(self, *words, environment, size=(30, 90)):
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, size)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", TAKE_TERMINAL, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | environment,
            cwd=ROOT,
            start_new_session=True,
        )
        os.close(theirs)
        super().__init__(ours, encoding="utf-8", timeout=60)

    def resize(self, rows, columns):
        termios.tcsetwinsize(self.child_fd, (rows, columns))

    def hang_up(self):
        """Close the terminal; the kernel sends SIGHUP."""
        os.close(self.child_fd)
        self.closed, self.child_fd = True, -1

    def read_to_end(self):
        """What the program printed since the last match, and its exit status."""
        self.expect(pexpect.EOF)
        status = self.process.wait(60)
        self.close()
        return self.before, status
