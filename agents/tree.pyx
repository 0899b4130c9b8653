"""The search tree: select, expand, backup, over nodes in preallocated arrays linked by index.

A tree has two rules, functions from a node to its most urgent edge: one for the root, one for all
nodes below. `gumbel_root` with `gumbel_inner` is Gumbel AlphaZero (Danihelka et al. 2022,
"Policy improvement by planning with Gumbel"); `puct` is AlphaZero's (Silver et al. 2017).

A simulation walks from the root to a leaf (`tree_select`), which is evaluated by the net outside,
and comes back with `tree_expand`. Several may be under way at once: their edges carry `pending`.
Values are utilities in [-1, 1] for the player to move: win minus loss, mixed with a saturating
share of the score. Nothing is allocated after `tree_new`, but for the histories of long games.
"""

from libc.math cimport cos, exp, log, pow, sqrt, tanh
from libc.stdint cimport uint8_t, uint64_t
from libc.stdlib cimport calloc, free, malloc

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
cdef double TURN = 6.283185307179586


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
    tree.root = state_new(width, height, POSITIONAL, False, 0, 0)
    tree.scratch = state_new(width, height, POSITIONAL, False, 0, 0)
    if (
        tree.nodes == NULL or tree.edges == NULL or tree.gumbel == NULL
        or tree.considered == NULL or tree.root == NULL or tree.scratch == NULL
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
    state_free(tree.root)
    state_free(tree.scratch)
    free(tree)


cdef int tree_start(Tree* tree) noexcept nogil:
    """Forget the tree and begin anew at `tree.root`; -1 without memory."""
    tree.num_nodes = 0
    tree.num_edges = 0
    tree.num_started = -1  # the first simulation evaluates the root itself
    return state_copy(tree.scratch, tree.root)


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
    node.value = node.value_sum = node.prior_value = 0
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
        backup(tree, node, tree.nodes[node].value)


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
    cdef double total = 0
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        edge.logit = logits[action_at[edge.move]]
        highest = max(highest, edge.logit)
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        edge.prior = exp(edge.logit - highest)
        total += edge.prior
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        edge.prior /= total
        edge.logit -= highest + log(total)
    evaluated(tree, leaf, value, score)
    backup(tree, leaf, node.value)


cdef void backup(Tree* tree, int index, float value) noexcept nogil:
    """Add a simulation that ended at node `index` with `value` to all nodes above."""
    cdef Node* node = &tree.nodes[index]
    cdef Edge* edge
    node.visits += 1
    node.value_sum += value
    while node.parent >= 0:
        value = -value
        edge = &tree.edges[node.parent_edge]
        edge.visits += 1
        edge.pending -= 1
        edge.value_sum += value
        node = &tree.nodes[node.parent]
        node.visits += 1
        node.value_sum += value


cdef void tree_make_noise(Tree* tree, float scale) noexcept nogil:
    """Draw Gumbel noise for the root's edges; none where `scale` is 0."""
    cdef int i
    for i in range(tree.nodes[0].num_edges):
        tree.gumbel[i] = -scale * log(-log(uniform(&tree.rng))) if scale else 0


cdef double gamma_sample(double shape, uint64_t* rng) noexcept nogil:
    """A gamma variate by Marsaglia and Tsang (2000), with their boost for shapes below 1."""
    cdef double d, c, x, v, u
    if shape < 1:
        u = uniform(rng)
        return gamma_sample(shape + 1, rng) * pow(u, 1 / shape)
    d = shape - 1.0 / 3
    c = 1 / sqrt(9 * d)
    while True:
        x = sqrt(-2 * log(uniform(rng))) * cos(TURN * uniform(rng))  # Box and Muller's normal
        v = 1 + c * x
        if v <= 0:
            continue
        v = v * v * v
        if log(uniform(rng)) < 0.5 * x * x + d - d * v + d * log(v):
            return d * v


cdef void tree_mix_dirichlet(Tree* tree, float alpha_total, float weight) noexcept nogil:
    """Mix Dirichlet noise into the root's priors, its alpha shared by the legal moves.

    Silver et al. 2017 use alpha .03 on 19x19, 10.83 in total over 361 points, and weight .25.
    """
    cdef Node* root = &tree.nodes[0]
    cdef Edge* edges = &tree.edges[root.first_edge]
    cdef double total = 0
    cdef int i
    if weight <= 0:
        return
    for i in range(root.num_edges):
        tree.gumbel[i] = gamma_sample(alpha_total / root.num_edges, &tree.rng)
        total += tree.gumbel[i]
    for i in range(root.num_edges):
        edges[i].prior += weight * (tree.gumbel[i] / total - edges[i].prior)
        edges[i].logit = log(max(edges[i].prior, 1e-12))
        tree.gumbel[i] = 0


cdef void tree_plan_halving(Tree* tree, int num_considered) noexcept nogil:
    """Write sequential halving as a list: the visits that the next edge to try must have.

    Each phase gives the moves still considered equally many simulations, and halves them. The
    list form is that of Danihelka et al.'s own program, mctx.
    """
    cdef int considered = min(num_considered, tree.nodes[0].num_edges)
    cdef int phases = 1
    cdef int at = 0, visits = 0, rounds
    while 1 << phases < considered:
        phases += 1
    while at < tree.num_visits:
        rounds = max(1, tree.num_visits // (phases * max(1, considered)))
        while rounds > 0 and at < tree.num_visits:
            for _ in range(considered):
                if at < tree.num_visits:
                    tree.considered[at] = visits
                    at += 1
            visits += 1
            rounds -= 1
        considered = max(min(2, considered), considered // 2)


cdef inline float mean_value(const Edge* edge) noexcept nogil:
    return edge.value_sum / edge.visits


cdef float completed_value(const Tree* tree, const Node* node, int* most) noexcept nogil:
    """The value that unvisited moves are given, and the visits of the most visited edge.

    v_mix of Danihelka et al. 2022, appendix D: the net's value and the visited moves' mean.
    """
    cdef const Edge* edge
    cdef double prior = 0, weighted = 0
    cdef int visits = 0, i
    most[0] = 0
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        if edge.visits:
            prior += edge.prior
            weighted += edge.prior * mean_value(edge)
            visits += edge.visits
        most[0] = max(most[0], edge.visits + edge.pending)
    if visits == 0 or prior <= 0:
        return node.value
    return (node.value + visits * (weighted / prior)) / (1 + visits)


cdef inline float improved_logit(
    const Tree* tree, const Edge* edge, float unvisited, int most
) noexcept nogil:
    """logit + sigma(completed q), with q in [0, 1] (Danihelka et al. 2022, section 3.4)."""
    cdef float value = mean_value(edge) if edge.visits else unvisited
    return edge.logit + (tree.c_visit + most) * tree.c_scale * (value + 1) * 0.5


cdef void improved_policy(const Tree* tree, int index, float* policy) noexcept nogil:
    """Write softmax(logit + sigma(completed q)) for the node's edges, `[num_edges]`."""
    cdef const Node* node = &tree.nodes[index]
    cdef int most, i
    cdef float unvisited = completed_value(tree, node, &most)
    cdef float highest = NEVER
    cdef float total = 0
    for i in range(node.num_edges):
        policy[i] = improved_logit(tree, &tree.edges[node.first_edge + i], unvisited, most)
        highest = max(highest, policy[i])
    for i in range(node.num_edges):
        policy[i] = exp(policy[i] - highest)
        total += policy[i]
    for i in range(node.num_edges):
        policy[i] /= total


cdef int gumbel_inner(const Tree* tree, int index) noexcept nogil:
    """Below the root: the move whose share of visits is furthest behind the improved policy."""
    cdef const Node* node = &tree.nodes[index]
    cdef float[MAX_POINTS + 1] policy
    cdef const Edge* edge
    cdef float urgency, highest = NEVER
    cdef int total = 0, best = 0, i
    improved_policy(tree, index, policy)
    for i in range(node.num_edges):
        edge = &tree.edges[node.first_edge + i]
        total += edge.visits + edge.pending
    for i in range(node.num_edges):
        edge = &tree.edges[node.first_edge + i]
        urgency = policy[i] - <float>(edge.visits + edge.pending) / (1 + total)
        if urgency > highest:
            highest = urgency
            best = i
    return node.first_edge + best


cdef int best_with_visits(const Tree* tree, int visits) noexcept nogil:
    """The root edge of so many visits with the highest gumbel + logit + sigma(q), or -1."""
    cdef const Node* node = &tree.nodes[0]
    cdef const Edge* edge
    cdef int most, best = -1, i
    cdef float unvisited = completed_value(tree, node, &most)
    cdef float urgency, highest = NEVER
    for i in range(node.num_edges):
        edge = &tree.edges[node.first_edge + i]
        if edge.visits + edge.pending != visits:
            continue
        urgency = tree.gumbel[i] + improved_logit(tree, edge, unvisited, most)
        if urgency > highest:
            highest = urgency
            best = node.first_edge + i
    return best


cdef int gumbel_root(const Tree* tree, int index) noexcept nogil:
    """At the root: sequential halving over the moves that the noise put first."""
    cdef int best = best_with_visits(tree, tree.considered[tree.num_started])
    return best if best >= 0 else gumbel_inner(tree, index)


cdef int gumbel_choice(const Tree* tree) noexcept nogil:
    """The root edge that sequential halving leaves: the best of the most visited."""
    cdef const Node* node = &tree.nodes[0]
    cdef int most = 0, i
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        most = max(most, tree.edges[i].visits)
    return best_with_visits(tree, most)


cdef int puct(const Tree* tree, int index) noexcept nogil:
    """The edge of highest q + c·prior·sqrt(N) / (1 + n); pending simulations count as losses.

    Unvisited moves are given the node's mean less a reduction that grows with the prior already
    tried (KataGo's first-play urgency).
    """
    cdef const Node* node = &tree.nodes[index]
    cdef const Edge* edge
    cdef float tried = 0, urgency, value, unvisited, scale, highest = NEVER
    cdef int best = node.first_edge, visits, total = 0, i
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        total += edge.visits + edge.pending
        if edge.visits:
            tried += edge.prior
    unvisited = node.value_sum / node.visits - tree.fpu_reduction * sqrt(tried)
    scale = tree.c_puct * sqrt(total + 1)
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        visits = edge.visits + edge.pending
        value = (edge.value_sum - edge.pending) / visits if visits else unvisited
        urgency = value + scale * edge.prior / (1 + visits)
        if urgency > highest:
            highest = urgency
            best = i
    return best


cdef int most_visited(const Tree* tree) noexcept nogil:
    """The root edge with the most visits; of equals, that of higher mean value, then prior."""
    cdef const Node* node = &tree.nodes[0]
    cdef const Edge* edge
    cdef const Edge* best = &tree.edges[node.first_edge]
    cdef int i
    for i in range(node.first_edge + 1, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        if edge.visits > best.visits:
            best = edge
        elif edge.visits == best.visits:
            if edge.visits == 0:
                if edge.prior > best.prior:
                    best = edge
            elif mean_value(edge) > mean_value(best):
                best = edge
    return best - tree.edges
