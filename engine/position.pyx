"""Position: a board, the player to move, and the history that superko needs.

The thin side of `State` that Python sees: it validates, then calls state.pyx.
"""

from cpython.long cimport PyLong_AsLongAndOverflow
from cpython.number cimport PyNumber_Index
from libc.stdint cimport uint8_t, uint16_t
from libc.string cimport memset

import numpy as np

from insei.engine.reading.benson cimport board_pass_alive
from insei.engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    MAX_POINTS,
    MOVE_AT,
    POINT_OF,
    WHITE,
    Cell,
    board_allows,
    board_check,
    board_find_ataris,
    board_is_eye,
    board_liberties,
    board_put,
    liberties_of,
)
from insei.engine.state cimport (
    NEVER,
    SIMPLE,
    WHITE_MOVED,
    state_allows,
    state_bans_repeat,
    state_copy,
    state_duplicate,
    state_forget,
    state_free,
    state_half_score,
    state_half_score_without,
    state_is_over,
    state_last_move,
    state_mask,
    state_new,
    state_play,
)
from insei.engine.reading.territory cimport board_dead, board_owners

from insei.engine.diagram import diagram
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.rules import COLOUR_NAMES, KO_RULES, Rules
from insei.engine.vertex import vertex_of


cdef State* new_state(rules) except NULL:
    """An empty board under `rules`."""
    cdef State* state = state_new(
        rules.width,
        rules.height,
        KO_RULES.index(rules.ko),
        rules.suicide,
        int(2 * rules.komi),
        rules.captures_to_win,
    )
    if state == NULL:
        raise MemoryError
    state.territory = rules.scoring == "territory"
    state.pass_stones = rules.pass_stones
    return state


def _restore(rules, board, int to_play, moves, movers, int passes, int now_to_play, int ko):
    """Rebuild a pickled position by playing its moves again."""
    cdef Position position = Position(rules, board, to_play)
    for move, mover in zip(moves, movers, strict=True):
        position.state.to_play = mover
        position.state.passes = 0
        if state_play(position.state, move) < 0:
            raise MemoryError
    position.state.passes = passes
    position.state.to_play = now_to_play
    position.state.board.ko = ko
    return position


# What a Position has that was made without rules, by its __new__ alone: a game that is over.
cdef State* NO_GAME = state_new(1, 1, SIMPLE, False, 0, 0)
NO_GAME.passes = 2


cdef void let_go(State* state) noexcept:
    if state != NO_GAME:
        state_free(state)


cdef int whole(move) except? -2:
    """A move as a C number; -1, which is none, where it is too small or large for one.

    Raises:
        TypeError: it is no whole number.
    """
    cdef int overflow
    cdef long number = PyLong_AsLongAndOverflow(PyNumber_Index(move), &overflow)
    return number if not overflow and 0 <= number <= MAX_POINTS else -1


cdef class Position:
    """A game at one moment: stones, player to move, and all that superko needs to remember.

    Immutable in use: `play` returns the next position; `play_in_place` changes this one. Any
    number of threads may read one position that none of them changes.
    """

    def __cinit__(self):
        self.state = NO_GAME

    def __init__(self, rules, board=None, int to_play=BLACK):
        if not isinstance(rules, Rules):
            raise ValueError(f"rules {rules!r}: wanted a Rules")
        if to_play not in (BLACK, WHITE):
            raise ValueError(f"to_play {to_play!r}: wanted BLACK (1) or WHITE (2)")
        cdef State* made = new_state(rules)
        let_go(self.state)
        self.state = made
        self._rules = rules
        self._initial_board = None
        self._initial_to_play = to_play
        self.state.to_play = to_play
        if board is not None:
            self._set_up(np.asarray(board))
        state_forget(self.state)

    def __dealloc__(self):
        let_go(self.state)

    cdef _set_up(self, board):
        cdef int move, point
        cdef Cell* cells = self.state.board.cells
        rules = self._rules
        shape = (rules.height, rules.width)
        if board.shape != shape or board.dtype.kind not in "iu":
            raise ValueError(
                f"board of shape {board.shape} and type {board.dtype}: wanted integers {shape}"
            )
        if board.min() < EMPTY or board.max() > WHITE:
            raise ValueError(f"board holds {board.min()} to {board.max()}: wanted 0, 1 and 2")
        board = board.astype(np.uint8)
        for move, colour in enumerate(board.flat):
            if colour:
                board_put(&self.state.board, POINT_OF[rules.width][move], colour)
        for move in range(rules.num_points):
            point = POINT_OF[rules.width][move]
            is_stone = cells[point].colour != EMPTY
            if is_stone and liberties_of(&self.state.board, cells[point].chain) == 0:
                raise ValueError(
                    f"the {COLOUR_NAMES[cells[point].colour]} chain at "
                    f"{vertex_of(move, rules)} has no liberty: wanted a legal board"
                )
        board_find_ataris(&self.state.board)
        self._initial_board = board

    @property
    def rules(self):
        return self._rules

    @property
    def to_play(self):
        return self.state.to_play

    @property
    def num_moves(self):
        return self.state.num_moves

    @property
    def moves(self):
        return [self.state.moves[i] & 0x7FFF for i in range(self.state.num_moves)]

    @property
    def movers(self):
        return [
            WHITE if self.state.moves[i] & WHITE_MOVED else BLACK
            for i in range(self.state.num_moves)
        ]

    @property
    def initial_board(self):
        if self._initial_board is None:
            return np.zeros((self._rules.height, self._rules.width), np.uint8)
        return self._initial_board.copy()

    @property
    def initial_to_play(self):
        return self._initial_to_play

    @property
    def board(self):
        cdef int width = self.state.board.width
        cdef int move
        stones = np.empty((self.state.board.height, width), np.uint8)
        cdef uint8_t[:, ::1] view = stones
        cdef uint8_t* out = &view[0, 0]
        for move in range(width * self.state.board.height):
            out[move] = self.state.board.cells[POINT_OF[width][move]].colour
        return stones

    @property
    def passes(self):
        return self.state.passes

    @property
    def is_over(self):
        return state_is_over(self.state)

    @property
    def last_move(self):
        return state_last_move(self.state, 0) if self.state.num_moves else None

    @property
    def ko_point(self):
        if self.state.ko_rule != SIMPLE or self.state.board.ko == 0:
            return None
        return MOVE_AT[self.state.board.width][self.state.board.ko]

    @property
    def prisoners(self):
        return self.state.board.prisoners[BLACK], self.state.board.prisoners[WHITE]

    @property
    def hash(self):
        return self.state.board.hash

    cdef Position _copy(self):
        cdef Position other = Position.__new__(Position)
        other.state = state_duplicate(self.state)
        if other.state == NULL:
            raise MemoryError
        other._rules = self._rules
        other._initial_board = self._initial_board
        other._initial_to_play = self._initial_to_play
        return other

    cdef int become(self, Position other) except -1:
        """Copy another game, on a board of the same size, into this one's memory."""
        if state_copy(self.state, other.state) < 0:
            raise MemoryError
        self._rules = other._rules
        self._initial_board = other._initial_board
        self._initial_to_play = other._initial_to_play
        return 0

    cdef int _play(self, move) except -1:
        cdef int number = whole(move)
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
        cdef Position other = self._copy()
        other._play(move)
        return other

    def play_in_place(self, move):
        self._play(move)

    def play_all(self, moves):
        cdef Position other = self._copy()
        for move in moves:
            other._play(move)
        return other

    def with_to_play(self, int colour):
        if colour not in (BLACK, WHITE):
            raise ValueError(f"colour {colour!r}: wanted BLACK (1) or WHITE (2)")
        cdef Position other = self._copy()
        if colour != other.state.to_play:
            other.state.to_play = colour
            other.state.board.ko = 0
            if other.state.num_moves == 0:
                other._initial_to_play = colour
                passes = other.state.passes
                state_forget(other.state)  # the first situation has another player to move
                other.state.passes = passes
        return other

    def resumed(self):
        cdef Position other = self._copy()
        other.state.passes = 0
        return other

    def is_legal(self, move):
        cdef int number = whole(move)
        return 0 <= number <= self._rules.num_points and state_allows(self.state, number)

    def why_illegal(self, move):
        cdef int point, number = whole(move)
        if state_is_over(self.state):
            return "the game is over"
        if not 0 <= number <= self._rules.num_points:
            return f"off the board, wanted 0 to {self._rules.num_points}"
        if number == self._rules.num_points:
            return None
        point = POINT_OF[self.state.board.width][number]
        if self.state.board.cells[point].colour != EMPTY:
            return "occupied"
        if not board_allows(&self.state.board, point, self.state.to_play, self.state.suicide):
            return "suicide"
        if state_bans_repeat(self.state, point):
            return "ko" if point == self.state.board.ko else "superko"
        return None

    def legal_mask(self):
        mask = np.empty(self._rules.num_actions, np.bool_)
        cdef uint8_t[::1] view = mask.view(np.uint8)
        state_mask(self.state, &view[0])
        return mask

    def legal_moves(self):
        cdef uint8_t[MAX_POINTS + 1] mask
        state_mask(self.state, mask)
        return [move for move in range(self._rules.num_actions) if mask[move]]

    def fills_own_eye(self, move):
        cdef int number = whole(move)
        if not 0 <= number < self._rules.num_points:
            return False
        cdef int point = POINT_OF[self.state.board.width][number]
        return self.state.board.cells[point].colour == EMPTY and board_is_eye(
            &self.state.board, point, self.state.to_play
        )

    cdef int _mark_dead(self, dead, uint8_t* marks) except -1:
        """Mark the chains with a stone in `dead`; None stands for what the rules take for dead."""
        cdef const Cell* cells = self.state.board.cells
        cdef int start, stone
        memset(marks, 0, self.state.board.num_cells)
        if dead is None:
            if self.state.territory:
                board_dead(&self.state.board, self.state.suicide, marks)
            return 0
        for point in dead:
            start = stone = self._stone(point)
            if cells[start].colour == EMPTY:
                raise ValueError(f"point {point} is empty: wanted a stone to be dead")
            while True:
                marks[stone] = 1
                stone = cells[stone].next
                if stone == start:
                    break
        return 0

    cdef _by_point(self, const uint8_t* cells):
        """What `[num_cells]` says of the points, `[H, W]`."""
        cdef int move
        cdef int width = self.state.board.width
        points = np.empty(self._rules.num_points, np.uint8)
        cdef uint8_t[::1] view = points
        for move in range(self._rules.num_points):
            view[move] = cells[POINT_OF[width][move]]
        return points.reshape(self._rules.height, width)

    def pass_alive(self):
        cdef uint8_t[MAX_CELLS] owner
        board_pass_alive(&self.state.board, self.state.suicide, owner)
        return self._by_point(owner)

    def is_settled(self):
        cdef uint8_t[MAX_CELLS] owner
        cdef int move
        if self.state.captures_to_win != NEVER:
            return False
        board_pass_alive(&self.state.board, self.state.suicide, owner)
        for move in range(self.state.board.width * self.state.board.height):
            if owner[POINT_OF[self.state.board.width][move]] == EMPTY:
                return False
        return True

    def dead_stones(self):
        cdef uint8_t[MAX_CELLS] marks
        board_dead(&self.state.board, self.state.suicide, marks)
        return np.flatnonzero(self._by_point(marks)).tolist()

    def ownership(self, dead=None):
        cdef uint8_t[MAX_CELLS] marks
        cdef uint8_t[MAX_CELLS] owner
        self._mark_dead(dead, marks)
        board_owners(&self.state.board, marks, owner)
        points = self._by_point(owner)
        return (points == BLACK).astype(np.int8) - (points == WHITE).astype(np.int8)

    def area(self, dead=None):
        owner = self.ownership(dead)
        return int((owner > 0).sum()), int((owner < 0).sum())

    def score(self, dead=None):
        cdef uint8_t[MAX_CELLS] marks
        if dead is None:
            return state_half_score(self.state) / 2.0
        self._mark_dead(dead, marks)
        return state_half_score_without(self.state, marks) / 2.0

    def winner(self, dead=None):
        score = self.score(dead)
        return BLACK if score > 0 else WHITE if score < 0 else EMPTY

    cdef int _stone(self, int point) except -1:
        if not 0 <= point < self._rules.num_points:
            raise ValueError(f"point {point}: wanted 0 to {self._rules.num_points - 1}")
        return POINT_OF[self.state.board.width][point]

    def chain(self, int point):
        cdef const Cell* cells = self.state.board.cells
        cdef int start = self._stone(point)
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
        cdef uint16_t[MAX_POINTS] found
        cdef int stone = self._stone(point)
        if self.state.board.cells[stone].colour == EMPTY:
            return []
        cdef int count = board_liberties(&self.state.board, stone, found, MAX_POINTS)
        return sorted([MOVE_AT[self.state.board.width][found[i]] for i in range(count)])

    def check(self):
        cdef int broken = board_check(&self.state.board)
        if broken:
            raise AssertionError(f"board invariant {broken} is broken")
        if self.state.num_moves > self.state.capacity:
            raise AssertionError("more moves than room for them")

    def copy(self):
        return self._copy()

    def __copy__(self):
        return self._copy()

    def __deepcopy__(self, memo):
        return self._copy()

    def __reduce__(self):
        return _restore, (
            self._rules,
            self._initial_board,
            self._initial_to_play,
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
            self._initial_to_play,
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
