"""What is certain of a game without estimates; see solver_bounds.pyx."""

from insei.engine.state cimport State

cdef enum:
    POINT = 256  # the value of a point
    WON = 400 * POINT  # the value of winning, besides the points

cdef int end_value(const State* walk) noexcept nogil
cdef int repeated_situation(const State* walk, int point) noexcept nogil
cdef void set_bounds(const State* walk, int* low, int* high) noexcept nogil
