"""Numbers of a node's edges taken together; see softmax.pyx."""

cdef void softmax(float* numbers, int count) noexcept nogil
cdef float largest_of(const float* numbers, int count) noexcept nogil
