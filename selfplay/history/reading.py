"""The edits of a dataset as whoever reads rows needs them."""

from pathlib import Path

from insei.engine.rules import Rules
from insei.selfplay.history.edited import NO_EDITS, Edits
from insei.selfplay.history.graph import HEAD
from insei.selfplay.history.table import EDITS, EditTable


def edits_beside(games: Path, rules: Rules, terms: dict[str, str], at: str = HEAD) -> Edits:
    """The edits of the table of games at `games`; none if it has no edits.

    Args:
        rules: of the run, on its largest board.
        terms: of the table of games.
        at: a branch, a tag or a commit.

    Raises:
        UserError: the table of edits can't be used, or `at` is none of it.
    """
    path = games.with_name(EDITS)
    if at == HEAD and not path.exists():
        return NO_EDITS
    graph = EditTable(path, terms).read()
    return Edits.of(graph, graph.resolve(at), rules)
