"""Territory scoring, for games that were played by Japanese or AGA rules; areas: Position.score."""

from collections.abc import Iterable

from engine.benson import pass_alive
from engine.position import Position
from engine.rules import BLACK, EMPTY, opponent


def dead_stones(position: Position) -> list[int]:
    """Find the stones in territory that is unconditionally the enemy's, by Benson's algorithm.

    They are dead for certain; others may be dead too, which only the players can say.
    """
    owner, board = pass_alive(position).ravel(), position.board.ravel()
    return [
        point
        for point in range(position.rules.num_points)
        if board[point] != EMPTY and owner[point] == opponent(int(board[point]))
    ]


def territory_score(
    position: Position, dead: Iterable[int] | None = None, pass_stones: bool = False
) -> float:
    """Count territory and prisoners: Black's less White's and komi.

    Empty points that reach one colour alone are its territory once the dead stones are taken off,
    which count as prisoners. Eyes in seki count too: what is a seki is for the players to say.

    Args:
        position: a board at the end of its game.
        dead: points of dead stones, one of each chain at least; None takes `dead_stones`.
        pass_stones: whether each pass handed a stone to the opponent (AGA).

    Raises:
        ValueError: a point named as dead is empty or off the board.

    Source: Nihon Kiin's rules of 1989, articles 8 to 10; AGA Concise Rules of Go.
    """
    board = position.board.ravel()
    black, white = position.prisoners
    marked: set[int] = set()
    for point in dead_stones(position) if dead is None else dead:
        chain = position.chain(point)
        if not chain:
            raise ValueError(f"point {point} is empty: wanted a stone to be dead")
        marked.update(chain)
    for point in marked:
        if board[point] == BLACK:
            white += 1
        else:
            black += 1
        board[point] = EMPTY
    if pass_stones:
        passes = [
            mover
            for move, mover in zip(position.moves, position.movers, strict=True)
            if move == position.rules.pass_move
        ]
        white += passes.count(BLACK)
        black += len(passes) - passes.count(BLACK)
    cleared = board.reshape(position.rules.height, position.rules.width)
    owner = Position(position.rules, cleared).ownership()
    territory = int(owner[cleared == EMPTY].sum())
    return territory + black - white - position.rules.komi
