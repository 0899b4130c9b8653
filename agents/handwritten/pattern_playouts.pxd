"""Patterns and playouts, for the priors of the tree as well; see pattern_playouts.pyx."""

from libc.stdint cimport uint8_t, uint64_t

from insei.engine.board cimport BORDER, Board, Cell
from insei.engine.state cimport State

cdef uint8_t[65536] IS_PATTERN  # by the eight neighbours' colours, two bits each

cdef inline int colour_at(const Board* board, int point) noexcept nogil:
    """A point's colour; the first corner has a neighbour before the first cell, off the board."""
    return BORDER if point < 0 else board.cells[point].colour

cdef inline bint matches(const Board* board, int point) noexcept nogil:
    cdef const Cell* cells = board.cells
    cdef int above = point - board.stride, below = point + board.stride
    return IS_PATTERN[
        colour_at(board, above - 1)
        | cells[above].colour << 2
        | cells[above + 1].colour << 4
        | cells[point - 1].colour << 6
        | cells[point + 1].colour << 8
        | cells[below - 1].colour << 10
        | cells[below].colour << 12
        | cells[below + 1].colour << 14
    ]

cdef bint is_self_atari(const Board* board, int point, int colour) noexcept nogil
cdef float play_out(State* state, uint64_t* rng, uint8_t* first) noexcept nogil
