"""What can be known of a game without judgement; see certainty.pyx."""

from insei.engine.state cimport State

cdef enum:
    POINT = 256  # of value
    WON = 400 * POINT  # what a game that has ended won is worth beside its points

cdef int score_of(const State* walk) noexcept nogil
cdef int repeated_by(const State* walk, int point) noexcept nogil
cdef void set_limits(const State* walk, int* low, int* high) noexcept nogil
