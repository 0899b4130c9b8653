"""Evaluations kept by position; see cache.pyx."""

from libc.stdint cimport uint64_t

ctypedef struct Cache:
    uint64_t* keys  # `[size]`, 0 where nothing is kept
    float* answers  # `[size, num_actions + 2]`: policy, value, score
    uint64_t size
    int num_actions
    long hits
    long misses

cdef Cache* cache_new(uint64_t size, int num_actions) noexcept nogil
cdef void cache_free(Cache* cache) noexcept nogil
cdef void cache_clear(Cache* cache) noexcept nogil
cdef const float* cache_find(Cache* cache, uint64_t key) noexcept nogil
cdef void cache_keep(
    Cache* cache, uint64_t key, const float* policy, float value, float score
) noexcept nogil
