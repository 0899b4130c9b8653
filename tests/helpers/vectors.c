/* Whether the code for AVX2 gives what the portable code gives, bit by bit; test_vectors.py. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/search/softmax.h"
#include "engine/spread.h"

enum { LARGEST = 400, TRIALS = 5000 };

#if INSEI_CLONED_FOR_AVX2 && INSEI_HAS_AVX2_CODE
static int softmax_differs(int count) {
    float plain[LARGEST], fast[LARGEST];
    int i;
    for (i = 0; i < count; i++)
        plain[i] = fast[i] = (float)(rand() % 100000) / 500 - 100;
    softmax_in(plain, count, largest_in(plain, count));
    softmax_avx2(fast, count);
    return memcmp(plain, fast, count * sizeof(float));
}

/* Numbers of few kinds, so that the largest is there often, from any place on. */
static int best_differs(int count) {
    float numbers[LARGEST];
    uint16_t moves[LARGEST];
    int i, begin, best;
    for (i = 0; i < count; i++) {
        numbers[i] = rand() % 40 - 50;
        moves[i] = i * 7 % 401;
    }
    for (begin = count - 1; begin >= 0; begin--) {
        if (begin == count - 1 || numbers[begin] > numbers[best]
            || (numbers[begin] == numbers[best] && moves[begin] < moves[best]))
            best = begin;
        if (best_in(numbers, moves, begin, count) != best
            || best_avx2(numbers, moves, begin, count) != best)
            return 1;
    }
    numbers[rand() % count] = NAN; /* then any place will do */
    best = best_in(numbers, moves, 0, count);
    if (best < 0 || best >= count)
        return 1;
    best = best_avx2(numbers, moves, 0, count);
    return best < 0 || best >= count;
}

static int spread_differs(int count) {
    uint64_t words[8] = {0};
    uint8_t plain[LARGEST], fast[LARGEST];
    float plain_floats[LARGEST], fast_floats[LARGEST];
    int i;
    for (i = 0; i < count; i++)
        words[i / 64] |= (uint64_t)(rand() & 1) << i % 64;
    spread_bytes_portable(words, count, plain);
    spread_bytes_avx2(words, count, fast);
    spread_floats_portable(words, count, plain_floats);
    spread_floats_avx2(words, count, fast_floats);
    return memcmp(plain, fast, count) || memcmp(plain_floats, fast_floats, count * sizeof(float));
}

int main(void) {
    int trial, count;
    if (!__builtin_cpu_supports("avx2"))
        return puts("no AVX2 here"), 2;
    for (trial = 0; trial < TRIALS; trial++) {
        count = 1 + rand() % 362;
        if (softmax_differs(count))
            return printf("softmax of %d numbers\n", count), 1;
        if (best_differs(count))
            return printf("the best of %d numbers\n", count), 1;
        if (spread_differs(count))
            return printf("spread of %d bits\n", count), 1;
    }
    return 0;
}
#else
int main(void) {
    return puts("no code for AVX2 here"), 2;
}
#endif
