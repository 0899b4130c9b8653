"""Which chains have two liberties and which have three, kept from one position to the next."""

from libc.stdint cimport uint64_t
from libc.string cimport memcpy

from insei.engine.board cimport WORDS, Board

ctypedef struct LibertyWord:
    uint64_t black  # the position that the others were found in
    uint64_t white
    uint64_t two  # stones of chains with two liberties
    uint64_t three

ctypedef struct Liberties:
    # Sets of points, as in Board, word by word. All zero they are of an empty board, and so fit any
    # size.
    LibertyWord words[WORDS]

cdef void liberties_update(Liberties* known, const Board* board) noexcept nogil

cdef inline void liberties_copy(
    Liberties* to, const Liberties* known, int num_words
) noexcept nogil:
    """Copy what `liberties_update` reads on a board of so many words."""
    memcpy(&to.words[1], &known.words[1], num_words * sizeof(LibertyWord))
