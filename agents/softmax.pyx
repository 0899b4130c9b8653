"""The softmax of a node's edges, in loops that compilers turn into vector instructions.

A maximum or a sum from left to right waits for each addition; eight side by side do not. No branch
and no call stands in the loops, hence an exponential of our own.
"""

cdef extern from *:
    """
    static inline float two_to_the(int exponent) {
        union { int bits; float number; } power = {(exponent + 127) << 23};
        return power.number;
    }
    """
    float two_to_the(int exponent) noexcept nogil


cdef inline float exponential(float x) noexcept nogil:
    """e to the `x`, which is 0 at most; off by 2e-7 of it, and e to the -87 below -87.

    2^n times a polynomial in the rest, within half of ln 2: the Taylor series to the sixth power.
    ln 2 comes in two parts, the first of few bits, so that n times it is exact (Cody and Waite
    1980).
    """
    cdef int n
    cdef float r, power
    x = x if x > <float>-87 else <float>-87
    n = <int>(x * <float>1.44269504 - <float>0.5)
    r = x - n * <float>0.693359375 + n * <float>2.12194440e-4
    power = <float>(1.0 / 120) + r * <float>(1.0 / 720)
    power = <float>(1.0 / 24) + r * power
    power = <float>(1.0 / 6) + r * power
    power = <float>0.5 + r * power
    power = <float>1 + r * power
    power = <float>1 + r * power
    return two_to_the(n) * power


cdef float largest_of(const float* numbers, int count) noexcept nogil:
    """The largest of at least one number."""
    cdef float[8] lanes
    cdef float largest = numbers[0]
    cdef int whole = count - count % 8
    cdef int i, lane
    for lane in range(8):
        lanes[lane] = largest
    for i in range(0, whole, 8):
        for lane in range(8):
            lanes[lane] = numbers[i + lane] if numbers[i + lane] > lanes[lane] else lanes[lane]
    for lane in range(8):
        largest = lanes[lane] if lanes[lane] > largest else largest
    for i in range(whole, count):
        largest = numbers[i] if numbers[i] > largest else largest
    return largest


cdef float sum_of(const float* numbers, int count) noexcept nogil:
    cdef float[8] lanes
    cdef float total = 0
    cdef int whole = count - count % 8
    cdef int i, lane
    for lane in range(8):
        lanes[lane] = 0
    for i in range(0, whole, 8):
        for lane in range(8):
            lanes[lane] += numbers[i + lane]
    for lane in range(8):
        total += lanes[lane]
    for i in range(whole, count):
        total += numbers[i]
    return total


cdef void softmax(float* numbers, int count) noexcept nogil:
    """Replace logits, `[count]`, by their softmax."""
    cdef float highest = largest_of(numbers, count)
    cdef float part
    cdef int i
    for i in range(count):
        numbers[i] = exponential(numbers[i] - highest)
    part = <float>1 / sum_of(numbers, count)
    for i in range(count):
        numbers[i] *= part
