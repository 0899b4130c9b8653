"""The count at the end of a game, while people and the analyst mark dead stones."""

from collections.abc import Iterable

from insei.engine.diagram import result_of
from insei.engine.position import Position
from insei.engine.score_text import explain_score


class ScoreCount:
    """A finished position and its dead stones.

    Args:
        position: after two passes.
    """

    def __init__(self, position: Position) -> None:
        self.position = position
        self.dead: set[int] = set()
        self.is_proposed = False  # whether the analyst has proposed dead stones, or has failed

    def propose(self, dead: Iterable[int]) -> None:
        """Set the dead stones; earlier marks are forgotten."""
        self.dead, self.is_proposed = set(dead), True

    def toggle(self, point: int) -> None:
        """Mark the chain at a point as dead, or as alive again."""
        chain = set(self.position.chain(point)) if point < self.position.rules.num_points else set()
        self.dead = self.dead - chain if chain & self.dead else self.dead | chain

    @property
    def result(self) -> str:
        """The result as SGF writes it."""
        return result_of(self.position, self.dead)

    def explanation(self) -> str:
        """The score in words."""
        return explain_score(self.position, self.dead)
