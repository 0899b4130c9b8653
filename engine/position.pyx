"""Position: a board, the player to move, and the history that superko needs.

Superko costs little because of one fact: a move at a point can only repeat an earlier situation
if a stone of the same colour stood there before and was taken off, or if the move is a suicide.
Points are marked when stones leave the board; for those alone the hash after the move is formed
(from the chains' own hashes) and looked up, first in a Bloom filter, then newest first in the list
of past situations.
"""

from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

import numpy as np

from engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    MAX_POINTS,
    MOVE_AT,
    POINT_OF,
    WHITE,
    Cell,
    board_allows,
    board_area,
    board_check,
    board_clear,
    board_hash_after,
    board_is_eye,
    board_liberties,
    board_play,
    board_put,
    is_suicide,
    opponent_of,
    tight_signs,
)

from engine.diagram import diagram
from engine.errors import GameOver, IllegalMove
from engine.rules import COLOUR_NAMES, KO_RULES, Rules
from engine.vertex import vertex_of

WHITE_MOVED = 0x8000
cdef uint64_t WHITE_TO_PLAY = 0x9D39247E33776D41  # the side's key under situational superko


cdef State* state_new(
    int width, int height, int ko_rule, bint suicide, int half_komi
) noexcept nogil:
    """An empty board, Black to play; NULL where there is no memory."""
    cdef int num_cells = (height + 2) * (width + 1) + 1
    cdef State* state = <State*>malloc(sizeof(State) - (MAX_CELLS - num_cells) * sizeof(Cell))
    if state == NULL:
        return NULL
    state.situations = NULL
    state.moves = NULL
    state.capacity = 0
    if reserve(state, 2 * width * height + 16) < 0:
        state_free(state)
        return NULL
    board_clear(&state.board, width, height)
    state.to_play = BLACK
    state.ko_rule = ko_rule
    state.suicide = suicide
    state.half_komi = half_komi
    forget(state)
    return state


cdef void state_free(State* state) noexcept nogil:
    if state != NULL:
        free(state.situations)
        free(state.moves)
        free(state)


cdef int reserve(State* state, int capacity) noexcept nogil:
    """Make room for `capacity` moves; -1 where there is no memory, and all stays as it was."""
    cdef void* block
    if capacity <= state.capacity:
        return 0
    block = realloc(state.situations, (capacity + 1) * sizeof(uint64_t))
    if block == NULL:
        return -1
    state.situations = <uint64_t*>block
    block = realloc(state.moves, capacity * sizeof(uint16_t))
    if block == NULL:
        return -1
    state.moves = <uint16_t*>block
    state.capacity = capacity
    return 0


cdef inline uint64_t situation(const State* state, uint64_t stones, int to_play) noexcept nogil:
    if state.ko_rule == SITUATIONAL and to_play == WHITE:
        return stones ^ WHITE_TO_PLAY
    return stones


cdef void forget(State* state) noexcept nogil:
    """Make the present situation the first of the history."""
    state.num_moves = 0
    state.passes = 0
    memset(state.seen, 0, sizeof(state.seen))
    remember(state)


cdef inline void remember(State* state) noexcept nogil:
    cdef uint64_t now = situation(state, state.board.hash, state.to_play)
    state.situations[state.num_moves] = now
    state.seen[now & 31] |= (<uint64_t>1 << (now >> 58)) | (<uint64_t>1 << ((now >> 52) & 63))


cdef inline bint was_there(const State* state, uint64_t then) noexcept nogil:
    cdef uint64_t bits = (<uint64_t>1 << (then >> 58)) | (<uint64_t>1 << ((then >> 52) & 63))
    cdef int i
    if state.seen[then & 31] & bits != bits:
        return False
    for i in range(state.num_moves, -1, -1):
        if state.situations[i] == then:
            return True
    return False


cdef int state_copy(State* target, const State* source) noexcept nogil:
    """Copy `source` over `target`, made for the same size; -1 where there is no memory."""
    if reserve(target, source.num_moves + 1) < 0:
        return -1
    memcpy(target.situations, source.situations, (source.num_moves + 1) * sizeof(uint64_t))
    memcpy(target.moves, source.moves, source.num_moves * sizeof(uint16_t))
    state_rewind(target, source)
    return 0


cdef void state_rewind(State* scratch, const State* root) noexcept nogil:
    """Take `scratch`, a copy of `root` that has played on, back to `root`."""
    cdef uint64_t* situations = scratch.situations
    cdef uint16_t* moves = scratch.moves
    cdef int capacity = scratch.capacity
    memcpy(scratch, root, sizeof(State) - (MAX_CELLS - root.board.num_cells) * sizeof(Cell))
    scratch.situations = situations
    scratch.moves = moves
    scratch.capacity = capacity


cdef int state_play(State* state, int move) noexcept nogil:
    """Play a legal move; -1 where there is no memory, and nothing is played."""
    cdef int colour = state.to_play
    if state.num_moves + 1 >= state.capacity and reserve(state, 2 * state.capacity + 16) < 0:
        return -1
    state.moves[state.num_moves] = move | (WHITE_MOVED if colour == WHITE else 0)
    state.num_moves += 1
    state.to_play = opponent_of(colour)
    if move == state.board.width * state.board.height:
        state.passes += 1
        state.board.ko = 0
        state.board.num_taken = 0
    else:
        state.passes = 0
        board_play(&state.board, POINT_OF[state.board.width][move], colour)
    remember(state)
    return 0


cdef bint state_bans_repeat(const State* state, int point) noexcept nogil:
    """Whether ko or superko forbids a stone at the empty `point`, legal otherwise."""
    if state.ko_rule == SIMPLE:
        return point == state.board.ko
    if not (state.board.cells[point].lost >> state.to_play) & 1 and not (
        state.suicide and is_suicide(&state.board, point, state.to_play)
    ):
        return False
    return repeats(state, point)


cdef inline bint repeats(const State* state, int point) noexcept nogil:
    """Whether a stone at the empty `point` would bring back an earlier situation."""
    cdef uint64_t then = board_hash_after(&state.board, point, state.to_play)
    return was_there(state, situation(state, then, opponent_of(state.to_play)))


cdef inline bint may_repeat(const State* state) noexcept nogil:
    """Whether any move at all could repeat; False in nearly every position.

    Where the last move's stone stands on a point new to its colour, no earlier situation has it,
    so that only a move that takes it off could repeat one; and a chain with more than four
    pseudo-liberties dies of no single move. (A suicide leaves the enemy's stone where it is.)
    """
    cdef const Cell* cells = state.board.cells
    cdef const Cell* stone
    cdef int last = state_last_move(state, 0)
    if last < 0:
        return False
    if last == state.board.width * state.board.height:
        return True
    stone = &cells[POINT_OF[state.board.width][last]]
    if stone.colour == EMPTY or (stone.lost >> stone.colour) & 1:
        return True
    return cells[stone.chain].liberties <= 4


cdef bint state_allows(const State* state, int move) noexcept nogil:
    """Whether `move`, from 0 to H·W, is legal."""
    cdef int point
    if state_is_over(state):
        return False
    if move == state.board.width * state.board.height:
        return True
    point = POINT_OF[state.board.width][move]
    return (
        state.board.cells[point].colour == EMPTY
        and board_allows(&state.board, point, state.to_play, state.suicide)
        and not state_bans_repeat(state, point)
    )


cdef int state_mask(const State* state, uint8_t* mask) noexcept nogil:
    """Write which moves are legal, `[A]`; returns how many, none once the game is over.

    Most points have an empty neighbour and never lost a stone of the mover's; the others are put
    aside without a branch and looked at afterwards, which spares most of the mispredictions.
    """
    cdef const Cell* cells = state.board.cells
    cdef const uint16_t* move_at = MOVE_AT[state.board.width]
    cdef int num_points = state.board.width * state.board.height
    cdef int colour = state.to_play
    cdef bint hunts = state.ko_rule != SIMPLE and may_repeat(state)
    cdef int lost = 1 << colour if hunts else 0
    cdef uint16_t[MAX_POINTS + 1] tight
    cdef uint16_t[2 * MAX_POINTS + 1] suspect  # a point may stand here for two reasons
    cdef int num_tight = 0, num_suspect = 0, count = 0
    cdef int i, point, signs
    cdef bint open_point, legal
    memset(mask, 0, num_points + 1)
    if state_is_over(state):
        return 0
    for i in range(state.board.num_empty):
        point = cells[i].empty
        open_point = cells[point].around >= 256
        tight[num_tight] = point
        num_tight += not open_point
        suspect[num_suspect] = point
        num_suspect += (cells[point].lost & lost) != 0
        mask[move_at[point]] = open_point
        count += open_point
    for i in range(num_tight):
        signs = tight_signs(&state.board, tight[i], colour)
        legal = (signs & 1) | (state.suicide & (signs != 0))
        mask[move_at[tight[i]]] = legal
        count += legal
        suspect[num_suspect] = tight[i]
        num_suspect += hunts & (signs == 2)
    if state.ko_rule == SIMPLE and state.board.ko:
        suspect[0] = state.board.ko
        num_suspect = 1
    for i in range(num_suspect):
        legal = mask[move_at[suspect[i]]]
        if legal and (state.ko_rule == SIMPLE or repeats(state, suspect[i])):
            mask[move_at[suspect[i]]] = 0
            count -= 1
    mask[num_points] = 1
    return count + 1


cdef int state_half_score(const State* state) noexcept nogil:
    """Black's area minus White's area and komi, in half points."""
    cdef uint8_t[MAX_CELLS] owner
    cdef int black, white
    board_area(&state.board, owner, &black, &white)
    return 2 * (black - white) - state.half_komi


def _restore(rules, board, int to_play, moves, movers, int passes, int now_to_play):
    """Rebuild a pickled position by playing its moves again."""
    cdef Position position = Position(rules, board, to_play)
    for move, mover in zip(moves, movers, strict=True):
        position.state.to_play = mover
        position.state.passes = 0
        if state_play(position.state, move) < 0:
            raise MemoryError
    position.state.passes = passes
    position.state.to_play = now_to_play
    return position


cdef class Position:
    """A game at one moment: stones, player to move, and all that superko needs to remember.

    Immutable in use: `play` returns the next position; `play_in_place` changes this one. Any
    number of threads may read one position that none of them changes.
    """

    def __init__(self, rules, board=None, int to_play=BLACK):
        if not isinstance(rules, Rules):
            raise ValueError(f"rules {rules!r}: wanted a Rules")
        if to_play not in (BLACK, WHITE):
            raise ValueError(f"to_play {to_play!r}: wanted BLACK (1) or WHITE (2)")
        state_free(self.state)
        self.state = state_new(
            rules.width, rules.height, KO_RULES.index(rules.ko), rules.suicide, int(2 * rules.komi)
        )
        if self.state == NULL:
            raise MemoryError
        self._rules = rules
        self._initial_board = None
        self._initial_to_play = to_play
        self.state.to_play = to_play
        if board is not None:
            self._set_up(np.asarray(board))
        forget(self.state)

    def __dealloc__(self):
        state_free(self.state)

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
            if cells[point].colour != EMPTY and cells[cells[point].chain].liberties == 0:
                raise ValueError(
                    f"the {COLOUR_NAMES[cells[point].colour]} chain at "
                    f"{vertex_of(move, rules)} has no liberty: wanted a legal board"
                )
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
        cdef State* state = <State*>malloc(
            sizeof(State) - (MAX_CELLS - self.state.board.num_cells) * sizeof(Cell)
        )
        if state == NULL:
            raise MemoryError
        state.situations = NULL
        state.moves = NULL
        state.capacity = 0
        other.state = state
        if reserve(state, self.state.num_moves + 16) < 0 or state_copy(state, self.state) < 0:
            raise MemoryError
        other._rules = self._rules
        other._initial_board = self._initial_board
        other._initial_to_play = self._initial_to_play
        return other

    cdef int _play(self, int move) except -1:
        if not 0 <= move <= self.state.board.width * self.state.board.height or not state_allows(
            self.state, move
        ):
            self._refuse(move)
        if state_play(self.state, move) < 0:
            raise MemoryError
        return 0

    cdef _refuse(self, int move):
        mover = COLOUR_NAMES[self.state.to_play]
        if state_is_over(self.state):
            raise GameOver(f"move {move} for {mover}: two passes have ended the game")
        on_board = 0 <= move < self._rules.num_points
        name = vertex_of(move, self._rules) if on_board else f"move {move}"
        raise IllegalMove(f"{name} for {mover}: {self.why_illegal(move)}; {mover} to play")

    def play(self, int move):
        cdef Position other = self._copy()
        other._play(move)
        return other

    def play_in_place(self, int move):
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
        return other

    def resumed(self):
        cdef Position other = self._copy()
        other.state.passes = 0
        return other

    def is_legal(self, int move):
        return 0 <= move <= self._rules.num_points and state_allows(self.state, move)

    def why_illegal(self, int move):
        cdef int point
        if state_is_over(self.state):
            return "the game is over"
        if not 0 <= move <= self._rules.num_points:
            return f"off the board, wanted 0 to {self._rules.num_points}"
        if move == self._rules.num_points:
            return None
        point = POINT_OF[self.state.board.width][move]
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

    def fills_own_eye(self, int move):
        if not 0 <= move < self._rules.num_points:
            return False
        cdef int point = POINT_OF[self.state.board.width][move]
        return self.state.board.cells[point].colour == EMPTY and board_is_eye(
            &self.state.board, point, self.state.to_play
        )

    def area(self):
        cdef uint8_t[MAX_CELLS] owner
        cdef int black, white
        board_area(&self.state.board, owner, &black, &white)
        return black, white

    def score(self):
        return state_half_score(self.state) / 2.0

    def winner(self):
        cdef int half_points = state_half_score(self.state)
        return BLACK if half_points > 0 else WHITE if half_points < 0 else EMPTY

    def ownership(self):
        cdef uint8_t[MAX_CELLS] owner
        cdef int black, white, move, side
        cdef int width = self.state.board.width
        board_area(&self.state.board, owner, &black, &white)
        points = np.empty(self._rules.num_points, np.int8)
        for move in range(self._rules.num_points):
            side = owner[POINT_OF[width][move]]
            points[move] = 1 if side == BLACK else -1 if side == WHITE else 0
        return points.reshape(self._rules.height, width)

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
        )

    def _identity(self):
        return (
            self._rules,
            self.initial_board.tobytes(),
            self._initial_to_play,
            self.state.to_play,
            self.state.passes,
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
