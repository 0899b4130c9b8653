"""Alpha-beta over a handwritten judge; see alphabeta.pyx."""

from typing import NamedTuple

from insei.agents.player import Choice
from insei.engine.position import Position
from insei.engine.rules import Rules

class Reading(NamedTuple):
    """What a search found."""

    move: int
    points: float
    depth: int
    nodes: int
    is_solved: bool

class AlphaBetaPlayer:
    """Alpha-beta over the judge of `influence`; the first limit reached ends a search."""

    name: str
    num_parameters: int
    fingerprint: str
    depth: int
    seconds: float
    nodes: int

    def __init__(
        self, name: str = "alphabeta", depth: int = 0, seconds: float = 0.0, nodes: int = 0
    ) -> None: ...
    def new_game(self, rules: Rules, seed: int) -> None: ...
    def set_time_limit(self, seconds: float | None) -> None: ...
    def choose(self, position: Position) -> Choice: ...
    def read(self, position: Position) -> Reading:
        """Read ahead until a limit is reached or the position is solved.

        Raises:
            ValueError: the game is over.
        """

    def close(self) -> None: ...

def points_of(value: int) -> float:
    """A value in points, without what winning is worth beside."""
