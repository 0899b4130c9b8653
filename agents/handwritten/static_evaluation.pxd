"""The static evaluation of a board; see static_evaluation.pyx."""

from insei.engine.board cimport Board

cdef float static_evaluation(const Board* board, int to_play) noexcept nogil
