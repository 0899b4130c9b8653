"""Gumbel AlphaZero's rule; see gumbel.pyx."""

from insei.agents.search.tree cimport Node, RootRule, Tree

cdef RootRule GUMBEL

cdef float completed_value(const Tree* tree, const Node* node, int* most) noexcept nogil
