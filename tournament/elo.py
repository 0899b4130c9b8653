"""The Elo scale: what a difference in rating says of a game's outcome."""

import math

ELO = 400 / math.log(10)  # Elo points of a natural unit of strength


def expected_share(elo: float) -> float:
    """The share of points of a player who is stronger by `elo`; a tie is half a win each."""
    return 1 / (1 + 10 ** (-elo / 400))
