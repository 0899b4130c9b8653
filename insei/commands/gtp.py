"""`insei gtp`: a player as a GTP engine, for Sabaki, GoGui, and tournaments."""

import sys
from collections.abc import Callable
from contextlib import closing, redirect_stdout
from dataclasses import replace
from functools import partial
from typing import Annotated

from cyclopts import Parameter

from insei.commands.options import RulesName, Seed
from insei.commands.version import version_text
from insei.engine.rules import PRESETS, Rules
from insei.system.errors import UserError
from insei.system.shown import say, shown


def gtp(
    *,
    player: Annotated[str, Parameter(alias="-p")] = "influence",
    size: int = 9,
    komi: float | None = None,
    rules: RulesName = "tromp-taylor",
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
    seed
        Of the player's first game.
    ponder
        Go on searching while the opponent thinks.
    """
    from insei.agents.grammar import make_player
    from insei.agents.gtp.engine import GtpEngine
    from insei.levels import notes_on
    from insei.system.lines import TypedLines, lines_of_input

    chosen = preset(rules)(size)
    if komi is not None:
        chosen = replace(chosen, komi=komi)
    out = sys.stdout
    with redirect_stdout(sys.stderr), closing(make_player(player)) as seated:  # its own prints
        engine = GtpEngine(
            seated, chosen, version_text(), seed, ponder, warn, partial(notes_on, player)
        )
        for answer in engine.serve(TypedLines(lines_of_input())):
            out.write(shown(answer))
            out.flush()


def warn(line: str) -> None:
    """Tell whoever looks at standard error."""
    say(f"insei: {line}", to_error=True, flush=True)


def preset(name: str) -> Callable[[int], Rules]:
    """The maker of rules called `name`.

    Raises:
        UserError: there is none.
    """
    if name not in PRESETS:
        raise UserError(f"rules {name!r}: wanted one of {', '.join(PRESETS)}")
    return PRESETS[name]
