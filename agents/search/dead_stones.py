"""Which stones are dead at the end of a game: as a net sees it, or for certain."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from insei.agents.player import Player, SearchingPlayer
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, WHITE, opponent

NUM_STEPS = 32  # batches of leaves of a search for ownership
DEAD_OWNERSHIP = 0.35  # a chain is dead if the enemy's mean ownership of it is more


def searched_ownership(position: Position, player: SearchingPlayer) -> NDArray[np.float32]:
    """Who will own each point, by a short search, `[H, W]`: 1 Black, -1 White."""
    seen = position.resumed() if position.is_over else position
    search = player.search_from(seen)
    for _ in range(NUM_STEPS):
        if not search.step():
            break
    sign = 1 if seen.to_play == BLACK else -1
    return sign * search.ownership()


def dead_by_ownership(position: Position, ownership: NDArray[np.float32]) -> list[int]:
    """The stones of dead chains, by ownership `[H, W]`, positive for Black."""
    board, owned = position.board.ravel(), ownership.ravel()
    dead: list[int] = []
    for chain in chains_of(position, np.flatnonzero(board != EMPTY).tolist()):
        sign = 1 if board[chain[0]] == BLACK else -1
        if sign * float(owned[chain].mean()) < -DEAD_OWNERSHIP:
            dead += chain
    return sorted(dead)


def dead_for(position: Position, player: Player) -> list[int]:
    """The dead stones as a searching player sees them; otherwise those dead for certain."""
    if isinstance(player, SearchingPlayer):
        return dead_by_ownership(position, searched_ownership(position, player))
    return position.dead_stones()


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
