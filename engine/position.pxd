"""State: a board with its game so far, the C side of Position; see position.pyx."""

from libc.stdint cimport uint8_t, uint16_t, uint64_t

from engine.board cimport Board

cdef enum:
    SIMPLE = 0
    POSITIONAL = 1
    SITUATIONAL = 2
    SEEN_WORDS = 32  # the Bloom filter of past situations: 2,048 bits

ctypedef struct State:
    uint64_t* situations  # `[num_moves + 1]`, what superko compares, oldest first
    uint16_t* moves  # `[num_moves]`, the move, with WHITE_MOVED set where White played it
    int capacity  # of both arrays, in moves
    int num_moves
    int to_play
    int passes
    int ko_rule
    bint suicide
    int half_komi  # komi in half points
    uint64_t seen[SEEN_WORDS]
    Board board  # the last field, for it ends early on a small board

cdef uint16_t WHITE_MOVED

cdef State* state_new(
    int width, int height, int ko_rule, bint suicide, int half_komi
) noexcept nogil
cdef void state_free(State* state) noexcept nogil
cdef int state_copy(State* target, const State* source) noexcept nogil
cdef void state_rewind(State* scratch, const State* root) noexcept nogil
cdef int state_play(State* state, int move) noexcept nogil
cdef bint state_allows(const State* state, int move) noexcept nogil
cdef bint state_bans_repeat(const State* state, int point) noexcept nogil
cdef int state_mask(const State* state, uint8_t* mask) noexcept nogil
cdef int state_half_score(const State* state) noexcept nogil

cdef inline bint state_is_over(const State* state) noexcept nogil:
    return state.passes >= 2

cdef inline int state_last_move(const State* state, int back) noexcept nogil:
    """The move `back` plies ago, 0 for the last one; -1 before the start."""
    if back >= state.num_moves:
        return -1
    return state.moves[state.num_moves - 1 - back] & 0x7FFF

cdef class Position:
    cdef State* state
    cdef object _rules
    cdef object _initial_board
    cdef int _initial_to_play
    cdef _set_up(self, board)
    cdef Position _copy(self)
    cdef int _play(self, int move) except -1
    cdef _refuse(self, int move)
    cdef int _stone(self, int point) except -1
