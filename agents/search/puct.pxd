"""AlphaZero's rule; see puct.pyx."""

from insei.agents.search.tree cimport Edge, RootRule, Tree

cdef RootRule PUCT

cdef int most_visited(const Tree* tree, int node) noexcept nogil
cdef float lcb_of(const Tree* tree, const Edge* edge) noexcept nogil
