"""The search under `alphabeta`; see lookahead.pyx."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t

from insei.engine.board cimport MAX_POINTS
from insei.engine.state cimport State

cdef enum:
    ENDLESS = 1 << 30
    NO_SITUATION = 1 << 30  # later than every situation
    SMALL = 30  # points of a board that may be solved
    MOST_PLIES = 128  # of a line
    DEEPEST = 100  # iterations
    QUIET_PLIES = 6  # of taking and saving beyond the depth
    REDUCED_FROM = 8  # moves of a node that are read to the full depth
    TABLE_BITS = 19  # 2^19 entries of 16 bytes: 8 MiB

cdef enum:
    LOWER = 1
    UPPER = 2
    EXACT = 3
    SOLVED = 4  # a bound that rests on no judgement

cdef struct Entry:
    uint64_t key
    int32_t value
    uint16_t move
    uint8_t depth
    uint8_t bound

cdef struct Grounds:
    # What a value rests on.
    bint judged  # on a judgement, not on ended games alone
    int oldest  # the oldest situation whose repetition was forbidden; NO_SITUATION if none was

cdef struct Search:
    State* walk  # the position at hand, with all of its game
    char* saved  # a State a ply, to go back to
    size_t state_bytes
    Entry* table
    uint64_t past  # of the situations so far, where they belong to the key
    bint is_small  # and with all of its history told apart
    int root_move
    int root_value
    bint stopped
    int64_t nodes
    int64_t max_nodes
    double deadline  # seconds of the steady clock, 0 for none
    uint16_t[MOST_PLIES][2] killers
    int[3][MAX_POINTS + 1] history

cdef int visit(
    Search* search, int depth, int alpha, int beta, int ply, Grounds* above
) noexcept nogil
