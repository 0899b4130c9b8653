"""The count at the end of a game, while people mark dead stones."""

from insei.agents.dead_stones import chains_of, judged
from insei.engine.diagram import result_of
from insei.engine.position import Position
from insei.engine.score_text import explain_score
from insei.engine.vertex import vertex_of


class ScoreCount:
    """A finished position and its dead stones, first as `judged` finds them.

    Args:
        position: after two passes.
    """

    def __init__(self, position: Position) -> None:
        self.position = position
        judgement = judged(position)
        self.dead = set(judgement.dead)
        self.doubtful = set(judgement.doubtful)  # those that the user has not decided on yet

    def toggle(self, point: int) -> None:
        """Mark the chain at a point as dead, or as alive again."""
        chain = set(self.position.chain(point)) if point < self.position.rules.num_points else set()
        self.dead = self.dead - chain if chain & self.dead else self.dead | chain
        self.doubtful -= chain

    @property
    def result(self) -> str:
        """The result as SGF writes it."""
        return result_of(self.position, self.dead)

    def explanation(self) -> str:
        """The score in words."""
        return explain_score(self.position, self.dead)

    def doubt_text(self) -> str:
        """What the user should look at; empty if nothing is in doubt."""
        if not self.doubtful:
            return ""
        rules = self.position.rules
        chains = chains_of(self.position, sorted(self.doubtful))
        stones = ", ".join(vertex_of(chain[0], rules) for chain in chains)
        return f"In doubt: the chains at {stones}. Look whether they are dead."
