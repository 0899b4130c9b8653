"""State: a board with its game so far, the C side of Position; see state.pyx."""

from libc.stdint cimport uint8_t, uint16_t, uint64_t

from insei.engine.board cimport BLACK, WHITE, Board, board_bytes

cdef enum:
    SIMPLE = 0
    POSITIONAL = 1
    SITUATIONAL = 2
    NEVER = 1 << 30
    SEEN_WORDS = 64  # the Bloom filter of past situations: 4,096 bits
    FRESH = -1  # as an anchor: nothing was taken off since the first situation

ctypedef struct State:
    uint64_t* situations  # `[num_moves + 1]`, what superko compares; unused under simple ko
    uint16_t* moves  # `[num_moves]`, the move, with WHITE_MOVED set where White played it; they
    # lie behind the situations, in the same block of memory
    int capacity  # of both arrays, in moves
    int num_moves
    int to_play
    int passes
    int ko_rule
    bint suicide
    int captures_to_win  # stones to take, or NEVER
    int half_komi  # komi in half points
    bint territory  # whether territory is scored, not area
    bint pass_stones  # whether each pass hands a stone over
    uint64_t seen[SEEN_WORDS]
    int anchor  # what rules repetitions out; see `may_repeat`
    Board board  # the last field, for it ends early on a small board

cdef uint16_t WHITE_MOVED

cdef State* state_new(
    int width, int height, int ko_rule, bint suicide, int half_komi, int captures_to_win
) noexcept nogil
cdef State* state_duplicate(const State* source) noexcept nogil
cdef void state_free(State* state) noexcept nogil
cdef int state_reserve(State* state, int capacity) noexcept nogil
cdef void state_forget(State* state) noexcept nogil
cdef int state_copy(State* target, const State* source) noexcept nogil
cdef void state_rewind(State* scratch, const State* root) noexcept nogil
cdef int state_play(State* state, int move) noexcept nogil
cdef bint state_allows(const State* state, int move) noexcept nogil
cdef bint state_bans_repeat(const State* state, int point) noexcept nogil
cdef void state_stones(const State* state, uint64_t* legal) noexcept nogil
cdef void write_mask(const State* state, uint64_t* legal, uint8_t* mask) noexcept nogil
cdef void state_mask(const State* state, uint8_t* mask) noexcept nogil
cdef int state_half_score(const State* state) noexcept nogil
cdef int state_half_score_without(const State* state, const uint8_t* dead) noexcept nogil

cdef inline size_t state_size(const Board* board) noexcept nogil:
    """Bytes of a state with such a board."""
    return sizeof(State) - sizeof(Board) + board_bytes(board)

cdef inline bint state_is_over(const State* state) noexcept nogil:
    return (
        state.passes >= 2
        or state.board.prisoners[BLACK] >= state.captures_to_win
        or state.board.prisoners[WHITE] >= state.captures_to_win
    )

cdef inline int state_last_move(const State* state, int back) noexcept nogil:
    """The move `back` plies ago, 0 for the last one; -1 before the start."""
    if back >= state.num_moves:
        return -1
    return state.moves[state.num_moves - 1 - back] & 0x7FFF

cdef inline bint wins_by_passing(const State* state) noexcept nogil:
    """Whether the opponent has just passed and the score is already won."""
    cdef int half_points
    if state_last_move(state, 0) != state.board.width * state.board.height:
        return False
    half_points = state_half_score(state)
    return half_points > 0 if state.to_play == BLACK else half_points < 0
