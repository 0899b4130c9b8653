"""The moves of a GTP game: each can be taken back, and memory grows with the moves alone."""

from collections.abc import Iterable

import numpy as np

from insei.engine.position import Position
from insei.engine.rules import Rules, opponent

STRIDE = 1024  # every so many moves a position is kept
NUM_REPLAYED = 64  # positions that are kept when a move is taken back, for the next ones
TOLERATED = ("suicide", "superko")  # what some rules forbid and others allow

Ply = tuple[int, int]  # colour, move


class GameHistory:
    """A game from its start to the current position.

    Positions hold their own history, so that one for each move would take memory that grows with
    the square of the moves. One in `STRIDE` is kept; an undo plays again from there.
    """

    def __init__(self, start: Position) -> None:
        self.start = start
        self.moves: list[Ply] = []
        self.kept = {0: start}  # positions, by the number of moves before them
        self._current = start.copy()  # played on in place
        self._shown: Position | None = start  # a copy of it that others may keep

    @property
    def rules(self) -> Rules:
        """The rules of the current position."""
        return self._current.rules

    @property
    def position(self) -> Position:
        """The current position; the same object until the next move."""
        if self._shown is None:
            self._shown = self._current.copy()
        return self._shown

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
        position = with_mover(self._current, colour)
        reason = position.why_illegal(move)
        if is_tolerant and reason in TOLERATED:
            position = forced(position, move)
        else:
            position.play_in_place(move)
        self._current, self._shown = position, None
        self.moves.append((colour, move))
        if len(self.moves) % STRIDE == 0:
            self.kept[len(self.moves)] = position.copy()
        return reason

    def undo(self) -> None:
        """Take the last move back.

        Raises:
            IndexError: there is none.
        """
        self.kept.pop(len(self.moves), None)
        self.moves.pop()
        count = len(self.moves)
        if count not in self.kept:
            first = count - count % STRIDE
            later = self.moves[first:]
            del self.moves[first:]
            self._current = self.kept[first].copy()
            for colour, move in later:
                self.play(colour, move, is_tolerant=True)
                if count - len(self.moves) < NUM_REPLAYED:
                    self.kept[len(self.moves)] = self._current.copy()
        self._current, self._shown = self.kept[count].copy(), None

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


def forced(position: Position, move: int) -> Position:
    """The position after a move that its rules forbid as suicide or superko, without its history.

    Raises:
        IllegalMove: no rules allow the move: it is a single stone's suicide.
    """
    rules = position.rules
    plain = Rules(rules.width, rules.height, ko="simple", suicide=True)
    bare = Position(plain, position.board, position.to_play)
    if not bare.is_legal(move):
        return position.play(move)  # refused in the rules' own words
    return Position(rules, np.ascontiguousarray(bare.play(move).board), opponent(position.to_play))
