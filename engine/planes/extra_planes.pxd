"""Groups of planes that a net may see beside those of net_planes; see extra_planes.pyx."""

from libc.stdint cimport uint64_t

from insei.engine.board cimport Board
from insei.engine.planes.net_planes cimport Frame
from insei.engine.state cimport State

cpdef enum:
    LADDERS = 1
    ALIVE = 2
    AFTER = 4
    PAST = 8
    ALL_GROUPS = 15

cdef int num_extra(int groups) noexcept nogil
cdef uint64_t extra_key(const State* state, int groups, uint64_t key) noexcept nogil
cdef Board* new_scratch() noexcept nogil
cdef void state_extra(
    const State* state, const uint64_t* legal, int groups, Board* scratch, const Frame* frame,
    float* out,
) noexcept nogil
