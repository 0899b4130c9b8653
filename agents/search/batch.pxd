"""Batches of leaves from many games; see batch.pyx."""

from libc.stdint cimport uint64_t

from insei.agents.search.cache cimport Cache
from insei.agents.search.tree cimport SearchConstants, Tree
from insei.agents.search.walk cimport Walk
from insei.engine.board cimport Board

ctypedef struct Leaf:
    int game
    int node
    int symmetry
    uint64_t key  # of its position in the cache; 0 without a cache

ctypedef struct Batch:
    Tree** trees  # `[num_games]`, NULL where none was started
    const int** action_at  # `[num_games]`, tables `[8, A]`: each move's place in the frame
    Leaf* leaves  # `[num_games · num_leaves]`
    int num_games
    int num_leaves  # of one game in a batch
    int frame_height
    int frame_width
    Py_ssize_t row_size  # numbers in a row of the planes
    int groups  # of extra planes that the net sees
    Board** boards  # `[parts · threads]`, to read those planes on; NULL without them
    int threads
    int parts
    int* num_rows  # `[parts]`, leaves given out and not yet back
    int* first_row  # `[parts · threads]`, of each block of games
    int* rows  # `[parts · threads]`, rows of each block
    Walk** walks  # `[parts · threads]`
    Cache** caches  # `[parts · threads]`, NULL where evaluations are not kept
    SearchConstants constants
    bint random_symmetry

cdef Batch* batch_new(
    int num_games, int num_leaves, int height, int width, int groups, int threads, int parts,
    long cache,
) noexcept nogil
cdef void batch_free(Batch* batch) noexcept nogil
cdef int batch_part(const Batch* batch, int game) noexcept nogil
cdef int batch_select(Batch* batch, int part, int most, float* out) noexcept nogil
cdef void batch_expand(
    Batch* batch, int part, const float* policy, const float* value, const float* score,
    const float* ownership,
) noexcept nogil

cdef void batch_clear_caches(Batch* batch) noexcept nogil
cdef void batch_count_lookups(const Batch* batch, long* hits, long* total) noexcept nogil
cdef void set_avoided(Tree* tree, avoided) except *
cdef int check_batch(
    int num_games, int frame_height, int frame_width, int threads, int parts, long cache, int groups
) except -1
cdef SearchConstants constants_of(settings)
cdef object action_table(const Batch* batch, int width, int height)

cdef inline int first_game(const Batch* batch, int block, int blocks) noexcept nogil:
    """The first game of a block, if the games are divided into so many blocks."""
    return <long>block * batch.num_games // blocks
