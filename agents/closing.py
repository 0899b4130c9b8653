"""How a player without a search ends a game in which the stones count as they stand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from insei.agents.dead_stones import PLAYOUTS, capturing_move, judged_by
from insei.agents.handwritten.playout_ownership import playout_ownership
from insei.agents.manners import SETTLED
from insei.engine.position import Position


def closing(position: Position, moves: Sequence[int], by_agreement: bool) -> int:
    """The first of a player's moves, or what ends the game better.

    A pass that wins at once goes before every move. Where the first move is the pass, and it would
    lose by dead stones that still stand, a move that helps to capture them takes its place.

    Args:
        moves: legal ones, the best first.
        by_agreement: whether the player learned to pass under territory scoring, where both agree
            on the dead stones and play on if they don't. Here nobody asks: it passes only once
            playouts are sure of every empty point.
    """
    rules, mine, move = position.rules, position.to_play, moves[0]
    pass_move = rules.pass_move
    if position.last_move == pass_move:
        ended = position.play(pass_move)
        if ended.is_over and ended.winner() == mine:
            return pass_move
    if move != pass_move or rules.scoring != "area":
        return move
    is_ahead = position.winner() == mine
    if is_ahead and not by_agreement:
        return pass_move
    ownership = playout_ownership(position, PLAYOUTS)
    if by_agreement:
        for other in moves[1:]:
            if is_worth_playing(position, other, ownership):
                return other
    if is_ahead:
        return pass_move
    dead = judged_by(position, ownership).dead
    if not dead or position.winner(dead) != mine:
        return pass_move
    return capturing_move(position, dead)


def is_worth_playing(position: Position, move: int, ownership: NDArray[np.float32]) -> bool:
    """Whether a move is on a point in doubt, and costs no eye and no chain of one's own.

    Args:
        ownership: `[H, W]`, 1 for Black, -1 for White.
    """
    if move == position.rules.pass_move or abs(ownership.flat[move]) >= SETTLED:
        return False
    if position.fills_own_eye(move):
        return False
    return len(position.play(move).liberties(move)) > 1
