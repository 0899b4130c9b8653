"""What a search expects of a position, kept in its node as Sabaki keeps it."""

import math
from dataclasses import dataclass

from insei.engine.sgf.variations import GameNode

WIN_RATE = "SBKV"  # Black's chance to win in percent
SCORE = "SBKS"  # Black's lead in points


@dataclass(frozen=True)
class Estimate:
    """The outcome that a search expected of a position."""

    black_win_rate: float  # 0 to 1
    black_score: float | None = None  # in points; None if unknown


def estimate_of(node: GameNode) -> Estimate | None:
    """What a node says of its position; None if that is nothing."""
    properties = node.properties
    if WIN_RATE not in properties:
        return None
    percent = number_in(properties[WIN_RATE])
    if percent is None or not 0 <= percent <= 100:
        return None
    return Estimate(percent / 100, number_in(properties.get(SCORE, [])))


def set_estimate(node: GameNode, estimate: Estimate) -> None:
    """Write an estimate into a node; an earlier one is replaced."""
    node.properties[WIN_RATE] = [f"{100 * estimate.black_win_rate:.2f}"]
    if estimate.black_score is None:
        node.properties.pop(SCORE, None)
    else:
        node.properties[SCORE] = [f"{estimate.black_score:.2f}"]


def number_in(values: list[str]) -> float | None:
    """The number that a property's first value is; None if it is none."""
    try:
        number = float(values[0])
    except (IndexError, ValueError):
        return None
    return number if math.isfinite(number) else None
