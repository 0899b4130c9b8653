"""Gumbel AlphaZero's rule; see gumbel.pyx."""

from insei.agents.search.tree cimport Node, Tree

cdef void tree_make_noise(Tree* tree, float scale) noexcept nogil
cdef void tree_plan_halving(Tree* tree, int num_considered) noexcept nogil
cdef int gumbel_root(const Tree* tree, int node) noexcept nogil
cdef int gumbel_inner(const Tree* tree, int node) noexcept nogil
cdef float completed_value(const Tree* tree, const Node* node, int* most) noexcept nogil
cdef void improved_policy(const Tree* tree, int node, float* policy) noexcept nogil
cdef int gumbel_choice(const Tree* tree) noexcept nogil
