/* The softmax of a row of numbers, and the place of the largest, eight at a time.

   Written in vectors of eight floats, which compilers turn into what the processor has: two of SSE's,
   or one of AVX2's where a processor with that is met as the program runs. Both give the same bits:
   each lane does the same sums in the same order, and no multiplication is fused with an addition. */

#ifndef INSEI_SOFTMAX_H
#define INSEI_SOFTMAX_H

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define INSEI_CLONED_FOR_AVX2 1
#else
#define INSEI_CLONED_FOR_AVX2 0
#endif

#define INSEI_INLINE static inline __attribute__((always_inline))

typedef float Floats __attribute__((vector_size(32)));
typedef int32_t Ints __attribute__((vector_size(32)));

INSEI_INLINE void load(Floats *to, const float *from) { memcpy(to, from, sizeof(Floats)); }

INSEI_INLINE void store(float *to, const Floats *from) { memcpy(to, from, sizeof(Floats)); }

/* Lane by lane, the larger. */
INSEI_INLINE void raise(Floats *x, const Floats *other) {
    const Ints more = *other > *x;
    *x = (Floats)((more & (Ints)*other) | (~more & (Ints)*x));
}

/* e to each x, which is 0 at most; off by 2e-7 of it, and e to the -87 below -87.

   2^n times a polynomial in the rest, within half of ln 2: the Taylor series to the sixth power.
   ln 2 comes in two parts, the first of few bits, so that n times it is exact (Cody and Waite
   1980). */
INSEI_INLINE void exponentials(Floats *x) {
    const Floats lowest = (Floats){0} - 87.0f;
    Floats r, n, power;
    Ints whole;
    raise(x, &lowest);
    whole = __builtin_convertvector(*x * 1.44269504f - 0.5f, Ints);
    n = __builtin_convertvector(whole, Floats);
    r = *x - n * 0.693359375f + n * 2.12194440e-4f;
    power = (float)(1.0 / 120) + r * (float)(1.0 / 720);
    power = (float)(1.0 / 24) + r * power;
    power = (float)(1.0 / 6) + r * power;
    power = 0.5f + r * power;
    power = 1.0f + r * power;
    power = 1.0f + r * power;
    *x = power * (Floats)((whole + 127) << 23);
}

/* Whether one of eight numbers is the wanted one. */
INSEI_INLINE int any_is(const float *numbers, float wanted) {
    int64_t any[4];
    Floats eight;
    Ints hits;
    load(&eight, numbers);
    hits = eight == wanted;
    memcpy(any, &hits, sizeof(any));
    return (any[0] | any[1] | any[2] | any[3]) != 0;
}

/* The last eight overlap those before where the count is no multiple of eight. */
INSEI_INLINE float largest_in(const float *numbers, int count) {
    Floats most, eight;
    float lanes[8];
    float largest = numbers[0];
    if (count < 8) {
        for (int i = 1; i < count; i++)
            largest = numbers[i] > largest ? numbers[i] : largest;
        return largest;
    }
    load(&most, numbers + count - 8);
    for (int i = 0; i + 8 < count; i += 8) {
        load(&eight, numbers + i);
        raise(&most, &eight);
    }
    store(lanes, &most);
    for (int half = 4; half; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] = lanes[i + half] > lanes[i] ? lanes[i + half] : lanes[i];
    return lanes[0];
}

INSEI_INLINE int better_of(
    const float *numbers, const uint16_t *moves, int begin, int end, float largest, int best) {
    for (int i = begin; i < end; i++)
        if (numbers[i] == largest && (numbers[best] != largest || moves[i] < moves[best]))
            best = i;
    return best;
}

/* Of the places from `begin` to before `end` that of the largest number; of equals, of the lowest
   move. Any of them where one is no number. */
INSEI_INLINE int best_in(const float *numbers, const uint16_t *moves, int begin, int end) {
    const float largest = largest_in(numbers + begin, end - begin);
    int best = begin, i = begin;
    for (; i + 8 <= end; i += 8)
        if (any_is(numbers + i, largest))
            best = better_of(numbers, moves, i, i + 8, largest, best);
    if (i < end && (end - begin < 8 || any_is(numbers + end - 8, largest)))
        best = better_of(numbers, moves, i, end, largest, best);
    return best;
}

INSEI_INLINE void softmax_in(float *numbers, int count, float highest) {
    const int whole = count & ~7;
    Floats next, lanes = {0}, rest = {0};
    float total = 0, part;
    for (int i = 0; i < whole; i += 8) {
        load(&next, numbers + i);
        next -= highest;
        exponentials(&next);
        lanes += next;
        store(numbers + i, &next);
    }
    memcpy(&rest, numbers + whole, (count - whole) * sizeof(float));
    rest -= highest;
    exponentials(&rest);
    memcpy(numbers + whole, &rest, (count - whole) * sizeof(float));
    for (int lane = 0; lane < 8; lane++)
        total += lanes[lane];
    for (int i = whole; i < count; i++)
        total += numbers[i];
    part = 1 / total;
    for (int i = 0; i < count; i++)
        numbers[i] *= part;
}

#if INSEI_CLONED_FOR_AVX2
/* As `largest_in` and `best_in`, in the processor's own instructions: the largest of eight lanes, and
   which of them are set, are one each. */
__attribute__((target("avx2"))) static inline float largest_avx2(const float *numbers, int count) {
    __m256 most, other;
    __m128 half;
    int i = 16;
    if (count < 16)
        return largest_in(numbers, count);
    most = _mm256_loadu_ps(numbers);
    other = _mm256_loadu_ps(numbers + 8);
    for (; i + 16 <= count; i += 16) {
        most = _mm256_max_ps(most, _mm256_loadu_ps(numbers + i));
        other = _mm256_max_ps(other, _mm256_loadu_ps(numbers + i + 8));
    }
    most = _mm256_max_ps(most, _mm256_loadu_ps(numbers + count - 16));
    other = _mm256_max_ps(other, _mm256_loadu_ps(numbers + count - 8));
    most = _mm256_max_ps(most, other);
    half = _mm_max_ps(_mm256_castps256_ps128(most), _mm256_extractf128_ps(most, 1));
    half = _mm_max_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}

__attribute__((target("avx2"))) static int best_avx2(
    const float *numbers, const uint16_t *moves, int begin, int end) {
    const float largest = largest_avx2(numbers + begin, end - begin);
    const __m256 wanted = _mm256_set1_ps(largest);
    int best = begin, i = begin;
    for (; i + 8 <= end; i += 8) {
        const __m256 hits = _mm256_cmp_ps(_mm256_loadu_ps(numbers + i), wanted, _CMP_EQ_OQ);
        if (_mm256_movemask_ps(hits))
            best = better_of(numbers, moves, i, i + 8, largest, best);
    }
    return better_of(numbers, moves, i, end, largest, best);
}

__attribute__((target("avx2"))) static void softmax_avx2(float *numbers, int count) {
    softmax_in(numbers, count, largest_avx2(numbers, count));
}
#endif

/* Where the largest number stands, of equals that of the lowest move; at least one is there. */
static inline int best_of(const float *numbers, const uint16_t *moves, int begin, int end) {
#if INSEI_CLONED_FOR_AVX2
    if (__builtin_cpu_supports("avx2"))
        return best_avx2(numbers, moves, begin, end);
#endif
    return best_in(numbers, moves, begin, end);
}

/* Replace logits, `[count]`, at least one, by their softmax. */
static inline void softmax(float *numbers, int count) {
#if INSEI_CLONED_FOR_AVX2
    if (__builtin_cpu_supports("avx2")) {
        softmax_avx2(numbers, count);
        return;
    }
#endif
    softmax_in(numbers, count, largest_in(numbers, count));
}

#endif
