"""AlphaZero's rule; see puct.pyx."""

from insei.agents.search.tree cimport Edge, Tree

cdef void tree_mix_dirichlet(Tree* tree, float alpha_total, float weight) noexcept nogil
cdef int puct(const Tree* tree, int node) noexcept nogil
cdef int puct_forced(const Tree* tree, int node) noexcept nogil
cdef void pruned_policy(const Tree* tree, float* policy) noexcept nogil
cdef int most_visited(const Tree* tree, int node) noexcept nogil
cdef int surest(const Tree* tree, float deviations) noexcept nogil
cdef float lower_bound(const Tree* tree, const Edge* edge, float deviations) noexcept nogil
