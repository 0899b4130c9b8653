"""The count at the end of a game: which stones are dead, whose the points are, and why."""

from collections.abc import Iterable

import numpy as np

from insei.engine.diagram import result_of
from insei.engine.position import Position
from insei.engine.rules import BLACK, COLOUR_NAMES, EMPTY, WHITE, opponent


class Count:
    """A finished position and its dead stones, as people and the analyst agree on them.

    Args:
        position: after two passes.
    """

    def __init__(self, position: Position) -> None:
        self.position = position
        self.dead: set[int] = set()
        self.is_judged = False  # whether the analyst, or nobody for lack of one, has proposed

    def propose(self, dead: Iterable[int]) -> None:
        """Take for dead what somebody thinks so; what was said before stands no more."""
        self.dead, self.is_judged = set(dead), True

    def toggle(self, point: int) -> None:
        """Change the fate of the chain at a point."""
        chain = set(self.position.chain(point)) if point < self.position.rules.num_points else set()
        self.dead = self.dead - chain if chain & self.dead else self.dead | chain

    @property
    def result(self) -> str:
        """As SGF writes it."""
        return result_of(self.position, self.dead)

    def explanation(self) -> str:
        """How the score comes about, in words."""
        rules, gone = self.position.rules, sorted(self.dead)
        owner, board = self.position.ownership(gone), self.position.board
        lost = board.ravel()[gone]
        board.flat[gone] = EMPTY
        said = []
        for colour, sign in ((BLACK, 1), (WHITE, -1)):
            others, what = int((board == colour).sum()), "stones"
            if rules.scoring == "territory":
                taken = self.position.prisoners[colour - 1]
                others, what = taken + int((lost == opponent(colour)).sum()), "prisoners"
            around = int(((board == EMPTY) & (owner == sign)).sum())
            points = f"{others + around} points ({others} {what}, {around} surrounded)"
            said.append(f"{COLOUR_NAMES[colour]} has {points}")
        return f"{self._taken_off()}{said[0]}, {said[1]} and {rules.komi:g} komi"

    def _taken_off(self) -> str:
        stones = self.position.board.ravel()[sorted(self.dead)]
        counts = [
            (int(np.sum(stones == colour)), COLOUR_NAMES[colour]) for colour in (BLACK, WHITE)
        ]
        told = " and ".join(f"{count} {name}" for count, name in counts if count)
        return f"{told} dead taken off: " if told else ""
