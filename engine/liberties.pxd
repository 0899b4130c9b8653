"""Which chains have two liberties and which have three, kept from one position to the next."""

from libc.stdint cimport uint64_t

from engine.board cimport WORDS, Board

ctypedef struct Liberties:
    # Sets of points, as in Board. All zero they are of an empty board, and so fit any size.
    uint64_t stones[2][WORDS]  # by colour - 1: the position that the others were found in
    uint64_t two[WORDS]  # stones of chains with two liberties
    uint64_t three[WORDS]

cdef void liberties_update(Liberties* known, const Board* board) noexcept nogil
