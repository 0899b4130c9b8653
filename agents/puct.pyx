"""AlphaZero's rule, PUCT, with what Leela Zero and KataGo added to it.

Sources: Silver et al. 2017, Methods; Wu 2019, "Accelerating Self-Play Learning in Go".
"""

from libc.math cimport cos, log, pow, sqrt
from libc.stdint cimport uint64_t

from agents.tree cimport Edge, Node, Tree, mean_value, uniform

cdef float NEVER = -1e30
cdef float USUAL_SPREAD = 0.4  # standard deviation of values, before any are known; KataGo: .4
cdef float SPREAD_WEIGHT = 2  # visits that this is worth; KataGo: 2
cdef float SURE_SHARE = 0.15  # of the most visits; moves with fewer are not chosen; KataGo: .15
cdef double TURN = 6.283185307179586


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


cdef float exploration(const Tree* tree, const Node* node, int total) noexcept nogil:
    """c·sqrt(N), c growing with the logarithm of N and with the spread of the node's values.

    KataGo's: c grows by .45 a factor e of (N + 500) / 500, and by .85 of the spread's excess over
    .4, which the spread is taken to be with the weight of two visits.
    """
    cdef float scale = tree.c_puct + tree.c_puct_growth * log((total + 500.0) / 500.0)
    cdef float mean, variance
    if tree.spread_scale > 0:
        mean = node.value_sum / node.visits
        variance = (
            (mean * mean + USUAL_SPREAD * USUAL_SPREAD) * SPREAD_WEIGHT + node.square_sum
        ) / (SPREAD_WEIGHT + node.visits) - mean * mean
        scale *= 1 + tree.spread_scale * (sqrt(max(variance, 0)) / USUAL_SPREAD - 1)
    return scale * sqrt(total + 1)


cdef inline float urgency_of(const Edge* edge, float unvisited, float scale) noexcept nogil:
    """q + c·prior·sqrt(N) / (1 + n); pending simulations count as losses."""
    cdef int visits = edge.visits + edge.pending
    cdef float value = (edge.value_sum - edge.pending) / visits if visits else unvisited
    return value + scale * edge.prior / (1 + visits)


cdef int most_urgent(const Tree* tree, int index, float forced) noexcept nogil:
    """The edge of highest urgency, but one that is owed forced simulations goes first.

    Unvisited moves are given the node's mean less a reduction that grows with the prior already
    tried (KataGo's first-play urgency).
    """
    cdef const Node* node = &tree.nodes[index]
    cdef const Edge* edge
    cdef float tried = 0, urgency, unvisited, scale, highest = NEVER
    cdef int best = node.first_edge, total = 0, i
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        total += edge.visits + edge.pending
        if edge.visits:
            tried += edge.prior
    unvisited = node.value_sum / node.visits - tree.fpu_reduction * sqrt(tried)
    scale = exploration(tree, node, total)
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        edge = &tree.edges[i]
        if edge.visits and edge.visits + edge.pending < sqrt(forced * edge.prior * total):
            return i
        urgency = urgency_of(edge, unvisited, scale)
        if urgency > highest:
            highest = urgency
            best = i
    return best


cdef int puct(const Tree* tree, int index) noexcept nogil:
    """AlphaZero's rule: the edge of highest q + c·prior·sqrt(N) / (1 + n)."""
    return most_urgent(tree, index, 0)


cdef int puct_forced(const Tree* tree, int index) noexcept nogil:
    """At the root in self-play: each tried move is owed sqrt(k·prior·N) simulations.

    Source: Wu 2019 (KataGo), 3.2, where k is 2.
    """
    return most_urgent(tree, index, tree.forced)


cdef void pruned_policy(const Tree* tree, float* policy) noexcept nogil:
    """Write the root's visits as shares, without the forced simulations that were not worth it.

    Moves other than the most visited lose up to as many visits as were forced, as long as their
    urgency stays below that of the most visited; a single visit left is dropped (Wu 2019, 3.2).
    """
    cdef const Node* root = &tree.nodes[0]
    cdef Edge edge
    cdef const Edge* best = &tree.edges[most_visited(tree, 0)]
    cdef float scale, goal, mean, total = 0
    cdef int owed, i
    scale = exploration(tree, root, root.visits - 1)
    goal = urgency_of(best, 0, scale)
    for i in range(root.num_edges):
        edge = tree.edges[root.first_edge + i]
        if edge.visits and &tree.edges[root.first_edge + i] != best:
            mean = mean_value(&edge)
            owed = <int>sqrt(tree.forced * edge.prior * (root.visits - 1))
            while owed > 0 and edge.visits > 0:
                if mean + scale * edge.prior / edge.visits >= goal:
                    break
                edge.visits -= 1
                owed -= 1
            if edge.visits <= 1:
                edge.visits = 0
        policy[i] = edge.visits
        total += edge.visits
    for i in range(root.num_edges):
        policy[i] = policy[i] / total if total else tree.edges[root.first_edge + i].prior


cdef int most_visited(const Tree* tree, int index) noexcept nogil:
    """The node's edge with the most visits; of equals, that of higher mean value, then prior."""
    cdef const Node* node = &tree.nodes[index]
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


cdef float lower_bound(const Tree* tree, const Edge* edge, float deviations) noexcept nogil:
    """The mean value of a visited edge less so many standard errors."""
    cdef float mean = mean_value(edge)
    cdef const Node* child = &tree.nodes[edge.child]
    # One more value, as far from the mean as is usual, keeps a few equal ones from looking sure.
    cdef float square = child.square_sum + mean * mean + USUAL_SPREAD * USUAL_SPREAD
    cdef float variance = max(square / (edge.visits + 1) - mean * mean, 0)
    return mean - deviations * sqrt(variance / edge.visits)


cdef int surest(const Tree* tree, float deviations) noexcept nogil:
    """The root edge whose value is highest at its lower bound, among those much visited.

    Source: lower-confidence-bound choice in Leela Zero and KataGo, there with 5 deviations and a
    share of .15 of the most visits.
    """
    cdef const Node* root = &tree.nodes[0]
    cdef const Edge* edge
    cdef int best = most_visited(tree, 0), i
    cdef int enough = max(1, <int>(SURE_SHARE * tree.edges[best].visits))
    cdef float bound, highest = NEVER
    if deviations <= 0 or tree.edges[best].visits == 0:
        return best
    for i in range(root.first_edge, root.first_edge + root.num_edges):
        edge = &tree.edges[i]
        if edge.visits < enough:
            continue
        bound = lower_bound(tree, edge, deviations)
        if bound > highest:
            highest = bound
            best = i
    return best
