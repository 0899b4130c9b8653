"""Ladders read out; see ladders.pyx."""

from insei.engine.position import Position

def is_caught(position: Position, point: int) -> bool:
    """Whether the chain at `point` is caught by ataris alone, the player to move moving first.

    Raises:
        ValueError: the point is empty or off the board.
    """

def ladder_moves(position: Position) -> tuple[list[int], list[int]]:
    """Return the moves that decide ladders, superko not looked at.

    Returns:
        those that begin a ladder which catches an enemy chain with two liberties, and those that
        save an own chain in atari.
    """
