"""`insei gtp`: a player as a GTP engine, for Sabaki, GoGui, and tournaments."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from cyclopts import Parameter

from engine.rules import PRESETS
from insei.version import version_text


def gtp(
    *,
    player: Annotated[str, Parameter(alias="-p")] = "influence",
    size: int = 9,
    komi: float | None = None,
    rules: str = "tromp-taylor",
    seed: int = 0,
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
        tromp-taylor, chinese or new-zealand.
    seed
        Of the player's first game.
    """
    from agents.grammar import make_player
    from agents.gtp_engine import GtpEngine

    chosen = preset(rules)(size)
    if komi is not None:
        chosen = replace(chosen, komi=komi)
    seated = make_player(player)
    engine = GtpEngine(seated, chosen, version_text(), seed)
    for answer in engine.serve(lines_of_input()):
        sys.stdout.write(answer)
        sys.stdout.flush()
    seated.close()


def lines_of_input() -> Iterator[str]:
    """Standard input by lines, whatever bytes it holds."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace")


def preset(name: str):  # type: ignore[no-untyped-def]
    """The maker of rules called `name`.

    Raises:
        ValueError: there is none.
    """
    if name not in PRESETS:
        raise ValueError(f"rules {name!r}: wanted one of {', '.join(PRESETS)}")
    return PRESETS[name]
