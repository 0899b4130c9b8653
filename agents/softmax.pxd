"""Numbers of a node's edges taken together; see softmax.h."""

cdef extern from "agents/softmax.h":
    void softmax(float* numbers, int count) noexcept nogil
    float largest_of(const float* numbers, int count) noexcept nogil
    int place_of(const float* numbers, int begin, int count, float wanted) noexcept nogil
