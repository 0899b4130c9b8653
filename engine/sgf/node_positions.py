"""The positions of a tree's nodes, made when they are asked for.

A position carries its whole history. To hold one a node would take memory that grows with the
square of a line's length. Here some are held, and others are played from the nearest one above.
"""

from collections.abc import Callable

from insei.engine.position import Position

MOST_PLIES = 8_000_000  # of all positions held, about 10 bytes each
BASE_PLIES = 600  # what a position takes besides, in plies
SHORT = 2  # plies from a held position, between which none more is held


class NodePositions:
    """Positions by node.

    Args:
        start: the position before the root.
        parent: the parent of a node; -1 for the root, which is node 0.
        advance: the position after a node, from that before it, which it may change.
    """

    def __init__(
        self,
        start: Position,
        parent: Callable[[int], int],
        advance: Callable[[Position, int], Position],
    ) -> None:
        self._parent, self._advance = parent, advance
        self._held = {-1: start}
        self._plies = 0  # of those held

    def after(self, node: int) -> Position:
        """The position after a node, not to be changed."""
        path = []
        while node not in self._held:
            path.append(node)
            node = self._parent(node)
        if not path:
            return self._held[node]
        position = self._held[node].copy()
        hold_at = len(path) // 2
        for left in range(len(path) - 1, -1, -1):
            position = self._advance(position, path[left])
            if left == hold_at and left > SHORT:
                # A walk back up the line finds positions at half of the way, a quarter, ...
                self._hold(path[left], position.copy())
                hold_at //= 2
        self._hold(path[0], position)
        return position

    def _hold(self, node: int, position: Position) -> None:
        self._held[node] = position
        self._plies += BASE_PLIES + position.num_moves
        if self._plies > MOST_PLIES:
            self._drop(node)

    def _drop(self, newest: int) -> None:
        """Drop the longer half of the positions, but not the newest."""
        known = sorted(self._held, key=lambda node: self._held[node].num_moves)
        for node in known[len(known) // 2 :]:
            if node not in (newest, -1):
                self._plies -= BASE_PLIES + self._held.pop(node).num_moves
