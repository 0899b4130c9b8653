"""The search tree: select, expand, backup, over nodes in preallocated arrays linked by index.

A tree has two rules, functions from a node to its most urgent edge: one for the root, one for all
nodes below. gumbel.pyx and puct.pyx hold them.

A simulation walks from the root to a leaf (`tree_select`), which is evaluated by the net outside,
and comes back with `tree_expand`. Several may be under way at once: their edges carry `pending`.
Values are utilities in [-1, 1] for the player to move: win minus loss, mixed with a saturating
share of the score. Nothing is allocated after `tree_new`, but for the histories of long games.

A node's edges stand side by side in arrays of moves and priors. When one is tried, it
changes places with the first that is not: rules then walk the few that were tried, and of all the
others want only the likeliest.
"""

from libc.math cimport logf, sqrt, tanhf
from libc.stdint cimport uint16_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from agents.softmax cimport largest_of, place_of, softmax
from engine.board cimport BLACK, lowest_bit, next_random
from engine.liberties cimport liberties_update
from engine.state cimport (
    POSITIONAL,
    state_copy,
    state_free,
    state_half_score,
    state_is_over,
    state_new,
    state_play,
    state_rewind,
    state_stones,
)


cdef enum:
    UNKNOWN = -2  # which edge is a node's likeliest


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
    tree.moves = <uint16_t*>malloc(tree.max_edges * sizeof(uint16_t))
    tree.priors = <float*>malloc(tree.max_edges * sizeof(float))
    tree.edges = <Edge*>malloc(tree.max_edges * sizeof(Edge))
    tree.noisy_logits = <float*>calloc(num_actions, sizeof(float))
    tree.considered = <int*>calloc(max_visits + 1, sizeof(int))
    tree.moved_to = <int*>malloc(tree.max_nodes * sizeof(int))
    tree.ownership = <float*>calloc((num_actions + 1) * width * height, sizeof(float))
    tree.num_owned = <int*>calloc(num_actions + 1, sizeof(int))
    tree.root = state_new(width, height, POSITIONAL, False, 0, 0)
    tree.scratch = state_new(width, height, POSITIONAL, False, 0, 0)
    if (
        tree.nodes == NULL or tree.moves == NULL or tree.priors == NULL
        or tree.edges == NULL or tree.noisy_logits == NULL or tree.considered == NULL
        or tree.root == NULL or tree.scratch == NULL
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
    free(tree.considered)
    free(tree.moved_to)
    free(tree.ownership)
    free(tree.num_owned)
    state_free(tree.root)
    state_free(tree.scratch)
    free(tree)


cdef int tree_start(Tree* tree) noexcept nogil:
    """Forget the tree and begin anew at `tree.root`; -1 without memory."""
    tree.num_nodes = 0
    tree.num_edges = 0
    tree.num_started = -1  # the first simulation evaluates the root itself
    return stand_at_root(tree)


cdef int stand_at_root(Tree* tree) noexcept nogil:
    """Make what is kept beside the nodes that of `tree.root`; -1 without memory."""
    forget_ownership(tree)
    liberties_update(&tree.known, &tree.root.board)
    return state_copy(tree.scratch, tree.root)


cdef void forget_ownership(Tree* tree) noexcept nogil:
    cdef int num_points = tree.root.board.width * tree.root.board.height
    cdef int move
    for move in range(num_points + 2):
        if tree.num_owned[move]:
            memset(&tree.ownership[move * num_points], 0, num_points * sizeof(float))
            tree.num_owned[move] = 0


cdef int tree_advance(Tree* tree, int move) noexcept nogil:
    """Play `move` at the root and keep what was searched below it; -1 without memory.

    No simulation may be under way. Nodes and edges keep their order as they move to the front, so
    that one pass over each array is enough: parents always stand before their children.
    """
    cdef int i, edge, child, num_nodes = 0
    if state_play(tree.root, move) < 0:
        return -1
    edge = tree_edge(tree, 0, move) if tree.num_nodes else -1
    # A child that ended the game has no edges, and a new root wants its moves.
    if edge < 0 or visits_of(tree, &tree.nodes[0], edge) == 0:
        return tree_start(tree)
    child = tree.edges[edge].child
    if tree.nodes[child].num_edges == 0:
        return tree_start(tree)
    if tree.nodes[child].num_tried == 0:
        form_priors(tree, child)
    tree.num_edges = 0
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
    """Move a node to a place before it, and its edges to the end of those moved before."""
    cdef Node* node = &tree.nodes[to]
    cdef int first = tree.nodes[index].first_edge
    cdef int i
    node[0] = tree.nodes[index]
    node.first_edge = tree.num_edges
    node.likeliest += node.first_edge - first if node.likeliest >= 0 else 0
    for i in range(node.num_edges):
        tree.moves[tree.num_edges + i] = tree.moves[first + i]
        tree.priors[tree.num_edges + i] = tree.priors[first + i]
    for i in range(node.num_tried):
        tree.edges[tree.num_edges + i] = tree.edges[first + i]
    tree.num_edges += node.num_edges


cdef void point_to_children(Tree* tree, int index) noexcept nogil:
    """Mend what links a node that was moved with its children."""
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
    """Whether simulations of the tree are under way, or were given out and never came back."""
    cdef int i
    if tree.num_nodes == 0:
        return False
    for i in range(tree.nodes[0].first_edge, tree.nodes[0].first_edge + tree.nodes[0].num_tried):
        if tree.edges[i].pending:
            return True
    return False


cdef int tree_edge(const Tree* tree, int node, int move) noexcept nogil:
    """The edge of `move`, or -1 where the node has none."""
    cdef int i, first = tree.nodes[node].first_edge
    for i in range(first, first + tree.nodes[node].num_edges):
        if tree.moves[i] == move:
            return i
    return -1


cdef inline void form_priors(Tree* tree, int index) noexcept nogil:
    """Make the logits that `tree_expand` left at the node's edges the priors that rules want."""
    softmax(&tree.priors[tree.nodes[index].first_edge], tree.nodes[index].num_edges)


cdef void find_likeliest(Tree* tree, Node* node) noexcept nogil:
    cdef int first = node.first_edge + node.num_tried
    node.likeliest = largest_edge(tree, tree.priors, first, node.first_edge + node.num_edges)


cdef int largest_edge(const Tree* tree, const float* numbers, int first, int last) noexcept nogil:
    """Of edges from `first` to before `last` that with the largest number, -1 where there is none.

    Of equals the lowest move is taken. A root's `noisy_logits` are such numbers too: its first edge
    is edge 0.
    """
    cdef int best, i
    cdef float highest
    if first >= last:
        return -1
    highest = largest_of(&numbers[first], last - first)
    i = best = place_of(numbers, first, last, highest)
    while i < last:
        if tree.moves[i] < tree.moves[best]:
            best = i
        i = place_of(numbers, i + 1, last, highest)
    return best


cdef int add_node(Tree* tree, int parent, int parent_edge) noexcept nogil:
    cdef int index = tree.num_nodes
    cdef Node* node = &tree.nodes[index]
    tree.num_nodes += 1
    memset(node, 0, sizeof(Node))
    node.parent = parent
    node.parent_edge = parent_edge
    node.first_edge = tree.num_edges
    node.likeliest = UNKNOWN
    return index


cdef int try_edge(Tree* tree, int index, int edge) noexcept nogil:
    """Bring an untried edge to the end of those tried, with a new child; returns its new place."""
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


cdef void add_edges(Tree* tree, int index) noexcept nogil:
    """Give the node its legal moves in `tree.scratch`; their priors come with the evaluation."""
    cdef Node* node = &tree.nodes[index]
    cdef uint16_t* moves = &tree.moves[tree.num_edges]
    cdef int pass_move = tree.scratch.board.width * tree.scratch.board.height
    cdef int word, count = 0
    cdef uint64_t legal
    state_stones(tree.scratch, tree.legal)
    tree.legal[1 + (pass_move >> 6)] |= <uint64_t>1 << (pass_move & 63)
    for word in range(1, 2 + (pass_move >> 6)):
        legal = tree.legal[word]
        while legal:
            moves[count] = 64 * (word - 1) + lowest_bit(legal)
            count += 1
            legal &= legal - 1
    if count > 1 and tree.scratch.num_moves < tree.no_pass_before:
        count -= 1  # the pass is the last
    node.num_edges = count
    tree.num_edges += count


cdef int tree_select(Tree* tree) noexcept nogil:
    """Walk from the root to a node that wants an evaluation; `tree.scratch` is then its position.

    Games that end on the way are scored and counted at once, and the walk begins again.

    Returns:
        the leaf; -1 if no simulation is left to start; -2 if the walk met a leaf that is still
        being evaluated; -3 without memory.
    """
    cdef int node, edge
    cdef bint is_new
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
            if tree.nodes[node].likeliest == UNKNOWN:
                if node and tree.nodes[node].num_tried == 0:
                    form_priors(tree, node)
                find_likeliest(tree, &tree.nodes[node])
            edge = (tree.select_root if node == 0 else tree.select_inner)(tree, node)
            is_new = edge >= tree.nodes[node].first_edge + tree.nodes[node].num_tried
            if is_new:
                edge = try_edge(tree, node, edge)
            tree.edges[edge].pending += 1
            if state_play(tree.scratch, tree.moves[edge]) < 0:
                return -3
            node = tree.edges[edge].child
            if is_new:
                break
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
    return (value + weight * tanhf(score / (2 * side))) / (1 + weight)


cdef void evaluated(Tree* tree, int node, float value, float score) noexcept nogil:
    cdef float side = sqrt(tree.root.board.width * tree.root.board.height)
    tree.nodes[node].prior_value = value
    tree.nodes[node].score = score
    tree.nodes[node].value = squashed(value, score, side, tree.constants.score_weight)
    tree.nodes[node].is_evaluated = True


cdef void tree_expand(
    Tree* tree, int leaf, const float* logits, const int* action_at, float value, float score
) noexcept nogil:
    """Give a selected leaf its evaluation, and tell the nodes above.

    Below the root the logits stay what they are until a simulation wants to go on from the leaf:
    most leaves are never met again.

    Args:
        logits: the net's policy, `[A]` in the net's order.
        action_at: where each move stands in `logits`.
        value, score: as the leaf's mover sees them.
    """
    cdef const Node* node = &tree.nodes[leaf]
    cdef const uint16_t* moves = &tree.moves[node.first_edge]
    cdef float* priors = &tree.priors[node.first_edge]
    cdef int i
    for i in range(node.num_edges):
        priors[i] = logits[action_at[moves[i]]]
    if leaf == 0:
        form_priors(tree, leaf)
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
