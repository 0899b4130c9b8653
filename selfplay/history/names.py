"""Names of branches and tags."""

import re

from insei.selfplay.history.graph import HEAD, PLAYED_NAME, Graph
from insei.system.errors import UserError

NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)*")
LONGEST_NAME = 100


def check_name(name: str) -> None:
    """Check that a branch or tag can have this name.

    Raises:
        UserError: it can't.
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME or name in (HEAD, PLAYED_NAME):
        raise UserError(f"name {name[:40]!r}: wanted letters, digits, and - . _ / within it")


def check_new_name(graph: Graph, name: str) -> None:
    """Check that a new branch or tag can have this name.

    Raises:
        UserError: it is taken, or no name.
    """
    check_name(name)
    if name in graph.branches or name in graph.tags:
        raise UserError(f"{name!r} is there already: wanted a new name")
