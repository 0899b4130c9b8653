"""Which chains have two and three liberties; see liberties.pyx."""

from libc.stdint cimport uint64_t
from libc.string cimport memcpy

from insei.engine.board cimport WORDS, Board

ctypedef struct LibertyWord:
    uint64_t black  # the stones for which `two` and `three` hold
    uint64_t white
    uint64_t two  # stones of chains with two liberties
    uint64_t three

ctypedef struct Liberties:
    # Sets of points, as in Board, word by word. All zero is an empty board of any size.
    LibertyWord words[WORDS]

cdef void liberties_update(Liberties* liberties, const Board* board) noexcept nogil

cdef inline void liberties_copy(
    Liberties* to, const Liberties* source, int num_words
) noexcept nogil:
    """Copy the words that `liberties_update` reads on a board of `num_words`."""
    memcpy(&to.words[1], &source.words[1], num_words * sizeof(LibertyWord))
