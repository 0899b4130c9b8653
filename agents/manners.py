"""How people end a game: they pass when nothing is left to play, and resign what is lost."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insei.agents.handwritten.playout_ownership import playout_ownership
from insei.agents.player import RESIGN
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY

SETTLED = 0.85  # of the mean owner of a point, from 0 to 1
HOPELESS = 0.02  # chance to win
HOPELESS_TURNS = 3  # in a row, before a person resigns
HOPELESS_SHARE = 0.12  # of the board's points that a person is behind by
EARLIEST_SHARE = 0.6  # of the board's points: a person plays so many moves before resigning


@dataclass(frozen=True)
class Outlook:
    """What a search expects of a position, from Black's side."""

    black_win_rate: float  # 0 to 1
    black_score: float  # in points
    ownership: NDArray[np.float32]  # [H, W], 1 for Black, -1 for White


class Manners:
    """One player's way to end a game. Made anew for each game.

    Args:
        second_look: who will own each point, `[H, W]`, by another judge than the search. A person
            passes only where both agree: a net may not know the board.
    """

    def __init__(
        self, second_look: Callable[[Position], NDArray[np.float32]] = playout_ownership
    ) -> None:
        self.second_look = second_look
        self.hopeless_turns = 0  # of the player, in a row

    def instead(self, position: Position, move: int, outlook: Outlook) -> int:
        """What a person would do where the player chose `move`: that move, the pass, or RESIGN."""
        if move == RESIGN:
            return move
        self.hopeless_turns = self.hopeless_turns + 1 if is_hopeless(position, outlook) else 0
        if self.hopeless_turns >= HOPELESS_TURNS:
            return RESIGN
        if is_pointless(position, move, outlook.ownership) and is_pointless(
            position, move, self.second_look(position)
        ):
            return position.rules.pass_move
        return move


def is_hopeless(position: Position, outlook: Outlook) -> bool:
    """Whether a person would think of resigning for the player to move."""
    points = position.rules.num_points
    sign = 1 if position.to_play == BLACK else -1
    win_rate = outlook.black_win_rate if sign == 1 else 1 - outlook.black_win_rate
    return (
        win_rate < HOPELESS
        and sign * outlook.black_score < -HOPELESS_SHARE * points
        and position.num_moves >= EARLIEST_SHARE * points
    )


def is_pointless(position: Position, move: int, ownership: NDArray[np.float32]) -> bool:
    """Whether a person would pass instead of a move, by who will own each point, `[H, W]`.

    Once a side has passed, that is so where the move's point is settled. Before, only where every
    empty point is.
    """
    rules = position.rules
    if move == rules.pass_move:
        return False
    settled = np.abs(ownership.ravel()) >= SETTLED
    if rules.pass_move in position.moves:
        return bool(settled[move])
    return bool(settled[position.board.ravel() == EMPTY].all())
