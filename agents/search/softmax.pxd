"""Numbers of a node's edges taken together; see softmax.h."""

from libc.stdint cimport uint16_t

cdef extern from "insei/agents/search/softmax.h":
    void softmax(float* numbers, int count) noexcept nogil
    int best_of(const float* numbers, const uint16_t* moves, int begin, int end) noexcept nogil
