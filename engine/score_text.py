"""The score of a finished game in words."""

from collections.abc import Collection

import numpy as np

from insei.engine.position import Position
from insei.engine.rules import BLACK, COLOUR_NAMES, EMPTY, WHITE, opponent


def explain_score(position: Position, dead: Collection[int] = ()) -> str:
    """How many points each side has, and where they come from.

    Args:
        dead: points of dead stones, which are taken off the board first.
    """
    rules, removed = position.rules, sorted(dead)
    owner, board = position.ownership(removed), position.board
    removed_colours = board.ravel()[removed]
    board.flat[removed] = EMPTY
    sides = []
    for colour, sign in ((BLACK, 1), (WHITE, -1)):
        counted, kind = int((board == colour).sum()), "stones"
        if rules.scoring == "territory":
            captured = position.prisoners[colour - 1]
            counted, kind = captured + int((removed_colours == opponent(colour)).sum()), "prisoners"
        surrounded = int(((board == EMPTY) & (owner == sign)).sum())
        points = f"{counted + surrounded} points ({counted} {kind}, {surrounded} surrounded)"
        sides.append(f"{COLOUR_NAMES[colour]} has {points}")
    return f"{removed_text(position, removed)}{sides[0]}, {sides[1]} and {rules.komi:g} komi"


def removed_text(position: Position, removed: list[int]) -> str:
    """How many dead stones of each colour are taken off; empty if there are none."""
    stones = position.board.ravel()[removed]
    counts = [(int(np.sum(stones == colour)), COLOUR_NAMES[colour]) for colour in (BLACK, WHITE)]
    text = " and ".join(f"{count} {name}" for count, name in counts if count)
    return f"{text} dead taken off: " if text else ""
