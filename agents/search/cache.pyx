"""Evaluations kept by position, for the games of one net: a table of fixed size.

A position's key holds all that its planes show: size, stones, player to move, komi, the last five
moves, and the moves that are legal. Liberties follow from the stones. Its place in the table
follows from the key, and what stood there gives way. Two positions share a key of 64 bits about
once in 10^10 look-ups into a table of a million.
"""

from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from insei.engine.state cimport state_last_move

cdef enum:
    NUM_LAST = 5  # moves that the planes show


cdef inline uint64_t mixed(uint64_t key, uint64_t number) noexcept nogil:
    """A step of the splitmix64 generator's finaliser (Steele, Lea, Flood 2014)."""
    key = (key ^ number) + <uint64_t>0x9E3779B97F4A7C15
    key = (key ^ (key >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    key = (key ^ (key >> 27)) * <uint64_t>0x94D049BB133111EB
    return key ^ (key >> 31)


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


cdef uint64_t cache_key(const State* state, const uint64_t* legal) noexcept nogil:
    """What the planes of a position show, in one number, never 0.

    Args:
        legal: the set of points where a stone is legal; the pass may be in it.
    """
    cdef uint64_t key = state.board.hash
    cdef int i
    key = mixed(key, state.board.width | state.board.height << 8 | state.to_play << 16)
    key = mixed(key, <uint64_t>state.half_komi)
    for i in range(NUM_LAST):
        key = mixed(key, <uint64_t>(state_last_move(state, i) + 1))
    for i in range(1, state.board.num_words + 1):
        key = mixed(key, legal[i])
    return mixed(key, 0) or 1


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
