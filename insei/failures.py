"""Whose an error is, a user's or ours, and what is said of it."""

import errno
import traceback

from insei.system.error_log import keep_traceback
from insei.system.errors import UserError
from insei.system.shown import shown_line

MACHINE_ERRORS = (  # OSErrors of the user's machine, even if they name no file
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM,
)  # fmt: skip
LONGEST = 300  # letters of a bug's line


def is_users(error: Exception) -> bool:
    """Whether a user caused an error, or the user's machine: a file, a full disk, a player."""
    from insei.agents.player import PlayerFailed  # numpy, which most commands' help does not need

    if isinstance(error, OSError):
        of_machine = error.errno in MACHINE_ERRORS
        return isinstance(error, UserError) or error.filename is not None or of_machine
    return isinstance(error, UserError | PlayerFailed)


def bug_line(error: Exception) -> str:
    """The kind and the words of an exception in one line."""
    return " ".join(traceback.format_exception_only(error)[-1].split())[:LONGEST]


def said_where_it_goes_on(error: Exception) -> str:
    """What a screen says of an error after which it goes on; a bug's traceback is kept."""
    if is_users(error):
        return shown_line(error)
    log = keep_traceback(error)
    return f"a bug: {bug_line(error)}" + (f"; its traceback is in {log}" if log else "")
