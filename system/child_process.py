"""Child processes that end with their parent."""

import shutil
from collections.abc import Sequence


def bound_to_us(words: Sequence[str]) -> list[str]:
    """A command whose program is killed when this process ends, even by kill -9.

    It is started through `setpriv` of util-linux. Without `setpriv` the command is unchanged. Linux
    binds the program to the thread that starts it, so that thread must live as long.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *words] if setpriv else list(words)
