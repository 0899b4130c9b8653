"""A walk from a tree's root to a leaf: the position there, and its moves.

Trees that are searched in turns share one walk, which so stays in the processor's nearest cache.
Its position has no history of its own: it writes on behind the moves of the root's.
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
    if walk != NULL:
        walk.state.situations = NULL  # the last root's
        state_free(walk.state)
        free(walk)
