"""`insei gtp`: a player as a GTP engine, for Sabaki, GoGui, and tournaments."""

import sys
from contextlib import closing, redirect_stdout
from dataclasses import replace
from functools import partial
from typing import Annotated

from cyclopts import Parameter

from insei.commands.options import Seed
from insei.engine.rule_names import ProgramRules, preset_called, rules_called
from insei.engine.rules import PRESETS, Rules
from insei.system.shown import say, shown
from insei.system.version import version as version_text


def gtp(
    *,
    player: Annotated[str, Parameter(alias="-p")] = "influence",
    size: int = 9,
    komi: float | None = None,
    rules: str = "",
    seed: Seed = 0,
    ponder: bool = False,
    called: str = "",
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
        Until `komi` comes; that of the rules if left out.
    rules
        A preset, cgos, chinese-ogs or another of KataGo's names, its word or its JSON. If left out,
        area scoring with positional superko and without suicide, and an opponent's move that these
        forbid and others allow is played.
    seed
        Of the player's first game.
    ponder
        Go on searching while the opponent thinks.
    called
        What `name` and `version` answer, as in "KataGo 1.16.0": for clients that know some names.
    """
    from insei.agents.grammar import make_player
    from insei.agents.gtp.engine import GtpEngine
    from insei.agents.gtp.rules_commands import use_rules
    from insei.levels import notes_on
    from insei.system.lines import TypedLines, lines_of_input

    asked = rules_asked_for(rules, size, komi)
    name, _, version = called.partition(" ")
    out = sys.stdout
    with redirect_stdout(sys.stderr), closing(make_player(player)) as seated:  # its own prints
        engine = GtpEngine(
            seated,
            asked.rules,
            version or version_text(),
            seed,
            ponder,
            warn,
            partial(notes_on, player),
            is_tolerant=True,
            name=name,
        )
        if rules:
            use_rules(engine.game, asked)
        for answer in engine.serve(TypedLines(lines_of_input())):
            out.write(shown(answer))
            out.flush()


def warn(line: str) -> None:
    """Tell whoever looks at standard error."""
    say(f"insei: {line}", to_error=True, flush=True)


def rules_asked_for(name: str, size: int, komi: float | None) -> ProgramRules:
    """The rules of a first game, with their usual komi where none is given."""
    plain = Rules(size, size)
    asked = rules_called(name, plain) if name else ProgramRules(plain)
    komi = usual_komi(name, asked.rules) if komi is None else komi
    return asked._replace(rules=replace(asked.rules, komi=komi))


def usual_komi(name: str, rules: Rules) -> float:
    """The komi that these rules are usually played with."""
    if preset := preset_called(name):
        return PRESETS[preset]().komi
    return 6.5 if rules.scoring == "territory" else 7.5
