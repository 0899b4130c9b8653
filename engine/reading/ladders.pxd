"""Ladders read out; see ladders.pyx."""

from libc.stdint cimport uint8_t

from insei.engine.board cimport Board

cdef enum:
    STACK = 402  # boards that a reading may stand on, one a ply
    CAPTURE = 1  # marks of `board_ladders`
    ESCAPE = 2

cdef bint attacker_takes(Board* boards, int depth, int stone, int* left) noexcept nogil
cdef bint defender_lives(Board* boards, int depth, int stone, int* left) noexcept nogil
cdef void board_ladders(Board* boards, int colour, uint8_t* marks) noexcept nogil
