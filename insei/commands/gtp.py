"""`insei gtp`: a player as a GTP engine, for Sabaki, GoGui, and tournaments."""

import os
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from dataclasses import replace
from functools import partial
from typing import Annotated

from cyclopts import Parameter

from insei.commands.options import Seed
from insei.commands.version import version_text
from insei.engine.rules import PRESETS


def gtp(
    *,
    player: Annotated[str, Parameter(alias="-p")] = "influence",
    size: int = 9,
    komi: float | None = None,
    rules: str = "tromp-taylor",
    seed: Seed = 0,
    ponder: bool = False,
) -> None:
    """Serve a player over the Go Text Protocol, version 2, on standard input and output.

    Example: `insei gtp --player search:runs/go5,visits=100 --size 5`. Nothing but GTP is written
    to standard output; a line that makes no sense is answered by `?`.

    Parameters
    ----------
    player
        Who moves, by the player grammar.
    size
        Side of the board until `boardsize` comes.
    komi
        Until `komi` comes; the preset's own if left out.
    rules
        tromp-taylor, chinese, new-zealand, japanese or aga.
    seed
        Of the player's first game.
    ponder
        Go on searching while the opponent thinks.
    """
    from insei.agents.grammar import make_player
    from insei.agents.gtp.engine import GtpEngine
    from insei.levels import notes_on

    chosen = preset(rules)(size)
    if komi is not None:
        chosen = replace(chosen, komi=komi)
    out = sys.stdout
    with redirect_stdout(sys.stderr), closing(make_player(player)) as seated:  # its own prints
        engine = GtpEngine(
            seated, chosen, version_text(), seed, ponder, warn, partial(notes_on, player)
        )
        for answer in engine.serve(TypedLines(lines_of_input())):
            out.write(answer)
            out.flush()


def warn(line: str) -> None:
    """Tell whoever looks at standard error."""
    print(f"insei: {line}", file=sys.stderr, flush=True)


class TypedLines:
    """Lines as they come, read by a thread of their own, so that an analysis sees them come."""

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

    def take(self) -> str | None:
        """The next line, waited for; None at the end.

        Raises:
            OSError: it can't be read.
        """
        line = self.queue.get()
        if isinstance(line, OSError):
            raise OSError(f"standard input can't be read: {line.strerror}") from line
        return line

    def is_waiting(self) -> bool:
        """Whether a line or the end has come."""
        return not self.queue.empty()


def lines_of_input() -> Iterator[str]:
    """Standard input by lines, whatever bytes it holds; none where it is closed."""
    if sys.stdin is None:
        return
    descriptor = sys.stdin.fileno()
    pending = b""
    # Not by sys.stdin.buffer: a thread that waits in it holds its lock, which Python wants at exit.
    while block := os.read(descriptor, 1 << 16):
        *lines, pending = (pending + block).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace")
    if pending:
        yield pending.decode("utf-8", "replace")


def preset(name: str):  # type: ignore[no-untyped-def]
    """The maker of rules called `name`.

    Raises:
        ValueError: there is none.
    """
    if name not in PRESETS:
        raise ValueError(f"rules {name!r}: wanted one of {', '.join(PRESETS)}")
    return PRESETS[name]
