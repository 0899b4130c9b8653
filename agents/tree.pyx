"""The search tree: select, expand, backup, over nodes in preallocated arrays linked by index.

A tree has two rules, functions from a node to its most urgent edge: one for the root, one for all
nodes below. gumbel.pyx and puct.pyx hold them.

A simulation walks from the root to a leaf (`tree_select`), which is evaluated by the net outside,
and comes back with `tree_expand`. Several may be under way at once: their edges carry `pending`.
Values are utilities in [-1, 1] for the player to move: win minus loss, mixed with a saturating
share of the score. Nothing is allocated after `tree_new`, but for the histories of long games.
"""

from libc.math cimport expf, logf, sqrt, tanh
from libc.stdint cimport uint8_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from engine.board cimport BLACK, MAX_POINTS, next_random
from engine.state cimport (
    POSITIONAL,
    state_copy,
    state_free,
    state_half_score,
    state_is_over,
    state_mask,
    state_new,
    state_play,
    state_rewind,
)

cdef float NEVER = -1e30


cdef double uniform(uint64_t* rng) noexcept nogil:
    """A number in (0, 1)."""
    return ((next_random(rng) >> 11) + 0.5) * (1.0 / 9007199254740992.0)


cdef Tree* tree_new(int max_visits, int width, int height) noexcept nogil:
    """Room for a search of `max_visits` simulations on one board size; NULL without memory."""
    cdef Tree* tree = <Tree*>calloc(1, sizeof(Tree))
    cdef int num_actions = width * height + 1
    if tree == NULL:
        return NULL
    tree.max_nodes = max_visits + 1
    tree.max_edges = tree.max_nodes * num_actions
    tree.nodes = <Node*>malloc(tree.max_nodes * sizeof(Node))
    tree.edges = <Edge*>malloc(tree.max_edges * sizeof(Edge))
    tree.gumbel = <float*>calloc(num_actions, sizeof(float))
    tree.considered = <int*>calloc(max_visits + 1, sizeof(int))
    tree.moved_to = <int*>malloc(tree.max_nodes * sizeof(int))
    tree.ownership = <float*>calloc(width * height, sizeof(float))
    tree.root = state_new(width, height, POSITIONAL, False, 0, 0)
    tree.scratch = state_new(width, height, POSITIONAL, False, 0, 0)
    if (
        tree.nodes == NULL or tree.edges == NULL or tree.gumbel == NULL
        or tree.considered == NULL or tree.root == NULL or tree.scratch == NULL
        or tree.moved_to == NULL or tree.ownership == NULL
    ):
        tree_free(tree)
        return NULL
    return tree


cdef void tree_free(Tree* tree) noexcept nogil:
    if tree == NULL:
        return
    free(tree.nodes)
    free(tree.edges)
    free(tree.gumbel)
    free(tree.considered)
    free(tree.moved_to)
    free(tree.ownership)
    state_free(tree.root)
    state_free(tree.scratch)
    free(tree)


cdef int tree_start(Tree* tree) noexcept nogil:
    """Forget the tree and begin anew at `tree.root`; -1 without memory."""
    tree.num_nodes = 0
    tree.num_edges = 0
    tree.num_started = -1  # the first simulation evaluates the root itself
    forget_ownership(tree)
    return state_copy(tree.scratch, tree.root)


cdef void forget_ownership(Tree* tree) noexcept nogil:
    memset(tree.ownership, 0, tree.root.board.width * tree.root.board.height * sizeof(float))
    tree.num_owned = 0


cdef int tree_advance(Tree* tree, int move) noexcept nogil:
    """Play `move` at the root and keep what was searched below it; -1 without memory.

    No simulation may be under way. Nodes and edges keep their order as they move to the front, so
    that one pass over each array is enough: parents always stand before their children.
    """
    cdef Node* node
    cdef Edge* edge
    cdef int i, j, to, first, child = -1, num_nodes = 0, num_edges = 0
    if state_play(tree.root, move) < 0:
        return -1
    if tree.num_nodes:
        first = tree.nodes[0].first_edge
        for i in range(first, first + tree.nodes[0].num_edges):
            if tree.edges[i].move == move:
                child = tree.edges[i].child
    # A child that ended the game has no edges, and a new root wants its moves.
    if child < 0 or tree.nodes[child].num_edges == 0:
        return tree_start(tree)
    for i in range(child, tree.num_nodes):
        node = &tree.nodes[i]
        if i != child and (node.parent < child or tree.moved_to[node.parent] < 0):
            tree.moved_to[i] = -1
            continue
        to = tree.moved_to[i] = num_nodes
        num_nodes += 1
        for j in range(node.num_edges):
            tree.edges[num_edges + j] = tree.edges[node.first_edge + j]
        tree.nodes[to] = node[0]
        node = &tree.nodes[to]
        node.parent = -1 if i == child else tree.moved_to[node.parent]
        # Edges of kept nodes already point to kept parents' new places; theirs come below.
        node.first_edge = num_edges
        num_edges += node.num_edges
    tree.num_nodes = num_nodes
    tree.num_edges = num_edges
    for i in range(num_edges):
        edge = &tree.edges[i]
        if edge.child >= 0:
            edge.child = tree.moved_to[edge.child]
    for i in range(num_nodes):
        node = &tree.nodes[i]
        for j in range(node.first_edge, node.first_edge + node.num_edges):
            if tree.edges[j].child >= 0:
                tree.nodes[tree.edges[j].child].parent_edge = j
    tree.nodes[0].parent_edge = -1
    tree.num_started = tree.nodes[0].visits - 1
    forget_ownership(tree)
    return state_copy(tree.scratch, tree.root)


cdef void tree_add_ownership(
    Tree* tree, int leaf, const float* ownership, const int* action_at
) noexcept nogil:
    """Add a leaf's ownership, in the net's order, to the sums that the root's mover sees."""
    cdef int sign = 1, point
    while tree.nodes[leaf].parent >= 0:
        leaf = tree.nodes[leaf].parent
        sign = -sign
    for point in range(tree.root.board.width * tree.root.board.height):
        tree.ownership[point] += sign * ownership[action_at[point]]
    tree.num_owned += 1


cdef bint tree_is_done(const Tree* tree) noexcept nogil:
    """Whether all simulations have come back."""
    return tree.num_nodes > 0 and tree.nodes[0].visits > tree.num_visits


cdef int add_node(Tree* tree, int parent, int parent_edge) noexcept nogil:
    cdef int index = tree.num_nodes
    cdef Node* node = &tree.nodes[index]
    tree.num_nodes += 1
    node.parent = parent
    node.parent_edge = parent_edge
    node.first_edge = tree.num_edges
    node.num_edges = 0
    node.visits = 0
    node.is_evaluated = False
    node.value = node.value_sum = node.square_sum = 0
    node.prior_value = node.win_sum = node.score = node.score_sum = 0
    if parent_edge >= 0:
        tree.edges[parent_edge].child = index
    return index


cdef void add_edges(Tree* tree, int index) noexcept nogil:
    """Give the node its legal moves in `tree.scratch`; their priors come with the evaluation."""
    cdef uint8_t[MAX_POINTS + 1] mask
    cdef Node* node = &tree.nodes[index]
    cdef Edge* edge
    cdef int pass_move = tree.scratch.board.width * tree.scratch.board.height
    cdef int move
    state_mask(tree.scratch, mask)
    for move in range(pass_move + 1):
        if not mask[move]:
            continue
        if move == pass_move and node.first_edge < tree.num_edges:
            if tree.scratch.num_moves < tree.no_pass_before:
                break
        edge = &tree.edges[tree.num_edges]
        edge.value_sum = edge.prior = edge.logit = 0
        edge.visits = edge.pending = 0
        edge.child = -1
        edge.move = move
        tree.num_edges += 1
    node.num_edges = tree.num_edges - node.first_edge


cdef int tree_select(Tree* tree) noexcept nogil:
    """Walk from the root to a node that wants an evaluation; `tree.scratch` is then its position.

    Games that end on the way are scored and counted at once, and the walk begins again.

    Returns:
        the leaf; -1 if no simulation is left to start; -2 if the walk met a leaf that is still
        being evaluated; -3 without memory.
    """
    cdef int node, edge
    cdef float score
    while True:
        if tree.num_started >= tree.num_visits:
            return -1
        state_rewind(tree.scratch, tree.root)
        if tree.num_nodes == 0:
            tree.num_started += 1
            node = add_node(tree, -1, -1)
            add_edges(tree, node)
            return node
        node = 0
        while True:
            if not tree.nodes[node].is_evaluated:
                drop_pending(tree, node)
                return -2
            if tree.nodes[node].num_edges == 0:
                break
            edge = (tree.select_root if node == 0 else tree.select_inner)(tree, node)
            tree.edges[edge].pending += 1
            if state_play(tree.scratch, tree.edges[edge].move) < 0:
                return -3
            if tree.edges[edge].child < 0:
                node = add_node(tree, node, edge)
                break
            node = tree.edges[edge].child
        tree.num_started += 1
        if not tree.nodes[node].is_evaluated:
            if not state_is_over(tree.scratch):
                add_edges(tree, node)
                return node
            score = state_half_score(tree.scratch) / 2.0
            if tree.scratch.to_play != BLACK:
                score = -score
            evaluated(tree, node, (score > 0) - (score < 0), score)
        backup(tree, node)


cdef void drop_pending(Tree* tree, int node) noexcept nogil:
    """Take back a walk that ended at `node` for nothing."""
    while tree.nodes[node].parent >= 0:
        tree.edges[tree.nodes[node].parent_edge].pending -= 1
        node = tree.nodes[node].parent


cdef float squashed(float value, float score, float side, float weight) noexcept nogil:
    """Mix win minus loss with a share of the score that saturates; in [-1, 1].

    After KataGo's score utility (Wu 2019, 3.4), with tanh over twice the board's side.
    """
    return (value + weight * tanh(score / (2 * side))) / (1 + weight)


cdef void evaluated(Tree* tree, int node, float value, float score) noexcept nogil:
    cdef float side = sqrt(tree.root.board.width * tree.root.board.height)
    tree.nodes[node].prior_value = value
    tree.nodes[node].score = score
    tree.nodes[node].value = squashed(value, score, side, tree.score_weight)
    tree.nodes[node].is_evaluated = True


cdef void tree_expand(
    Tree* tree, int leaf, const float* logits, const int* action_at, float value, float score
) noexcept nogil:
    """Give a selected leaf its evaluation, and tell the nodes above.

    Args:
        logits: the net's policy, `[A]` in the net's order.
        action_at: where each move stands in `logits`.
        value, score: as the leaf's mover sees them.
    """
    cdef Node* node = &tree.nodes[leaf]
    cdef Edge* edge
    cdef int i
    cdef float highest = NEVER
    cdef float total = 0
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        edge.logit = logits[action_at[edge.move]]
        highest = max(highest, edge.logit)
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        edge.prior = expf(edge.logit - highest)
        total += edge.prior
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        edge.prior /= total
        edge.logit -= highest + logf(total)
    evaluated(tree, leaf, value, score)
    backup(tree, leaf)


cdef void backup(Tree* tree, int index) noexcept nogil:
    """Add a simulation that ended at node `index` to all nodes above."""
    cdef Node* node = &tree.nodes[index]
    cdef Edge* edge
    cdef float value = node.value, win = node.prior_value, score = node.score
    cdef float square = value * value
    while True:
        node.visits += 1
        node.value_sum += value
        node.square_sum += square
        node.win_sum += win
        node.score_sum += score
        if node.parent < 0:
            return
        value, win, score = -value, -win, -score
        edge = &tree.edges[node.parent_edge]
        edge.visits += 1
        edge.pending -= 1
        edge.value_sum += value
        node = &tree.nodes[node.parent]
