"""What a user can cause, and put right; any other exception that a command raises is a bug."""

from typing import Any


class UserError(ValueError):
    """A mistake of a user's, or of the user's machine; the message is one clear line."""


class ClusterMissing(UserError, OSError):
    """There is no Ray cluster, or it does not start."""


class ClusterLost(ClusterMissing):
    """The Ray cluster has gone away during the work; what was done is saved, and can go on."""


class WorkersExited(UserError, ChildProcessError):
    """Worker processes keep dying: they crash, are killed, or run out of memory.

    Args:
        message: in one line.
        task: what the last one was doing, if anything.
    """

    def __init__(self, message: str, task: Any = None) -> None:
        super().__init__(message)
        self.task = task
