"""The count at the end of a game: which stones are dead, whose the points are, and why."""

import numpy as np
from numpy.typing import NDArray

from agents.ending import cleared, dead_by_ownership
from engine.diagram import result_of
from engine.position import Position
from engine.rules import BLACK, COLOUR_NAMES, EMPTY, WHITE


class Count:
    """A finished position and its dead stones, as people and the analyst agree on them.

    Args:
        position: after two passes.
    """

    def __init__(self, position: Position) -> None:
        self.position = position
        self.dead: set[int] = set()
        self.is_judged = False  # whether the analyst, or nobody for lack of one, has proposed

    def propose(self, ownership: NDArray[np.float32]) -> None:
        """Take for dead what the analyst thinks will be the enemy's.

        Args:
            ownership: `[H, W]`, 1 Black's, -1 White's.
        """
        self.dead = set(dead_by_ownership(self.position, ownership))
        self.is_judged = True

    def toggle(self, point: int) -> None:
        """Change the fate of the chain at a point."""
        chain = set(self.position.chain(point)) if point < self.position.rules.num_points else set()
        self.dead = self.dead - chain if chain & self.dead else self.dead | chain

    @property
    def result(self) -> str:
        """As SGF writes it."""
        return result_of(cleared(self.position, self.dead))

    def explanation(self) -> str:
        """How the score comes about, in words."""
        end = cleared(self.position, self.dead)
        owner, board = end.ownership(), end.board
        said = []
        for colour, sign in ((BLACK, 1), (WHITE, -1)):
            stones = int((board == colour).sum())
            around = int(((board == EMPTY) & (owner == sign)).sum())
            name = COLOUR_NAMES[colour]
            told = f"{name} has {stones + around} points: {stones} stones, {around} surrounded"
            if colour == WHITE:
                komi = self.position.rules.komi
                told += f"; with {komi:g} komi {stones + around + komi:g}"
            said.append(told)
        return f"{said[0]}; {said[1]}{self._taken_off()}"

    def _taken_off(self) -> str:
        stones = self.position.board.ravel()[sorted(self.dead)]
        black, white = int(np.sum(stones == BLACK)), int(np.sum(stones == WHITE))
        if not black and not white:
            return ""
        return f". Dead and taken off: {black} black, {white} white"
