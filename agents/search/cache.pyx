"""Evaluations kept by position, for the games of one net: a table of fixed size.

A position is found by `planes_key`, which holds all that its planes show. Its place in the table
follows from the key; a new evaluation replaces what was there. Two positions share a key of 64 bits
about once in 10^10 look-ups into a table of a million. One of them is then judged by the other's
evaluation. That costs strength, also where a game was made for it. It never costs legality: the
moves of a node are the position's own.
"""

from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset


cdef Cache* cache_new(uint64_t size, int num_actions) noexcept nogil:
    """Room for `size` evaluations of `num_actions` logits; NULL without memory."""
    cdef Cache* cache = <Cache*>calloc(1, sizeof(Cache))
    if cache == NULL:
        return NULL
    cache.size = size
    cache.num_actions = num_actions
    cache.keys = <uint64_t*>calloc(size, sizeof(uint64_t))
    cache.answers = <float*>malloc(size * (num_actions + 2) * sizeof(float))
    if cache.keys == NULL or cache.answers == NULL:
        cache_free(cache)
        return NULL
    return cache


cdef void cache_free(Cache* cache) noexcept nogil:
    if cache != NULL:
        free(cache.keys)
        free(cache.answers)
        free(cache)


cdef void cache_clear(Cache* cache) noexcept nogil:
    """Forget every evaluation: they are another net's."""
    memset(cache.keys, 0, cache.size * sizeof(uint64_t))


cdef const float* cache_find(Cache* cache, uint64_t key) noexcept nogil:
    """The answer kept for a position, `[num_actions + 2]`; NULL where there is none."""
    cdef uint64_t place = key % cache.size
    if cache.keys[place] != key:
        cache.misses += 1
        return NULL
    cache.hits += 1
    return cache.answers + place * (cache.num_actions + 2)


cdef void cache_keep(
    Cache* cache, uint64_t key, const float* policy, float value, float score
) noexcept nogil:
    """Keep an answer in the place of whatever stood there."""
    cdef uint64_t place = key % cache.size
    cdef float* answer = cache.answers + place * (cache.num_actions + 2)
    cache.keys[place] = key
    memcpy(answer, policy, cache.num_actions * sizeof(float))
    answer[cache.num_actions] = value
    answer[cache.num_actions + 1] = score
