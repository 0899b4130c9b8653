"""Programs that don't outlive us."""

import shutil
from collections.abc import Sequence


def bound_to_us(words: Sequence[str]) -> list[str]:
    """The command, so that the program is killed when we end, by kill -9 too.

    `setpriv` of util-linux becomes the program; where it is missing nothing is bound. Linux binds
    it to the thread that starts it, which therefore has to live as long.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *words] if setpriv else list(words)
