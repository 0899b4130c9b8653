"""What a search has found, as Python values; see findings.pyx."""

from insei.agents.search.tree cimport Tree

cdef list candidates_of(const Tree* tree, float deviations)
cdef list variation_of(const Tree* tree, int move, int length)
cdef list visits_along(const Tree* tree, moves)
cdef object ownership_of(const Tree* tree)
cdef object ownership_after(const Tree* tree, int move)
cdef void write_target(
    const Tree* tree, bint is_gumbel, const int* action_at, float* target
) noexcept nogil
cdef float target_value(const Tree* tree, bint is_gumbel) noexcept nogil
cdef void write_priors(const Tree* tree, const int* action_at, float* out) noexcept nogil
cdef int drawn_move(const Tree* tree, double power, double number) noexcept nogil
cdef bint is_decided(const Tree* tree, int visits_left, float deviations) noexcept nogil
