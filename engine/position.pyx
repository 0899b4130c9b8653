"""Position: a board, the player to move, and the history that superko needs.

The thin class that Python sees: it validates by state_door.pyx, then calls state.pyx.
"""

from libc.stdint cimport uint8_t, uint16_t

import numpy as np

from insei.engine.reading.benson cimport board_is_settled, board_pass_alive
from insei.engine.board cimport (
    BLACK, EMPTY, MAX_CELLS, MAX_POINTS, MOVE_AT, POINT_OF, WHITE, Board, Cell, board_allows,
    board_check, board_is_eye, board_liberties
)
from insei.engine.reading.territory cimport board_dead, board_owners
from insei.engine.state cimport (
    NO_CAPTURE_GOAL, SIMPLE, State, move_played, mover_of, plain_rules, put_first, state_allows,
    state_bans_repeat, state_duplicate, state_forget, state_free, state_half_score,
    state_half_score_without, state_is_over, state_last_move, state_mask, state_new, state_play
)
from insei.engine.state_door cimport (
    by_point, cell_of, mark_dead, move_number, new_state, numbers_of, replay, set_up, stones_of
)

from insei.engine.diagram import diagram
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.rules import COLOUR_NAMES
from insei.engine.vertex import vertex_of


def _restore(rules, board, int to_play, moves, movers, int passes, int now_to_play, int ko):
    """Rebuild a pickled position by playing its moves again.

    Raises:
        ValueError: no game leads there: the pickle was made by hand, or is damaged.
    """
    cdef Position position = Position(rules, board, to_play)
    replay(position.state, numbers_of(moves), numbers_of(movers), passes, now_to_play, ko)
    return position


# The state of a Position that `__new__` made and `__init__` did not see: a finished game.
cdef State* NO_GAME = state_new(1, 1, plain_rules())
NO_GAME.passes = 2


cdef class Position:
    """A game at one moment: stones, player to move, and the history that superko needs.

    Immutable in use: `play` returns the next position. Only `play_in_place` changes a position. Any
    number of threads may read a position that none of them changes.

    Moves are ints, `row * width + column` from the top left; `rules.pass_move` passes. Colours are
    BLACK 1 and WHITE 2; EMPTY is 0. A is the number of moves, H·W + 1.

    Args:
        rules: size, komi and what else is played by.
        board: stones to start from, `[H, W]` of 0, 1, 2; None for an empty board.
        to_play: who moves first, BLACK or WHITE.

    Raises:
        ValueError: `rules` is not a Rules, `to_play` is not a colour, or `board` has the wrong
            shape, other values, or a chain without liberties.
        TypeError: it was made before.
    """

    def __cinit__(self):
        self.state = NO_GAME

    def __init__(self, rules, board=None, int to_play=BLACK):
        if to_play not in (BLACK, WHITE):
            raise ValueError(f"to_play {to_play!r}: wanted BLACK (1) or WHITE (2)")
        cdef State* made = new_state(rules)
        try:
            if board is not None:
                set_up(made, board)
            if self.state != NO_GAME:  # others may be reading it
                raise TypeError("a Position is made once: wanted a new one, or play_in_place")
        except BaseException:
            state_free(made)
            raise
        made.to_play = to_play
        state_forget(made)
        self.state = made
        self._rules = rules

    def __dealloc__(self):
        if self.state != NO_GAME:
            state_free(self.state)

    @property
    def rules(self):
        """The rules of this game."""
        return self._rules

    @property
    def to_play(self):
        """The player to move, BLACK or WHITE."""
        return self.state.to_play

    @property
    def num_moves(self):
        """Plies since the start, passes included."""
        return self.state.num_moves

    @property
    def moves(self):
        """The moves since the start, passes included."""
        return [move_played(self.state, ply) for ply in range(self.state.num_moves)]

    @property
    def movers(self):
        """The colour of each of `moves`; colours alternate unless `with_to_play` was used."""
        return [mover_of(self.state, ply) for ply in range(self.state.num_moves)]

    @property
    def initial_board(self):
        """The stones before the first move, uint8 `[H, W]`."""
        cdef Board first
        put_first(self.state, &first)
        return stones_of(&first)

    @property
    def initial_to_play(self):
        """The player of the first move."""
        return mover_of(self.state, 0) if self.state.num_moves else self.state.to_play

    @property
    def board(self):
        """A copy of the stones, uint8 `[H, W]` of 0, 1, 2."""
        return stones_of(&self.state.board)

    @property
    def passes(self):
        """Passes in a row up to now, 0 to 2."""
        return self.state.passes

    @property
    def is_over(self):
        """Whether two passes, or captures, have ended the game."""
        return state_is_over(self.state)

    @property
    def last_move(self):
        """The last move; None before the first."""
        return state_last_move(self.state, 0) if self.state.num_moves else None

    @property
    def ko_point(self):
        """The point that simple ko forbids to the player to move, or None.

        Always None under superko, which may forbid several points: see `legal_mask`.
        """
        if self.state.rules.ko_rule != SIMPLE or self.state.board.ko == 0:
            return None
        return MOVE_AT[self.state.board.width][self.state.board.ko]

    @property
    def prisoners(self):
        """Stones captured by Black and by White.

        The stones of a suicide count for the opponent.
        """
        return self.state.board.prisoners[BLACK], self.state.board.prisoners[WHITE]

    @property
    def hash(self):
        """The 64-bit Zobrist hash of the stones."""
        return self.state.board.hash

    cdef Position _copy(self):
        cdef Position other = Position.__new__(Position)
        other.state = state_duplicate(self.state)
        if other.state == NULL:
            raise MemoryError
        other._rules = self._rules
        return other

    cdef int _play(self, move) except -1:
        cdef int number = move_number(move)
        if not 0 <= number <= self.state.board.width * self.state.board.height or not state_allows(
            self.state, number
        ):
            self._refuse(move)
        if state_play(self.state, number) < 0:
            raise MemoryError
        return 0

    cdef _refuse(self, move):
        mover = COLOUR_NAMES[self.state.to_play]
        if state_is_over(self.state):
            how = "two passes have" if self.state.passes >= 2 else "captures have"
            raise GameOver(f"move {move} for {mover}: {how} ended the game")
        on_board = 0 <= move < self._rules.num_points
        name = vertex_of(move, self._rules) if on_board else f"move {move}"
        raise IllegalMove(f"{name} for {mover}: {self.why_illegal(move)}; {mover} to play")

    def play(self, move):
        """Return the position after a move; this one stays as it is.

        Args:
            move: 0 to H·W - 1 for a point, H·W to pass.

        Raises:
            IllegalMove: the rules forbid it; the message says why.
            GameOver: the game has ended.
            TypeError: `move` is not an integer.
        """
        cdef Position other = self._copy()
        other._play(move)
        return other

    def play_in_place(self, move):
        """Play a move on this position itself, which is faster than `play`.

        Raises:
            IllegalMove, GameOver, TypeError: as `play`; the position stays as it is.
        """
        self._play(move)

    def play_all(self, moves):
        """Return the position after several moves.

        Raises:
            IllegalMove, GameOver, TypeError: as `play`, for the first move that cannot be played.
        """
        cdef Position other = self._copy()
        for move in moves:
            other._play(move)
        return other

    def with_to_play(self, int colour):
        """Return the same stones and history with `colour` to move.

        A ban by simple ko is lifted if the player changes.

        Raises:
            ValueError: `colour` is neither BLACK nor WHITE.
        """
        if colour not in (BLACK, WHITE):
            raise ValueError(f"colour {colour!r}: wanted BLACK (1) or WHITE (2)")
        cdef Position other = self._copy()
        if colour != other.state.to_play:
            other.state.to_play = colour
            other.state.board.ko = 0
            if other.state.num_moves == 0:
                passes = other.state.passes
                state_forget(other.state)  # the first situation has another player to move
                other.state.passes = passes
        return other

    def resumed(self):
        """Return the same position without its passes, so that a game ended by them goes on."""
        cdef Position other = self._copy()
        other.state.passes = 0
        return other

    def is_legal(self, move):
        """Whether a move is legal; False for a number that is no move.

        Raises:
            TypeError: `move` is not an integer.
        """
        cdef int number = move_number(move)
        cdef int pass_move = self.state.board.width * self.state.board.height
        return 0 <= number <= pass_move and state_allows(self.state, number)

    def why_illegal(self, move):
        """Why a move is illegal, or None if it is legal.

        Returns:
            "occupied", "ko", "superko", "suicide", "off the board, ..." or "the game is over".

        Raises:
            TypeError: `move` is not an integer.
        """
        cdef int point, number = move_number(move)
        cdef int pass_move = self.state.board.width * self.state.board.height
        if state_is_over(self.state):
            return "the game is over"
        if not 0 <= number <= pass_move:
            return f"off the board, wanted 0 to {pass_move}"
        if number == pass_move:
            return None
        point = POINT_OF[self.state.board.width][number]
        if self.state.board.cells[point].colour != EMPTY:
            return "occupied"
        if not board_allows(&self.state.board, point, self.state.to_play, self.state.rules.suicide):
            return "suicide"
        if state_bans_repeat(self.state, point):
            return "ko" if point == self.state.board.ko else "superko"
        return None

    def legal_mask(self):
        """Which moves are legal, bool `[A]`.

        Superko is exact. The pass is last, and legal until the game is over; then all are False.
        """
        mask = np.empty(self.state.board.width * self.state.board.height + 1, np.bool_)
        cdef uint8_t[::1] view = mask.view(np.uint8)
        state_mask(self.state, &view[0])
        return mask

    def legal_moves(self):
        """The legal moves in ascending order, the pass last; empty once the game is over."""
        cdef uint8_t[MAX_POINTS + 1] mask
        cdef int move, num_points = self.state.board.width * self.state.board.height
        state_mask(self.state, mask)
        return [move for move in range(num_points + 1) if mask[move]]

    def fills_own_eye(self, move):
        """Whether a move fills a one-point eye of the player to move.

        All neighbours of an eye are own stones or border. Fewer than two diagonal points are the
        enemy's; at the border, none is. This is the usual test of playouts (Gelly et al. 2006).
        """
        cdef int number = move_number(move)
        if not 0 <= number < self.state.board.width * self.state.board.height:
            return False
        cdef int point = POINT_OF[self.state.board.width][number]
        return self.state.board.cells[point].colour == EMPTY and board_is_eye(
            &self.state.board, point, self.state.to_play
        )

    def pass_alive(self):
        """Which points belong to a colour unconditionally.

        They hold stones of chains that the enemy cannot capture even if their owner always passes,
        or lie in regions enclosed by such chains in which the enemy cannot live.

        Returns:
            uint8 `[H, W]` of BLACK, WHITE, and EMPTY for the points still open.

        Source: Benson, Life in the game of Go, 1976.
        """
        cdef uint8_t[MAX_CELLS] owner
        board_pass_alive(&self.state.board, self.state.rules.suicide, owner)
        return by_point(self.state, owner)

    def is_settled(self):
        """Whether every point belongs to a colour by `pass_alive`, so that no move matters.

        Always False where captures win.
        """
        if self.state.rules.captures_to_win != NO_CAPTURE_GOAL:
            return False
        return board_is_settled(&self.state.board, self.state.rules.suicide)

    def dead_stones(self):
        """The points of stones that are certainly dead: the enemy's by `pass_alive`.

        More stones may be dead; only the players can say so.
        """
        cdef uint8_t[MAX_CELLS] marks
        board_dead(&self.state.board, self.state.rules.suicide, marks)
        return np.flatnonzero(by_point(self.state, marks)).tolist()

    def ownership(self, dead=None):
        """Who owns each point by area; `dead` and errors as for `score`.

        Returns:
            int8 `[H, W]`: 1 for Black, -1 for White, 0 for neutral.
        """
        cdef uint8_t[MAX_CELLS] marks
        cdef uint8_t[MAX_CELLS] owner
        cdef list stones = numbers_of(dead)
        mark_dead(self.state, stones, marks)
        board_owners(&self.state.board, marks, owner)
        points = by_point(self.state, owner)
        return (points == BLACK).astype(np.int8) - (points == WHITE).astype(np.int8)

    def area(self, dead=None):
        """Points of Black and of White by area; `dead` and errors as for `score`."""
        owner = self.ownership(dead)
        return int((owner > 0).sum()), int((owner < 0).sum())

    def score(self, dead=None):
        """Black's points minus White's and komi, counted as the rules say.

        Args:
            dead: points of dead stones, at least one of each dead chain. They are removed; under
                territory scoring they are prisoners. None stands for no stone under area scoring
                (Tromp-Taylor), and for `dead_stones()` under territory scoring.

        Returns:
            the score, positive if Black is ahead; 1.0 or -1.0 where captures have won.

        Raises:
            ValueError: a point of `dead` is empty or off the board.
        """
        cdef uint8_t[MAX_CELLS] marks
        cdef list points = numbers_of(dead)
        if points is None:
            return state_half_score(self.state) / 2.0
        mark_dead(self.state, points, marks)
        return state_half_score_without(self.state, marks) / 2.0

    def winner(self, dead=None):
        """Who is ahead: BLACK, WHITE, or EMPTY for a tie; `dead` and errors as for `score`."""
        score = self.score(dead)
        return BLACK if score > 0 else WHITE if score < 0 else EMPTY

    def chain(self, int point):
        """The points of the chain at `point`, sorted; empty if there is no stone.

        Raises:
            ValueError: the point is off the board.
        """
        cdef const Cell* cells = self.state.board.cells
        cdef int start = cell_of(self.state, point)
        cdef int stone = start
        if cells[start].colour == EMPTY:
            return []
        stones = []
        while True:
            stones.append(MOVE_AT[self.state.board.width][stone])
            stone = cells[stone].next
            if stone == start:
                return sorted(stones)

    def liberties(self, int point):
        """The liberties of the chain at `point`, sorted; empty if there is no stone.

        Raises:
            ValueError: the point is off the board.
        """
        cdef uint16_t[MAX_POINTS] found
        cdef int stone = cell_of(self.state, point)
        if self.state.board.cells[stone].colour == EMPTY:
            return []
        cdef int count = board_liberties(&self.state.board, stone, found, MAX_POINTS)
        return sorted([MOVE_AT[self.state.board.width][found[i]] for i in range(count)])

    def check(self):
        """Check the board's invariants, for tests.

        Raises:
            AssertionError: one is broken; the message has its number.
        """
        cdef int broken = board_check(&self.state.board)
        if broken:
            raise AssertionError(f"board invariant {broken} is broken")
        if self.state.num_moves > self.state.capacity:
            raise AssertionError("more moves than room for them")

    def copy(self):
        """Return an independent copy."""
        return self._copy()

    def __copy__(self):
        return self._copy()

    def __deepcopy__(self, memo):
        return self._copy()

    def __reduce__(self):
        return _restore, (
            self._rules,
            self.initial_board,
            self.initial_to_play,
            self.moves,
            self.movers,
            self.state.passes,
            self.state.to_play,
            self.state.board.ko,
        )

    def _identity(self):
        return (
            self._rules,
            self.initial_board.tobytes(),
            self.initial_to_play,
            self.state.to_play,
            self.state.passes,
            self.state.board.ko,
            tuple(self.moves),
            tuple(self.movers),
        )

    def __eq__(self, other):
        return isinstance(other, Position) and self._identity() == other._identity()

    def __hash__(self):
        return hash(self._identity())

    def __str__(self):
        return diagram(self)

    def __repr__(self):
        return f"<Position {self._rules.size_name} after {self.state.num_moves} moves>"
