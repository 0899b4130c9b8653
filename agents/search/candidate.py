"""What a search knows of one move."""

from typing import NamedTuple


class Candidate(NamedTuple):
    """A move at the root; numbers as the player to move sees them, 0 without visits."""

    move: int
    visits: int
    value: float  # mean utility, -1 to 1
    prior: float  # the net's probability
    win: float  # mean chance of a win less that of a loss, -1 to 1
    score: float  # mean score, in points
    bound: float  # the value's lower bound; -1 without visits
