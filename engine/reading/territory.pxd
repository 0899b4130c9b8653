"""Who owns the points once dead stones are removed; see territory.pyx."""

from libc.stdint cimport uint8_t

from insei.engine.board cimport Board

cdef void board_dead(const Board* board, bint suicide, uint8_t* dead) noexcept nogil
cdef void board_owners(const Board* board, const uint8_t* dead, uint8_t* owner) noexcept nogil
cdef int board_territory(const Board* board, const uint8_t* dead) noexcept nogil
