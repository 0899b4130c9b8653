"""Random moves for other compiled modules; see playouts.pyx."""

from libc.stdint cimport uint8_t, uint64_t

from insei.engine.state cimport State

cdef int random_move(State* state, uint64_t* rng, const uint8_t* mask) noexcept nogil
