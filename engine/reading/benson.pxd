"""What is alive unconditionally; see benson.pyx."""

from libc.stdint cimport uint8_t

from insei.engine.board cimport Board

cdef void board_pass_alive(const Board* board, bint suicide, uint8_t* owner) noexcept nogil
cdef bint board_is_settled(const Board* board, bint suicide) noexcept nogil
