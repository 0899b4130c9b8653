"""Which stones are dead at the end of a game, as playouts and on 19x19 a net see it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insei.agents.handwritten.playout_ownership import playout_ownership
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, WHITE, opponent

PLAYOUTS = 2000
DEAD_FROM = 0.2  # a chain is dead if the enemy's mean ownership of it is at least this
DOUBT = 0.25  # nearer to it than this, either answer may be right
# On 19x19 playouts kill large chains that live, which a net sees. On 9x9 and 13x13 it adds nothing.
NET, NET_SIDE, NET_SHARE = "go19", 19, 0.3


@dataclass(frozen=True)
class Judgement:
    """The stones that are taken off at the end of a game."""

    dead: list[int]  # in ascending order
    doubtful: list[int]  # stones, dead or not, of chains whose state is in doubt


def judged(position: Position) -> Judgement:
    """Judge the stones of a position. Equal positions are judged equally."""
    ownership = playout_ownership(position, PLAYOUTS)
    if (position.rules.height, position.rules.width) == (NET_SIDE, NET_SIDE):
        from insei.agents.net.owners import net_ownership  # takes half a second

        ownership += NET_SHARE * (net_ownership(position, NET) - ownership)
    return judged_by(position, ownership)


def judged_by(position: Position, ownership: NDArray[np.float32]) -> Judgement:
    """Judge the stones of a position by who owns each point.

    Args:
        ownership: `[H, W]`, from 1, Black's, to -1, White's.
    """
    board, owned = position.board.ravel(), ownership.ravel()
    dead: list[int] = []
    doubtful: list[int] = []
    for chain in chains_of(position, np.flatnonzero(board != EMPTY).tolist()):
        share = float(owned[chain].mean())
        of_enemy = -share if board[chain[0]] == BLACK else share
        if of_enemy >= DEAD_FROM:
            dead += chain
        if abs(of_enemy - DEAD_FROM) < DOUBT:
            doubtful += chain
    return Judgement(sorted(dead), sorted(doubtful))


def capturing_move(position: Position, dead: Iterable[int]) -> int:
    """A move that helps to capture the enemy's dead stones; the pass if there is none.

    It is a liberty of such a chain and fills no own eye. It leaves the chain the fewest liberties,
    and among equals the new stone the most.
    """
    board, mover = position.board.ravel(), position.to_play
    found, best = position.rules.pass_move, (0, 0)
    for stone, *_ in chains_of(position, dead):
        if board[stone] == mover:
            continue
        for move in position.liberties(stone):
            if not position.is_legal(move) or position.fills_own_eye(move):
                continue
            after = position.play(move)
            is_captured = after.board.flat[stone] != board[stone]
            left = 0 if is_captured else len(after.liberties(stone))
            worth = (position.rules.num_points - left, len(after.liberties(move)))
            if worth > best:
                found, best = move, worth
    return found


def chains_of(position: Position, stones: Iterable[int]) -> list[list[int]]:
    """The chains that these stones belong to, each once."""
    found, seen = [], set[int]()
    for stone in stones:
        if stone not in seen:
            found.append(position.chain(stone))
            seen.update(found[-1])
    return found


def stone_status(position: Position, dead: Iterable[int]) -> dict[str, list[int]]:
    """GTP's final status: `alive` and `dead` stones, and each side's territory."""
    gone = set(dead)
    board = position.board.ravel()
    owner = position.ownership(gone).ravel()
    stones = np.flatnonzero(board != EMPTY).tolist()
    return {
        "alive": [point for point in stones if point not in gone],
        "dead": sorted(gone),
        "seki": [],
        "black_territory": territory(board, owner, gone, BLACK),
        "white_territory": territory(board, owner, gone, WHITE),
    }


def territory(
    board: NDArray[np.uint8], owner: NDArray[np.int8], dead: set[int], colour: int
) -> list[int]:
    """Points that `colour` surrounds, including those under the enemy's dead stones."""
    sign = 1 if colour == BLACK else -1
    return [
        point
        for point in range(len(board))
        if owner[point] == sign
        and (board[point] == EMPTY or (point in dead and board[point] == opponent(colour)))
    ]
