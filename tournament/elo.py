"""The Elo scale: a difference in rating as an expected share of points."""

import math

ELO = 400 / math.log(10)  # Elo points of a natural unit of strength


def expected_share(elo: float) -> float:
    """The share of points that a player `elo` points stronger takes; a tie is half a win each."""
    return 1 / (1 + 10 ** (-elo / 400))
