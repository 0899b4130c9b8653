"""The results of a search, as Python values; see results.pyx."""

from insei.agents.search.tree cimport Tree

cdef list candidates_of(const Tree* tree)
cdef list variation_of(const Tree* tree, int move, int length)
cdef list visits_along(const Tree* tree, list moves)
cdef object ownership_of(const Tree* tree)
cdef object ownership_after(const Tree* tree, int move)
cdef tuple root_planes(Tree* tree, int frame_height, int frame_width, const int* target)
cdef void write_shares(
    const Tree* tree, const float* shares, const int* action_at, float* out
) noexcept nogil
cdef object root_policy(const Tree* tree)
cdef float value_of_shares(const Tree* tree, const float* shares) noexcept nogil
cdef int drawn_move(const Tree* tree, double power, double number) noexcept nogil
