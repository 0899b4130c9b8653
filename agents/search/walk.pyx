"""A walk from a tree's root to a leaf: the position there, and its moves.

Trees that are searched in turn share one walk, so that it stays in the processor's nearest cache.
The walk's position shares the history of the root's: it appends its moves behind the root's own.
So the root's history must have room for the longest walk (`reserve_history` in tree.pyx), and the
checked build asserts it at every move.
"""

from libc.stdlib cimport calloc, free

from insei.engine.state cimport plain_rules, state_free, state_new


cdef Walk* walk_new(int width, int height) noexcept nogil:
    """A walk over boards up to this size; NULL without memory."""
    cdef Walk* walk = <Walk*>calloc(1, sizeof(Walk))
    if walk == NULL:
        return NULL
    walk.state = state_new(width, height, plain_rules())
    if walk.state == NULL:
        free(walk)
        return NULL
    free(walk.state.situations)
    walk.state.situations = NULL
    return walk


cdef void walk_free(Walk* walk) noexcept nogil:
    """Free a walk, but not the history, which is its last root's."""
    if walk != NULL:
        walk.state.situations = NULL
        state_free(walk.state)
        free(walk)
