"""The search tree: select, expand, backup, over nodes in preallocated arrays linked by index.

A tree follows a `RootRule`, the functions in which Gumbel AlphaZero and PUCT differ (gumbel.pyx,
puct.pyx). Its root is a game that the forest owns.

A simulation walks from the root to a leaf (`tree_select`). The net evaluates the leaf outside, and
`tree_expand` brings the answer back. Several simulations may be under way at once: their edges
carry `pending`. Values are utilities in [-1, 1] for the player to move: win minus loss, mixed with
a saturating share of the score. Nothing is allocated after `tree_new`, but for the histories of
long games.

Expansion is lazy. A node's edges stand side by side in arrays of moves and priors. Most leaves are
never visited again, so a new leaf stores only the set of its moves and the net's logits
(`store_moves`). They become edges when a simulation first goes on from the leaf (`expand_edges`).
A tried edge changes places with the first untried one: rules then loop over the few tried edges,
and need only the likeliest of the others.
"""

from libc.math cimport logf, sqrt, tanhf
from libc.stdint cimport uint16_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset
from posix.stdlib cimport posix_memalign

from insei.agents.search.softmax cimport best_of, softmax
from insei.agents.search.walk cimport Walk, walk_from, walk_play
from insei.engine.board cimport BLACK, MAX_POINTS, WHITE, WORDS, count_bits, next_random
from insei.engine.reading.liberties cimport liberties_update
from insei.engine.state cimport (
    State,
    state_half_score,
    state_is_over,
    state_play,
    state_reserve,
    state_legal_points,
)


cdef enum:
    UNKNOWN = -2  # which edge is a node's likeliest
    SET_ROOM = 4 * WORDS  # edges whose moves take as much memory as a set of points


cdef double uniform(uint64_t* rng) noexcept nogil:
    """A number in (0, 1)."""
    return ((next_random(rng) >> 11) + 0.5) * (1.0 / 9007199254740992.0)


cdef Tree* tree_new(int max_visits, int width, int height, int num_logits) noexcept nogil:
    """Room for a search on one board size, its root not yet set; NULL without memory.

    Args:
        max_visits: simulations.
        num_logits: of the net, one a move at least.
    """
    cdef Tree* tree = <Tree*>calloc(1, sizeof(Tree))
    cdef int num_actions = width * height + 1
    if tree == NULL:
        return NULL
    tree.max_nodes = max_visits + 1
    tree.num_logits = num_logits
    tree.edges_per_node = max(num_logits, SET_ROOM)
    posix_memalign(<void**>&tree.nodes, 64, tree.max_nodes * sizeof(Node))  # else it stays NULL
    tree.moves = <uint16_t*>malloc(tree.max_nodes * tree.edges_per_node * sizeof(uint16_t))
    tree.priors = <float*>malloc(tree.max_nodes * tree.edges_per_node * sizeof(float))
    tree.edges = <Edge*>malloc(tree.max_nodes * tree.edges_per_node * sizeof(Edge))
    tree.noisy_logits = <float*>calloc(num_actions, sizeof(float))
    tree.halving_plan = <int*>calloc(max_visits + 1, sizeof(int))
    tree.moved_to = <int*>malloc(tree.max_nodes * sizeof(int))
    tree.ownership = <float*>calloc((num_actions + 1) * width * height, sizeof(float))
    tree.num_owned = <int*>calloc(num_actions + 1, sizeof(int))
    if (
        tree.nodes == NULL or tree.moves == NULL or tree.priors == NULL
        or tree.edges == NULL or tree.noisy_logits == NULL or tree.halving_plan == NULL
        or tree.moved_to == NULL or tree.ownership == NULL or tree.num_owned == NULL
    ):
        tree_free(tree)
        return NULL
    return tree


cdef void tree_free(Tree* tree) noexcept nogil:
    if tree == NULL:
        return
    free(tree.nodes)
    free(tree.moves)
    free(tree.priors)
    free(tree.edges)
    free(tree.noisy_logits)
    free(tree.halving_plan)
    free(tree.moved_to)
    free(tree.ownership)
    free(tree.num_owned)
    free(tree)


cdef int tree_start(Tree* tree) noexcept nogil:
    """Forget the tree and begin anew at `tree.root`; -1 without memory."""
    tree.num_nodes = 0
    tree.num_left_out = 0
    tree.num_started = -1  # the first simulation evaluates the root itself
    return stand_at_root(tree)


cdef int stand_at_root(Tree* tree) noexcept nogil:
    """Bring what is kept beside the nodes to the present `tree.root`; -1 without memory."""
    forget_ownership(tree)
    liberties_update(&tree.liberties, &tree.root.board)
    return reserve_history(tree)


cdef int reserve_history(Tree* tree) noexcept nogil:
    """Give the root's history room for the longest walk; -1 without memory.

    Walks write into that room and must not reallocate it (walk.pyx). A walk adds at most a node,
    and so a move, for each simulation.
    """
    cdef State* root = tree.root
    cdef int longest = root.num_moves + tree.max_nodes + 2
    if longest <= root.capacity:
        return 0
    return state_reserve(root, longest + 2 * root.board.width * root.board.height)


cdef void forget_ownership(Tree* tree) noexcept nogil:
    cdef int num_points = tree.root.board.width * tree.root.board.height
    cdef int move
    for move in range(num_points + 2):
        if tree.num_owned[move]:
            memset(&tree.ownership[move * num_points], 0, num_points * sizeof(float))
            tree.num_owned[move] = 0


cdef int tree_advance(Tree* tree, int move) noexcept nogil:
    """Play `move` at the root and keep what was searched below it; -1 without memory.

    No simulation may be under way. Parents always stand before their children, and nodes keep their
    order as they move to the front, so that one pass is enough.
    """
    cdef int i, edge, child, num_nodes = 0
    if state_play(tree.root, move) < 0:
        return -1
    edge = tree_edge(tree, 0, move) if tree.num_nodes else -1
    if tree.avoids_until:  # what was avoided before is a move again
        tree.avoids_until = 0
        return tree_start(tree)
    # A child that ended the game has no edges, and a root needs them.
    if edge < 0 or visits_of(tree, &tree.nodes[0], edge) == 0:
        return tree_start(tree)
    child = tree.edges[edge].child
    if tree.nodes[child].num_edges == 0:
        return tree_start(tree)
    if not tree.nodes[child].has_edges:
        expand_edges(tree, child)
    for i in range(child, tree.num_nodes):
        if i != child and (
            tree.nodes[i].parent < child or tree.moved_to[tree.nodes[i].parent] < 0
        ):
            tree.moved_to[i] = -1
            continue
        tree.moved_to[i] = num_nodes
        move_node(tree, i, num_nodes)
        num_nodes += 1
    tree.num_nodes = num_nodes
    for i in range(num_nodes):
        point_to_children(tree, i)
    tree.nodes[0].parent = tree.nodes[0].parent_edge = -1
    tree.num_started = tree.nodes[0].visits - 1
    return stand_at_root(tree)


cdef void move_node(Tree* tree, int index, int to) noexcept nogil:
    """Move a node and its edges to a place before it."""
    cdef Node* node = &tree.nodes[to]
    cdef int before = tree.nodes[index].first_edge, first = to * tree.edges_per_node
    node[0] = tree.nodes[index]
    node.first_edge = first
    node.likeliest += first - before if node.likeliest >= 0 else 0
    memcpy(&tree.moves[first], &tree.moves[before], tree.edges_per_node * sizeof(uint16_t))
    memcpy(&tree.priors[first], &tree.priors[before], tree.edges_per_node * sizeof(float))
    memcpy(&tree.edges[first], &tree.edges[before], node.num_tried * sizeof(Edge))


cdef void point_to_children(Tree* tree, int index) noexcept nogil:
    """Relink a moved node with its children."""
    cdef const Node* node = &tree.nodes[index]
    cdef Node* child
    cdef int i
    for i in range(node.first_edge, node.first_edge + node.num_tried):
        tree.edges[i].child = tree.moved_to[tree.edges[i].child]
        child = &tree.nodes[tree.edges[i].child]
        child.parent = index
        child.parent_edge = i


cdef void tree_add_ownership(
    Tree* tree, int leaf, const float* ownership, const int* action_at
) noexcept nogil:
    """Add a leaf's ownership, in the net's order, to the sums that the root's mover sees."""
    cdef int num_points = tree.root.board.width * tree.root.board.height
    cdef int sign = 1, move = num_points + 1, point
    cdef float* sums
    while tree.nodes[leaf].parent >= 0:
        move = tree.moves[tree.nodes[leaf].parent_edge]
        leaf = tree.nodes[leaf].parent
        sign = -sign
    sums = &tree.ownership[move * num_points]
    for point in range(num_points):
        sums[point] += sign * ownership[action_at[point]]
    tree.num_owned[move] += 1


cdef bint tree_is_done(const Tree* tree) noexcept nogil:
    """Whether all simulations have come back."""
    return tree.num_nodes > 0 and tree.nodes[0].visits > tree.num_visits


cdef bint tree_is_waiting(const Tree* tree) noexcept nogil:
    """Whether simulations are under way; one that was given out and never came back is."""
    cdef int i
    if tree.num_nodes == 0:
        return False
    for i in range(tree.nodes[0].first_edge, tree.nodes[0].first_edge + tree.nodes[0].num_tried):
        if tree.edges[i].pending:
            return True
    return False


cdef int tree_edge(const Tree* tree, int node, int move) noexcept nogil:
    """The edge of `move`, or -1 if it is illegal there or the edges are not expanded."""
    cdef int i, first = tree.nodes[node].first_edge
    if not tree.nodes[node].has_edges:
        return -1
    for i in range(first, first + tree.nodes[node].num_edges):
        if tree.moves[i] == move:
            return i
    return -1


cdef int likeliest_of(const Tree* tree, int index) noexcept nogil:
    """The untried edge of highest prior, ties to the lower move; -1 if all are tried."""
    cdef Node* node = &tree.nodes[index]
    cdef int first = node.first_edge + node.num_tried
    if node.likeliest == UNKNOWN:
        node.likeliest = largest_edge(tree, tree.priors, first, node.first_edge + node.num_edges)
    return node.likeliest


cdef int largest_edge(const Tree* tree, const float* numbers, int first, int last) noexcept nogil:
    """The edge with the largest number from `first` to before `last`, -1 if there is none.

    Ties go to the lower move. The root's `noisy_logits` may be the numbers: its first edge is 0.
    """
    return best_of(numbers, tree.moves, first, last) if first < last else -1


cdef int add_node(Tree* tree, int parent, int parent_edge) noexcept nogil:
    cdef int index = tree.num_nodes
    cdef Node* node = &tree.nodes[index]
    tree.num_nodes += 1
    memset(node, 0, sizeof(Node))
    node.parent = parent
    node.parent_edge = parent_edge
    node.first_edge = index * tree.edges_per_node
    node.likeliest = UNKNOWN
    return index


cdef int try_edge(Tree* tree, int index, int edge) noexcept nogil:
    """Append an untried edge to the tried ones and give it a child; returns its new place."""
    cdef Node* node = &tree.nodes[index]
    cdef int place = node.first_edge + node.num_tried
    cdef Edge* tried = &tree.edges[place]
    cdef uint16_t move = tree.moves[edge]
    cdef float prior = tree.priors[edge], noisy
    tree.moves[edge], tree.moves[place] = tree.moves[place], move
    tree.priors[edge], tree.priors[place] = tree.priors[place], prior
    if index == 0:
        noisy = tree.noisy_logits[edge]
        tree.noisy_logits[edge], tree.noisy_logits[place] = tree.noisy_logits[place], noisy
    node.num_tried += 1
    node.likeliest = UNKNOWN
    tried.logit = logf(prior)
    tried.value_sum = 0
    tried.visits = tried.pending = 0
    tried.child = add_node(tree, index, place)
    return place


cdef void store_moves(Tree* tree, Walk* walk, int index) noexcept nogil:
    """Store the moves legal in `walk.state` as a set, in the memory of the node's edges."""
    cdef Node* node = &tree.nodes[index]
    cdef int pass_move = walk.state.board.width * walk.state.board.height
    cdef int num_words = 1 + (pass_move >> 6), word, count = 0
    cdef uint64_t* legal = walk.legal
    cdef uint64_t the_pass = <uint64_t>1 << (pass_move & 63)
    state_legal_points(walk.state, legal)
    for word in range(1, 1 + num_words):
        count += count_bits(legal[word])
    node.num_edges = count
    if count == 0 or walk.state.num_moves >= tree.no_pass_before:
        legal[num_words] |= the_pass
        node.num_edges += 1
    for word in range(num_words):  # word by word, as written: larger reads would stall
        memcpy(&tree.moves[node.first_edge + 4 * word], &legal[1 + word], sizeof(uint64_t))


cdef void expand_edges(Tree* tree, int index) noexcept nogil:
    """Turn the stored set of moves and the logits into edges, each with its prior."""
    cdef Node* node = &tree.nodes[index]
    cdef uint16_t* moves = &tree.moves[node.first_edge]
    cdef float* logits = &tree.priors[node.first_edge]
    cdef const int* action_at = node.action_at
    cdef int num_actions = tree.root.board.width * tree.root.board.height + 1
    cdef int move, count = 0
    cdef uint64_t bits = 0
    cdef uint64_t[WORDS] legal
    cdef float[MAX_POINTS + 1] legal_logits
    memcpy(legal, moves, ((num_actions + 63) >> 6) * sizeof(uint64_t))
    for move in range(num_actions):  # without a branch: the next move overwrites an illegal one
        if move & 63 == 0:
            bits = legal[move >> 6]
        moves[count] = move
        legal_logits[count] = logits[action_at[move]]
        count += bits & 1
        bits >>= 1
    memcpy(logits, legal_logits, count * sizeof(float))
    softmax(logits, count)
    node.has_edges = True
    if tree.avoids_until:
        leave_out_avoided(tree, index)


cdef void leave_out_avoided(Tree* tree, int index) noexcept nogil:
    """Put the avoided moves of a node behind its edges, unless no edge would be left.

    The others keep their priors, which then sum to less than 1.
    """
    cdef Node* node = &tree.nodes[index]
    cdef int depth = 0, parent = node.parent, colour, first, i, num_kept = 0
    cdef const uint16_t* until
    cdef uint16_t move
    cdef float prior
    while parent >= 0:
        depth += 1
        parent = tree.nodes[parent].parent
    if depth >= tree.avoids_until:
        return
    colour = tree.root.to_play if depth % 2 == 0 else BLACK + WHITE - tree.root.to_play
    until = &tree.avoided[(MAX_POINTS + 1) * (colour - BLACK)]
    first = node.first_edge
    for i in range(first, first + node.num_edges):
        num_kept += until[tree.moves[i]] <= depth
    if num_kept == 0:
        return
    if index == 0:
        tree.num_left_out = node.num_edges - num_kept
    num_kept = 0
    for i in range(first, first + node.num_edges):  # those kept stay in order
        if until[tree.moves[i]] <= depth:
            move, prior = tree.moves[i], tree.priors[i]
            tree.moves[i] = tree.moves[first + num_kept]
            tree.priors[i] = tree.priors[first + num_kept]
            tree.moves[first + num_kept] = move
            tree.priors[first + num_kept] = prior
            num_kept += 1
    node.num_edges = num_kept


cdef int tree_select(Tree* tree, Walk* walk) noexcept nogil:
    """Walk from the root to a leaf to be evaluated; `walk.state` is then its position.

    A simulation that ends the game needs no evaluation: it is scored and backed up at once, and
    the next one begins.

    Returns:
        the leaf; -1 if no simulation is left to start; -2 if the walk met a leaf that is still
        being evaluated; -3 without memory.
    """
    cdef const Node* leaf
    cdef int node, edge
    cdef bint is_new
    cdef float score
    while True:
        if tree.num_started >= tree.num_visits:
            return -1
        walk_from(walk, tree.root)
        if tree.num_nodes == 0:
            tree.num_started += 1
            node = add_node(tree, -1, -1)
            store_moves(tree, walk, node)
            return node
        node = 0
        while True:
            if not tree.nodes[node].is_evaluated:
                cancel_pending(tree, node)
                return -2
            if tree.nodes[node].num_edges == 0:
                break
            if not tree.nodes[node].has_edges:
                expand_edges(tree, node)
            edge = (tree.rule.select_root if node == 0 else tree.rule.select_inner)(tree, node)
            is_new = edge >= tree.nodes[node].first_edge + tree.nodes[node].num_tried
            if is_new:
                edge = try_edge(tree, node, edge)
            tree.edges[edge].pending += 1
            if walk_play(walk, tree.moves[edge]) < 0:
                return -3
            node = tree.edges[edge].child
            if is_new:
                break
        tree.num_started += 1
        if not tree.nodes[node].is_evaluated:
            if not state_is_over(walk.state):
                store_moves(tree, walk, node)
                return node
            score = state_half_score(walk.state) / 2.0
            if walk.state.to_play != BLACK:
                score = -score
            set_evaluation(tree, node, (score > 0) - (score < 0), score)
        leaf = &tree.nodes[node]
        backup(tree, node, leaf.value, leaf.prior_value, leaf.score)


cdef void cancel_pending(Tree* tree, int node) noexcept nogil:
    """Undo the pending counts of a walk that ended at `node` without a leaf."""
    while tree.nodes[node].parent >= 0:
        tree.edges[tree.nodes[node].parent_edge].pending -= 1
        node = tree.nodes[node].parent


cdef float utility(float value, float score, float side, float weight) noexcept nogil:
    """Mix win minus loss with a share of the score that saturates; in [-1, 1].

    After KataGo's score utility (Wu 2019, 3.4), with tanh over twice the board's side.
    """
    return (value + weight * tanhf(score / (2 * side))) / (1 + weight)


cdef float set_evaluation(Tree* tree, int index, float value, float score) noexcept nogil:
    """Set a node's evaluation; returns its utility."""
    cdef Node* node = &tree.nodes[index]
    cdef float side = sqrt(tree.root.board.width * tree.root.board.height)
    node.prior_value = value
    node.score = score
    node.value = utility(value, score, side, tree.constants.score_weight)
    node.is_evaluated = True
    return node.value


cdef void tree_expand(
    Tree* tree, int leaf, const float* logits, const int* action_at, float value, float score
) noexcept nogil:
    """Give a selected leaf its evaluation, and back it up.

    Args:
        logits: the net's policy, `[num_logits]`.
        action_at: where each move stands in `logits`; must last as long as the tree.
        value, score: as the leaf's mover sees them.
    """
    cdef Node* node = &tree.nodes[leaf]
    memcpy(&tree.priors[node.first_edge], logits, tree.num_logits * sizeof(float))
    node.action_at = action_at
    if leaf == 0:
        expand_edges(tree, leaf)
    backup(tree, leaf, set_evaluation(tree, leaf, value, score), value, score)


cdef inline void backup(Tree* tree, int index, float value, float win, float score) noexcept nogil:
    """Add a simulation that ended at node `index` to that node and all nodes above.

    The node's numbers are passed by value to avoid a store-forwarding stall.
    """
    cdef Node* node = &tree.nodes[index]
    cdef Edge* edge
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
