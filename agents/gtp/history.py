"""The moves of a GTP game: each can be taken back, and memory grows with the moves alone."""

from collections.abc import Iterable

import numpy as np

from insei.engine.errors import IllegalMove
from insei.engine.position import Position
from insei.engine.rules import Rules, opponent

NUM_RECENT = 64  # positions before the current one that are kept
STRIDE = 1024  # every so many moves a position is kept for good
TOLERATED = ("suicide", "superko")  # what some rules forbid and others allow

Ply = tuple[int, int]  # colour, move


class GameHistory:
    """A game from its start to the current position.

    Positions hold their own history, so that one for each move would take memory that grows with
    the square of the moves. The last ones are kept, and one in `STRIDE`; others are played again.
    """

    def __init__(self, start: Position) -> None:
        self.start = start
        self.moves: list[Ply] = []
        self.kept = {0: start}  # positions, by the number of moves before them

    @property
    def position(self) -> Position:
        """The current position."""
        return self.kept[len(self.moves)]

    def play(self, colour: int, move: int, is_tolerant: bool) -> str | None:
        """Play a move for a colour, whose turn it need not be.

        Args:
            is_tolerant: whether a move is played that is legal under some rules of Go, if not under
                these. The game then goes on from the stones alone.

        Returns:
            "suicide" or "superko" if these rules forbid the move; else None.

        Raises:
            IllegalMove: the move is refused.
        """
        position = with_mover(self.position, colour)
        reason = position.why_illegal(move)
        self._append(colour, move, after(position, move, is_tolerant))
        return reason

    def _append(self, colour: int, move: int, reached: Position) -> None:
        self.moves.append((colour, move))
        count = len(self.moves)
        self.kept[count] = reached
        old = count - NUM_RECENT
        if old % STRIDE:
            self.kept.pop(old, None)

    def undo(self) -> None:
        """Take the last move back.

        Raises:
            IndexError: there is none.
        """
        self.moves.pop()
        count = len(self.moves)
        del self.kept[count + 1]
        if count not in self.kept:
            later = self.moves[count - count % STRIDE :]
            del self.moves[count - count % STRIDE :]
            self.replay(later)

    def replay(self, moves: Iterable[Ply]) -> None:
        """Play moves that were accepted before, or under other rules."""
        for colour, move in moves:
            self.play(colour, move, is_tolerant=True)

    def under(self, rules: Rules) -> "GameHistory":
        """The same game under other rules.

        Raises:
            IllegalMove: no rules of Go that we know allow one of its moves.
        """
        other = GameHistory(Position(rules, self.start.board, self.start.to_play))
        other.replay(self.moves)
        return other


def with_mover(position: Position, colour: int) -> Position:
    """The position with `colour` to move. After two passes the game is resumed, as GTP allows."""
    if position.is_over:
        position = position.resumed()
    return position if position.to_play == colour else position.with_to_play(colour)


def after(position: Position, move: int, is_tolerant: bool) -> Position:
    """The position after a move; see `GameHistory.play`."""
    if not is_tolerant or position.why_illegal(move) not in TOLERATED:
        return position.play(move)
    rules = position.rules
    plain = Rules(rules.width, rules.height, ko="simple", suicide=True)
    try:
        board = Position(plain, position.board, position.to_play).play(move).board
    except IllegalMove:
        return position.play(move)  # a single stone's suicide: refused in the rules' own words
    return Position(rules, np.ascontiguousarray(board), opponent(position.to_play))
