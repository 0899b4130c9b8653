"""The search under `alphabeta`; see alphabeta_search.pyx."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t

from insei.engine.board cimport MAX_POINTS
from insei.engine.state cimport State

cdef enum:
    INFINITE = 1 << 30  # above every value
    NO_SITUATION = 1 << 30  # later than every situation
    SOLVABLE_POINTS = 30  # of the largest board that may be solved
    MAX_PLIES = 128  # of a line
    MAX_DEPTH = 100  # iterations
    QUIESCENCE_PLIES = 6  # captures and rescues beyond the depth
    REDUCED_FROM = 8  # moves of a node that are searched to the full depth
    TABLE_BITS = 19  # 2^19 entries of 16 bytes: 8 MiB

cdef enum:
    LOWER = 1
    UPPER = 2
    EXACT = 3
    SOLVED = 4  # a bound that rests on no estimate

cdef struct Entry:
    uint64_t key
    int32_t value
    uint16_t move
    uint8_t depth
    uint8_t bound

cdef struct ValueBasis:
    # What a value rests on.
    bint is_estimate  # on a static evaluation, not on ended games alone
    int oldest_repeat  # the oldest situation whose repetition was forbidden, or NO_SITUATION

cdef struct Search:
    State* walk  # the node's position, with all of its game
    char* saved  # a State a ply, to undo moves
    size_t state_bytes
    Entry* table
    uint64_t past  # hash of the situations so far, on a solvable board
    bint is_solvable  # whether the board is small enough; nodes then differ by all their history
    int root_move
    int root_value
    bint stopped
    int64_t nodes
    int64_t max_nodes
    double deadline  # seconds of the steady clock, 0 for none
    uint16_t[MAX_PLIES][2] killers
    int[3][MAX_POINTS + 1] history

cdef int alpha_beta(
    Search* search, int depth, int alpha, int beta, int ply, ValueBasis* above
) noexcept nogil
