"""What a board is worth, judged by hand; see judge.pyx."""

from insei.engine.board cimport Board

cdef float judge(const Board* board, int to_play) noexcept nogil
