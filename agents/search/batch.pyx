"""Batches of leaves from many games: a forest gives them out to be evaluated and expands them.

The games are divided into parts, each with a batch of its own. A part's games are divided into
blocks, one a thread. A block's rows begin where the rows of all games before it would end at most.
`close_gaps` then brings them together in the games' order, the same with any number of threads.
"""

from cython.parallel cimport prange
from libc.stdlib cimport calloc, free
from libc.string cimport memmove, memset

import numpy as np

from insei.agents.search.cache cimport (
    Cache,
    cache_clear,
    cache_find,
    cache_free,
    cache_keep,
    cache_new,
)
from insei.agents.search.tree cimport (
    SearchConstants,
    Tree,
    tree_add_ownership,
    tree_expand,
    tree_free,
    tree_select,
)
from insei.agents.search.walk cimport Walk, walk_free, walk_new
from insei.engine.board cimport BLACK, MAX_POINTS, MAX_SIDE, WHITE, Board, next_random
from insei.engine.reading.liberties cimport Liberties, liberties_copy
from insei.engine.planes.extra_planes cimport (
    ALL_GROUPS, extra_key, new_scratch, num_extra, state_extra
)
from insei.engine.planes.net_planes cimport NUM_PLANES, Frame, lay_out, planes_key, state_floats
from insei.engine.state cimport state_is_over
from insei.engine.symmetries cimport num_symmetries_of


cdef enum:
    MOST_PLIES = 65535  # to avoid a move for: what fits into the tree's table


cdef Batch* batch_new(
    int num_games, int num_leaves, int height, int width, int groups, int threads, int parts,
    long cache,
) noexcept nogil:
    """Room for the games' leaves and for `cache` evaluations in all; NULL without memory."""
    cdef Batch* batch = <Batch*>calloc(1, sizeof(Batch))
    cdef int num_blocks = threads * parts
    cdef int block
    if batch == NULL:
        return NULL
    batch.num_games = num_games
    batch.num_leaves = num_leaves
    batch.frame_height = height
    batch.frame_width = width
    batch.groups = groups
    batch.row_size = (NUM_PLANES + num_extra(groups)) * height * width
    batch.threads = threads
    batch.parts = parts
    batch.trees = <Tree**>calloc(num_games, sizeof(Tree*))
    batch.leaves = <Leaf*>calloc(num_games * num_leaves, sizeof(Leaf))
    batch.action_at = <const int**>calloc(num_games, sizeof(int*))
    batch.num_rows = <int*>calloc(parts, sizeof(int))
    batch.first_row = <int*>calloc(num_blocks, sizeof(int))
    batch.rows = <int*>calloc(num_blocks, sizeof(int))
    batch.walks = <Walk**>calloc(num_blocks, sizeof(Walk*))
    batch.caches = <Cache**>calloc(num_blocks, sizeof(Cache*))
    batch.boards = <Board**>calloc(num_blocks, sizeof(Board*))
    if (
        batch.trees == NULL or batch.leaves == NULL or batch.action_at == NULL
        or batch.num_rows == NULL or batch.first_row == NULL or batch.rows == NULL
        or batch.walks == NULL or batch.caches == NULL or batch.boards == NULL
    ):
        batch_free(batch)
        return NULL
    for block in range(num_blocks):
        batch.walks[block] = walk_new(width, height)
        if batch.walks[block] == NULL:
            batch_free(batch)
            return NULL
    for block in range(num_blocks if groups else 0):
        batch.boards[block] = new_scratch()
        if batch.boards[block] == NULL:
            batch_free(batch)
            return NULL
    for block in range(num_blocks if cache else 0):
        batch.caches[block] = cache_new(max(1, cache // num_blocks), height * width + 1)
        if batch.caches[block] == NULL:
            batch_free(batch)
            return NULL
    return batch


cdef void batch_free(Batch* batch) noexcept nogil:
    cdef int i
    if batch == NULL:
        return
    if batch.trees != NULL:
        for i in range(batch.num_games):
            tree_free(batch.trees[i])
    if batch.walks != NULL:
        for i in range(batch.parts * batch.threads):
            walk_free(batch.walks[i])
    if batch.caches != NULL:
        for i in range(batch.parts * batch.threads):
            cache_free(batch.caches[i])
    if batch.boards != NULL:
        for i in range(batch.parts * batch.threads):
            free(batch.boards[i])
    free(batch.trees)
    free(batch.leaves)
    free(batch.action_at)
    free(batch.num_rows)
    free(batch.first_row)
    free(batch.rows)
    free(batch.walks)
    free(batch.caches)
    free(batch.boards)
    free(batch)


cdef int batch_part(const Batch* batch, int game) noexcept nogil:
    """The part that a game belongs to."""
    cdef int part = 0
    while game >= first_game(batch, part + 1, batch.parts):
        part += 1
    return part


cdef int batch_select(Batch* batch, int part, int most, float* out) noexcept nogil:
    """Select leaves of each unfinished search of a part; write their planes.

    Args:
        most: leaves of each search, up to `num_leaves`.
        out: `[num_games · num_leaves, C, H, W]`; the part's rows begin at those of its first game.

    Returns:
        B, how many rows want an evaluation; -1 without memory.
    """
    cdef int num_threads = batch.threads, first = part * num_threads
    cdef int block
    for block in prange(first, first + num_threads, num_threads=num_threads, schedule="static"):
        select_block(batch, block, most, out)
    if close_gaps(batch, part, out) < 0:
        return -1
    return batch.num_rows[part]


cdef void batch_expand(
    Batch* batch, int part, const float* policy, const float* value, const float* score,
    const float* ownership,
) noexcept nogil:
    """Give a part's leaves their evaluations.

    Args:
        policy, value, score: `[B, A]`, `[B]`, `[B]`.
        ownership: `[B, H, W]`, or NULL.
    """
    cdef int num_threads = batch.threads, first = part * num_threads
    cdef int block
    for block in prange(first, first + num_threads, num_threads=num_threads, schedule="static"):
        expand_block(batch, part, block, policy, value, score, ownership)
    batch.num_rows[part] = 0


cdef inline const int* targets(const Batch* batch, int game, int symmetry) noexcept nogil:
    """Where each move of a game stands in the net's policy, and each point in its planes."""
    cdef const Tree* tree = batch.trees[game]
    cdef int num_points = tree.root.board.width * tree.root.board.height
    return batch.action_at[game] + symmetry * (num_points + 1)


cdef void select_block(Batch* batch, int block, int most, float* out) noexcept nogil:
    """Select from one thread's games."""
    cdef int num_blocks = batch.parts * batch.threads
    cdef int row = first_game(batch, block, num_blocks) * batch.num_leaves
    cdef int game, node, num_leaves
    cdef Walk* walk = batch.walks[block]
    cdef Tree* tree
    batch.first_row[block] = row
    for game in range(
        first_game(batch, block, num_blocks), first_game(batch, block + 1, num_blocks)
    ):
        tree = batch.trees[game]
        if tree == NULL or state_is_over(tree.root):
            continue
        num_leaves = 0
        while num_leaves < most:
            node = tree_select(tree, walk)
            if node == -3:
                batch.rows[block] = -1
                return
            if node < 0:
                break
            batch.leaves[row] = leaf_of(batch, block, walk, game, node)
            if not expand_from_cache(batch, block, batch.leaves[row]):
                write_planes(batch, block, walk, batch.leaves[row], out + row * batch.row_size)
                row += 1
                num_leaves += 1
    batch.rows[block] = row - batch.first_row[block]


cdef Leaf leaf_of(
    Batch* batch, int block, const Walk* walk, int game, int node
) noexcept nogil:
    """A leaf with the symmetry that its planes are turned by."""
    cdef Tree* tree = batch.trees[game]
    cdef Leaf leaf
    cdef int num_symmetries = num_symmetries_of(tree.root.board.height, tree.root.board.width)
    leaf.game = game
    leaf.node = node
    leaf.symmetry = 0
    leaf.key = 0
    if batch.caches[block] != NULL:
        leaf.key = extra_key(walk.state, batch.groups, planes_key(walk.state, walk.legal))
    if batch.random_symmetry:
        leaf.symmetry = (leaf.key or next_random(&tree.rng)) & (num_symmetries - 1)
    return leaf


cdef bint expand_from_cache(Batch* batch, int block, Leaf leaf) noexcept nogil:
    """Expand a leaf whose evaluation is in the cache; returns whether it is."""
    cdef Cache* cache = batch.caches[block]
    cdef const float* answer
    if cache == NULL:
        return False
    answer = cache_find(cache, leaf.key)
    if answer == NULL:
        return False
    expand_leaf(
        batch, leaf, answer, answer[cache.num_actions], answer[cache.num_actions + 1], NULL
    )
    return True


cdef void write_planes(
    Batch* batch, int block, const Walk* walk, Leaf leaf, float* out
) noexcept nogil:
    cdef Tree* tree = batch.trees[leaf.game]
    cdef Frame frame = Frame(
        batch.frame_height, batch.frame_width, leaf.symmetry & 4,
        targets(batch, leaf.game, leaf.symmetry),
    )
    cdef Liberties liberties
    liberties_copy(&liberties, &tree.liberties, tree.root.board.num_words)
    state_floats(walk.state, walk.legal, &liberties, &frame, out)
    if batch.groups:
        out += NUM_PLANES * frame.height * frame.width
        state_extra(walk.state, walk.legal, batch.groups, batch.boards[block], &frame, out)


cdef int close_gaps(Batch* batch, int part, float* out) noexcept nogil:
    """Bring the rows of a part's blocks together, in the games' order; -1 without memory."""
    cdef int first = first_game(batch, part, batch.parts) * batch.num_leaves
    cdef int block, row = first
    for block in range(part * batch.threads, (part + 1) * batch.threads):
        if batch.rows[block] < 0:
            return -1
        if batch.first_row[block] != row:
            memmove(
                out + row * batch.row_size,
                out + batch.first_row[block] * batch.row_size,
                batch.rows[block] * batch.row_size * sizeof(float),
            )
            memmove(
                &batch.leaves[row],
                &batch.leaves[batch.first_row[block]],
                batch.rows[block] * sizeof(Leaf),
            )
            batch.first_row[block] = row
        row += batch.rows[block]
    batch.num_rows[part] = row - first
    return 0


cdef void expand_block(
    Batch* batch, int part, int block, const float* policy, const float* value, const float* score,
    const float* ownership,
) noexcept nogil:
    cdef int offset = first_game(batch, part, batch.parts) * batch.num_leaves
    cdef Py_ssize_t num_points = batch.frame_height * batch.frame_width
    cdef Py_ssize_t at
    cdef int row
    for row in range(batch.first_row[block], batch.first_row[block] + batch.rows[block]):
        at = row - offset
        expand_leaf(
            batch,
            batch.leaves[row],
            policy + at * (num_points + 1),
            value[at],
            score[at],
            ownership + at * num_points if ownership != NULL else NULL,
        )
        if batch.caches[block] != NULL:
            cache_keep(
                batch.caches[block],
                batch.leaves[row].key,
                policy + at * (num_points + 1),
                value[at],
                score[at],
            )


cdef void expand_leaf(
    Batch* batch, Leaf leaf, const float* policy, float value, float score, const float* ownership
) noexcept nogil:
    """Give a leaf its evaluation; a root is then prepared by its rule.

    A leaf of a search that was given up meanwhile is skipped.
    """
    cdef Tree* tree = batch.trees[leaf.game]
    if tree == NULL or leaf.node >= tree.num_nodes or tree.nodes[leaf.node].is_evaluated:
        return
    cdef const int* actions_at = targets(batch, leaf.game, leaf.symmetry)
    tree_expand(tree, leaf.node, policy, actions_at, value, score)
    if ownership != NULL:
        tree_add_ownership(tree, leaf.node, ownership, actions_at)
    if leaf.node == 0:
        tree.rule.prepare_root(tree)


cdef void batch_clear_caches(Batch* batch) noexcept nogil:
    """Drop all cached evaluations."""
    cdef int block
    for block in range(batch.parts * batch.threads):
        if batch.caches[block] != NULL:
            cache_clear(batch.caches[block])


cdef void batch_count_lookups(const Batch* batch, long* hits, long* total) noexcept nogil:
    """How many evaluations the caches had, and how many were looked for."""
    cdef int block
    hits[0] = total[0] = 0
    for block in range(batch.parts * batch.threads):
        if batch.caches[block] != NULL:
            hits[0] += batch.caches[block].hits
            total[0] += batch.caches[block].hits + batch.caches[block].misses


cdef void set_avoided(Tree* tree, avoided) except *:
    """Set the moves that a tree leaves out; see `Forest.start`."""
    cdef int num_moves = tree.root.board.width * tree.root.board.height + 1
    tree.avoids_until = 0
    if not avoided:
        return
    memset(tree.avoided, 0, sizeof(tree.avoided))
    for colour, moves in avoided.items():
        if colour not in (BLACK, WHITE):
            raise ValueError(f"colour {colour!r}: wanted BLACK (1) or WHITE (2)")
        for move, until in moves.items():
            if not (0 <= move < num_moves and until >= 0):
                raise ValueError(
                    f"avoided move {move} for {until} plies: wanted a move of 0 to {num_moves - 1} "
                    "and 0 plies or more"
                )
            until = min(until, MOST_PLIES)
            tree.avoided[(MAX_POINTS + 1) * (colour - BLACK) + move] = until
            tree.avoids_until = max(tree.avoids_until, until)


cdef int check_batch(
    int num_games, int frame_height, int frame_width, int threads, int parts, long cache, int groups
) except -1:
    """Raise ValueError unless `batch_new` can make such a batch."""
    if num_games < 1:
        raise ValueError(f"num_games {num_games}: wanted at least 1")
    if not (1 <= frame_height <= MAX_SIDE and 1 <= frame_width <= MAX_SIDE):
        raise ValueError(f"frame {frame_width}x{frame_height}: wanted 1 to {MAX_SIDE} a side")
    if not 1 <= threads <= 256:
        raise ValueError(f"threads {threads}: wanted 1 to 256")
    if not 1 <= parts <= num_games:
        raise ValueError(f"parts {parts}: wanted 1 to the {num_games} games")
    if not 0 <= cache <= 2**30:
        raise ValueError(f"cache {cache}: wanted 0 to 2**30")
    if groups & ~ALL_GROUPS:
        raise ValueError(f"groups {groups}: wanted bits of extra_planes")
    return 0


cdef SearchConstants constants_of(settings):
    """The numbers of SearchSettings that the rules read."""
    return SearchConstants(
        c_visit=settings.c_visit,
        c_scale=settings.c_scale,
        c_puct=settings.c_puct,
        c_puct_growth=settings.c_puct_growth,
        spread_scale=settings.spread_scale,
        forced=settings.forced,
        fpu_reduction=settings.fpu_reduction,
        score_weight=settings.score_weight,
        noise=settings.noise,
        dirichlet_alpha=settings.dirichlet_alpha,
        dirichlet_weight=settings.dirichlet_weight,
        deviations=settings.deviations,
        considered=settings.considered,
    )


cdef object action_table(const Batch* batch, int width, int height):
    """The place in the frame of each move of a board, under each symmetry, intc `[8, A]`."""
    cdef int symmetry
    table = np.zeros((8, width * height + 1), np.intc)
    cdef int[:, ::1] view = table
    for symmetry in range(num_symmetries_of(height, width)):
        lay_out(&view[symmetry, 0], height, width, batch.frame_width, symmetry)
        view[symmetry, width * height] = batch.frame_height * batch.frame_width
    return table
