"""State: a board with its game so far, the C side of Position; see state.pyx."""

from libc.stdint cimport uint8_t, uint16_t, uint64_t

from insei.engine.board cimport BLACK, WHITE, WORDS, Board, board_bytes

cdef enum:  # ko rules, in the order of KO_RULES
    SIMPLE = 0
    POSITIONAL = 1
    SITUATIONAL = 2

cdef enum:
    NO_CAPTURE_GOAL = 1 << 30  # as `captures_to_win`: captures do not end the game
    SEEN_WORDS = 64  # the Bloom filter of past situations: 4,096 bits
    NO_GUARD = 0  # as `repeat_guard`: no stone rules repetition out
    NOTHING_CAPTURED = -1  # as `repeat_guard`: no stone was removed since the first situation
    WHITE_MOVED = 0x8000  # a recorded move's highest bit
    MOVE_BITS = 0x7FFF  # the others, which hold the move

ctypedef struct StateRules:
    # `Rules`, less the size, as C numbers.
    int ko_rule  # SIMPLE, POSITIONAL or SITUATIONAL
    bint suicide  # whether suicides of several stones are legal
    int captures_to_win  # stones to capture, or NO_CAPTURE_GOAL
    int half_komi  # komi in half points
    bint territory  # whether territory is scored, not area
    bint pass_stones  # whether each pass hands a stone over

ctypedef struct State:
    uint64_t* situations  # `[num_moves + 1]`, what superko compares; unused under simple ko
    uint16_t* moves  # `[num_moves]`, in the same block of memory, behind the situations; read them
    # by `move_played` and `mover_of`
    int capacity  # of both arrays, in moves
    int num_moves
    int to_play
    int passes
    StateRules rules
    uint64_t seen[SEEN_WORDS]
    uint64_t first[2][WORDS]  # the stones of the first situation, by colour - 1
    int repeat_guard  # the cell of the stone that rules repetition out; see `may_repeat`
    Board board  # the last field: a small board ends early

cdef State* state_new(int width, int height, StateRules rules) noexcept nogil
cdef State* state_duplicate(const State* source) noexcept nogil
cdef void state_free(State* state) noexcept nogil
cdef int state_reserve(State* state, int capacity) noexcept nogil
cdef void state_forget(State* state) noexcept nogil
cdef void put_first(const State* state, Board* board) noexcept nogil
cdef int state_copy(State* target, const State* source) noexcept nogil
cdef void state_rewind(State* scratch, const State* root) noexcept nogil
cdef int state_play(State* state, int move) noexcept nogil
cdef bint state_allows(const State* state, int move) noexcept nogil
cdef bint state_bans_repeat(const State* state, int point) noexcept nogil
cdef void state_legal_points(const State* state, uint64_t* legal) noexcept nogil
cdef void write_mask(const State* state, uint64_t* legal, uint8_t* mask) noexcept nogil
cdef void state_mask(const State* state, uint8_t* mask) noexcept nogil
cdef int state_half_score(const State* state) noexcept nogil
cdef int state_half_score_without(const State* state, const uint8_t* dead) noexcept nogil

cdef inline StateRules plain_rules() noexcept nogil:
    """Positional superko, area scoring, no komi: for a state that another is copied over."""
    return StateRules(POSITIONAL, False, NO_CAPTURE_GOAL, 0, False, False)

cdef inline size_t state_size(const Board* board) noexcept nogil:
    """Bytes of a state with such a board."""
    return sizeof(State) - sizeof(Board) + board_bytes(board)

cdef inline bint state_is_over(const State* state) noexcept nogil:
    return (
        state.passes >= 2
        or state.board.prisoners[BLACK] >= state.rules.captures_to_win
        or state.board.prisoners[WHITE] >= state.rules.captures_to_win
    )

cdef inline int move_played(const State* state, int ply) noexcept nogil:
    """The move at `ply`, from 0 to `num_moves` - 1."""
    return state.moves[ply] & MOVE_BITS

cdef inline int mover_of(const State* state, int ply) noexcept nogil:
    """The colour that moved at `ply`."""
    return WHITE if state.moves[ply] & WHITE_MOVED else BLACK

cdef inline int state_last_move(const State* state, int back) noexcept nogil:
    """The move `back` plies ago, 0 for the last one; -1 before the start."""
    if back >= state.num_moves:
        return -1
    return move_played(state, state.num_moves - 1 - back)

cdef inline bint wins_by_passing(const State* state) noexcept nogil:
    """Whether the opponent has just passed and a pass now wins on the score."""
    cdef int half_points
    if state_last_move(state, 0) != state.board.width * state.board.height:
        return False
    half_points = state_half_score(state)
    return half_points > 0 if state.to_play == BLACK else half_points < 0
