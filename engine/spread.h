/* Writes sets of points, one bit each, as bytes or floats of zero and one.

   In portable C, and for AVX2 where the processor has it, which is checked at run time. */

#ifndef INSEI_SPREAD_H
#define INSEI_SPREAD_H

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>
#define INSEI_HAS_AVX2_CODE 1
#else
#define INSEI_HAS_AVX2_CODE 0
#endif

static inline int spread_fast(void) {
#if INSEI_HAS_AVX2_CODE
    return __builtin_cpu_supports("avx2");
#else
    return 0;
#endif
}

/* Byte i in memory becomes bit i of `bits`, which is 0 to 255. A product copies the bits to all
   bytes, a mask keeps bit i of byte i, and a carry turns it into 0 or 1. */
static inline uint64_t spread_eight(uint64_t bits) {
    uint64_t copies = bits * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
    copies = (copies + UINT64_C(0x7F7F7F7F7F7F7F7F)) >> 7 & UINT64_C(0x0101010101010101);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    copies = __builtin_bswap64(copies);
#endif
    return copies;
}

static inline int spread_bit(const uint64_t *words, int i) {
    return words[i >> 6] >> (i & 63) & 1;
}

static inline void spread_bytes_portable(const uint64_t *words, int count, uint8_t *out) {
    int i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t eight = spread_eight(words[i >> 6] >> (i & 63) & 255);
        memcpy(out + i, &eight, 8);
    }
    for (; i < count; i++)
        out[i] = spread_bit(words, i);
}

static inline void spread_floats_portable(const uint64_t *words, int count, float *out) {
    for (int i = 0; i < count; i++)
        out[i] = (float)spread_bit(words, i);
}

/* 64 bits from `begin` on; those past the set are undefined. */
static inline uint64_t spread_bits(const uint64_t *words, int begin) {
    const uint64_t *word = words + (begin >> 6);
    int shift = begin & 63;
    return word[0] >> shift | word[1] << 1 << (63 - shift);
}

#if INSEI_HAS_AVX2_CODE
/* Full blocks, then one that ends with the set and may overlap the block before. */
__attribute__((target("avx2"))) static inline void spread_bytes_block(
    uint64_t set, uint8_t *out) {
    const __m256i byte_of = _mm256_setr_epi64x(
        0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit_of = _mm256_set1_epi64x((long long)UINT64_C(0x8040201008040201));
    const __m256i one = _mm256_set1_epi8(1);
    __m256i bits = _mm256_set1_epi32((int)set);
    bits = _mm256_and_si256(_mm256_shuffle_epi8(bits, byte_of), bit_of);
    _mm256_storeu_si256((__m256i *)out, _mm256_and_si256(_mm256_cmpeq_epi8(bits, bit_of), one));
}

__attribute__((target("avx2"))) static inline void spread_floats_block(
    uint64_t set, float *out) {
    const __m256i bit_of = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i one = _mm256_castps_si256(_mm256_set1_ps(1.0f));
    __m256i bits = _mm256_set1_epi32((int)set);
    bits = _mm256_cmpeq_epi32(_mm256_and_si256(bits, bit_of), bit_of);
    _mm256_storeu_si256((__m256i *)out, _mm256_and_si256(bits, one));
}

__attribute__((target("avx2"))) static void spread_bytes_avx2(
    const uint64_t *words, int count, uint8_t *out) {
    int i;
    if (count < 32) {
        spread_bytes_portable(words, count, out);
        return;
    }
    for (i = 0; i < count - 32; i += 32)
        spread_bytes_block(words[i >> 6] >> (i & 63), out + i);
    spread_bytes_block(spread_bits(words, count - 32), out + count - 32);
}

__attribute__((target("avx2"))) static void spread_floats_avx2(
    const uint64_t *words, int count, float *out) {
    int i;
    if (count < 8) {
        spread_floats_portable(words, count, out);
        return;
    }
    for (i = 0; i < count - 8; i += 8)
        spread_floats_block(words[i >> 6] >> (i & 63), out + i);
    spread_floats_block(spread_bits(words, count - 8), out + count - 8);
}
#endif

/* Write bit i of `words` as out[i], 0 or 1, for i below `count`. */
static inline void spread_bytes(const uint64_t *words, int count, uint8_t *out) {
#if INSEI_HAS_AVX2_CODE
    if (spread_fast()) {
        spread_bytes_avx2(words, count, out);
        return;
    }
#endif
    spread_bytes_portable(words, count, out);
}

static inline void spread_floats(const uint64_t *words, int count, float *out) {
#if INSEI_HAS_AVX2_CODE
    if (spread_fast()) {
        spread_floats_avx2(words, count, out);
        return;
    }
#endif
    spread_floats_portable(words, count, out);
}

#endif
