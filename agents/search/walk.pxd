"""A walk down a tree; see walk.pyx."""

from libc.stdint cimport uint64_t
from libc.string cimport memcpy

from insei.engine.board cimport WORDS
from insei.engine.state cimport State, state_play, state_size

cdef extern from "<assert.h>":
    void check "assert"(bint holds) noexcept nogil  # evaluated in the checked build alone

ctypedef struct Walk:
    State* state  # where the walk stands
    uint64_t[WORDS] legal  # the moves there, once it ended

cdef Walk* walk_new(int width, int height) noexcept nogil
cdef void walk_free(Walk* walk) noexcept nogil

cdef inline void walk_from(Walk* walk, const State* root) noexcept nogil:
    """Begin at a root whose history has room for all moves of the walk."""
    memcpy(walk.state, root, state_size(&root.board))

cdef inline int walk_play(Walk* walk, int move) noexcept nogil:
    """Play a legal move; -1 without memory.

    The history is the root's. It must not be reallocated here: the root would keep the old address.
    """
    check(walk.state.num_moves + 1 < walk.state.capacity)
    return state_play(walk.state, move)
