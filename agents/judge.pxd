"""What a board is worth, judged by hand; see judge.pyx."""

from engine.board cimport Board

cdef float judge(const Board* board, int to_play) noexcept nogil
