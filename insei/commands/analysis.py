"""`insei analysis`: many positions analysed at once, by KataGo's JSON protocol."""

import json
import sys
from contextlib import redirect_stdout
from typing import Annotated

from cyclopts import Parameter

from insei.system.lines import TypedLines, lines_of_input
from insei.system.version import version as version_text


def analysis(*, player: Annotated[str, Parameter(alias="-p")] = "search:go9,visits=200") -> None:
    """Answer queries of KataGo's analysis protocol, one JSON object a line.

    Clients such as KaTrain start it in place of `katago analysis`. Positions are searched side by
    side, so that they share batches of the net. docs/analysis.md lists the fields.

    Example: `insei analysis --player search:go9,visits=500`.

    Parameters
    ----------
    player
        A net or a search, by the player grammar. Its visits are those of a query that names none.
    """
    from insei.agents.json_analysis.player import engine_for

    engine = engine_for(player, version_text())
    out = sys.stdout
    with redirect_stdout(sys.stderr):
        for answer in engine.serve(TypedLines(lines_of_input())):
            out.write(json.dumps(answer) + "\n")
            out.flush()
