"""A board as pages draw it."""

from pathlib import Path
from typing import Any

from insei.engine.diagram import star_points
from insei.engine.rules import Rules
from insei.engine.vertex import COLUMNS

TEMPLATES = Path(__file__).parent  # board.css.j2 and board.js.j2


def frame_of(rules: Rules) -> dict[str, Any]:
    """What `drawBoard` of board.js.j2 needs to know of a board."""
    return {
        "width": rules.width,
        "height": rules.height,
        "letters": COLUMNS[: rules.width],
        "stars": sorted(
            row * rules.width + column for row, column in star_points(rules.width, rules.height)
        ),
    }
