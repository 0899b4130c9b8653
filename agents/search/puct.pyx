"""AlphaZero's rule, PUCT, with what Leela Zero and KataGo added to it.

Sources: Silver et al. 2017, Methods; Wu 2019, "Accelerating Self-Play Learning in Go".
"""

from libc.math cimport cos, log, pow, sqrt
from libc.stdint cimport uint64_t

from insei.agents.search.tree cimport (
    Edge,
    Node,
    RootRule,
    SearchConstants,
    Tree,
    is_better,
    likeliest_of,
    mean_value,
    uniform,
    visits_of,
)

cdef float LOWEST = -1e30  # below every urgency
cdef float PRIOR_SPREAD = 0.4  # standard deviation of values assumed beforehand; KataGo: .4
cdef float SPREAD_WEIGHT = 2  # visits that this is worth; KataGo: 2
cdef float LCB_VISIT_SHARE = 0.15  # of the most visits that a chosen move must have; KataGo: .15
cdef double TAU = 6.283185307179586


cdef double gamma_sample(double shape, uint64_t* rng) noexcept nogil:
    """A gamma variate by Marsaglia and Tsang (2000), with their boost for shapes below 1."""
    cdef double d, c, x, v, u
    if shape < 1:
        u = uniform(rng)
        return gamma_sample(shape + 1, rng) * pow(u, 1 / shape)
    d = shape - 1.0 / 3
    c = 1 / sqrt(9 * d)
    while True:
        x = sqrt(-2 * log(uniform(rng))) * cos(TAU * uniform(rng))  # Box and Muller's normal
        v = 1 + c * x
        if v <= 0:
            continue
        v = v * v * v
        if log(uniform(rng)) < 0.5 * x * x + d - d * v + d * log(v):
            return d * v


cdef void mix_dirichlet_noise(Tree* tree) noexcept nogil:
    """Mix Dirichlet noise into the root's priors, its alpha shared by the legal moves.

    Silver et al. 2017 use alpha .03 on 19x19, 10.83 in total over 361 points, and weight .25.
    """
    cdef float alpha_total = tree.constants.dirichlet_alpha
    cdef float weight = tree.constants.dirichlet_weight
    cdef Node* root = &tree.nodes[0]
    cdef float* priors = &tree.priors[root.first_edge]
    cdef double total = 0
    cdef int i
    if weight <= 0:
        return
    for i in range(root.num_edges):
        tree.noisy_logits[i] = gamma_sample(alpha_total / root.num_edges, &tree.rng)
        total += tree.noisy_logits[i]
    if total <= 0:  # alpha is so small that every draw was rounded to 0
        return
    for i in range(root.num_edges):
        priors[i] += weight * (tree.noisy_logits[i] / total - priors[i])


cdef float exploration(const Tree* tree, const Node* node, int total) noexcept nogil:
    """c·sqrt(N), where c grows with the logarithm of N and with the spread of the node's values.

    As in KataGo: c grows by .45 for each factor e of (N + 500) / 500, and in proportion to .85 of
    the relative excess of the spread over .4. The spread is .4 beforehand, with the weight of two
    visits.
    """
    cdef const SearchConstants* constants = tree.constants
    cdef float scale = constants.c_puct + constants.c_puct_growth * log((total + 500.0) / 500.0)
    cdef float mean, variance
    if constants.spread_scale > 0:
        mean = node.value_sum / node.visits
        variance = (
            (mean * mean + PRIOR_SPREAD * PRIOR_SPREAD) * SPREAD_WEIGHT + node.square_sum
        ) / (SPREAD_WEIGHT + node.visits) - mean * mean
        scale *= 1 + constants.spread_scale * (sqrt(max(variance, 0)) / PRIOR_SPREAD - 1)
    return scale * sqrt(total + 1)


cdef inline float urgency_of(
    const Edge* edge, float prior, float unvisited, float scale
) noexcept nogil:
    """q + c·prior·sqrt(N) / (1 + n); pending simulations count as losses."""
    cdef int visits = edge.visits + edge.pending
    cdef float value = (edge.value_sum - edge.pending) / visits if visits else unvisited
    return value + scale * prior / (1 + visits)


cdef int most_urgent(const Tree* tree, int index, float forced) noexcept nogil:
    """The edge of highest urgency; one that is owed forced simulations goes first.

    The value of an unvisited move is the node's mean less a reduction that grows with the prior
    already tried (KataGo's first-play urgency). So the likeliest untried move is the most urgent.
    """
    cdef const Node* node = &tree.nodes[index]
    cdef const Edge* edge
    cdef float tried = 0, urgency, unvisited, scale, highest = LOWEST
    cdef int best = likeliest_of(tree, index)
    cdef int last = node.first_edge + node.num_tried
    cdef int total = 0, owed = -1, i
    for i in range(node.first_edge, last):
        edge = &tree.edges[i]
        total += edge.visits + edge.pending
        if edge.visits:
            tried += tree.priors[i]
    unvisited = node.value_sum / node.visits - tree.constants.fpu_reduction * sqrt(tried)
    scale = exploration(tree, node, total)
    if best >= 0:
        highest = unvisited + scale * tree.priors[best]
    for i in range(node.first_edge, last):
        edge = &tree.edges[i]
        if forced > 0 and edge.visits:
            if edge.visits + edge.pending < sqrt(forced * tree.priors[i] * total):
                if owed < 0 or tree.moves[i] < tree.moves[owed]:
                    owed = i
        urgency = urgency_of(edge, tree.priors[i], unvisited, scale)
        if best < 0 or is_better(tree, urgency, i, highest, best):
            highest = urgency
            best = i
    return best if owed < 0 else owed


cdef int select_inner(const Tree* tree, int index) noexcept nogil:
    """Below the root: the edge of highest q + c·prior·sqrt(N) / (1 + n)."""
    return most_urgent(tree, index, 0)


cdef int select_root(const Tree* tree, int index) noexcept nogil:
    """At the root: the same, but each tried move is owed sqrt(k·prior·N) simulations.

    Source: Wu 2019 (KataGo), 3.2, where k is 2 in self-play; k is 0 in play.
    """
    return most_urgent(tree, index, tree.constants.forced)


cdef void pruned_policy(const Tree* tree, float* policy) noexcept nogil:
    """Write the root's visits as shares, without the forced simulations that were not worthwhile.

    Policy target pruning (Wu 2019, 3.2): moves other than the most visited lose up to as many
    visits as were forced, while their urgency stays below the most visited's. A single visit that
    is left is dropped.
    """
    cdef const Node* root = &tree.nodes[0]
    cdef int best = most_visited(tree, 0)
    cdef float scale = exploration(tree, root, root.visits - 1)
    cdef float goal = LOWEST, total = 0
    cdef int i
    if visits_of(tree, root, best):
        goal = urgency_of(&tree.edges[best], tree.priors[best], 0, scale)
    for i in range(root.num_edges):
        policy[i] = visits_of(tree, root, root.first_edge + i)
        if policy[i] > 0 and root.first_edge + i != best:
            policy[i] = worthwhile_visits(tree, root.first_edge + i, scale, goal)
        total += policy[i]
    for i in range(root.num_edges):
        policy[i] = policy[i] / total if total else tree.priors[root.first_edge + i]


cdef int worthwhile_visits(const Tree* tree, int edge, float scale, float goal) noexcept nogil:
    """A root edge's visits without those forced ones that leave its urgency below `goal`."""
    cdef int visits = tree.edges[edge].visits
    cdef float mean = mean_value(&tree.edges[edge])
    cdef float owing = tree.constants.forced * tree.priors[edge]
    cdef int owed = <int>sqrt(owing * (tree.nodes[0].visits - 1))
    while owed > 0 and visits > 0 and mean + scale * tree.priors[edge] / visits < goal:
        visits -= 1
        owed -= 1
    return visits if visits > 1 else 0


cdef int most_visited(const Tree* tree, int index) noexcept nogil:
    """The node's edge with the most visits; ties go to the higher mean value, then the lower move.

    Without visits, the edge of highest prior.
    """
    cdef const Node* node = &tree.nodes[index]
    cdef const Edge* edge
    cdef int best = -1, visits = 0, i
    cdef float mean = 0
    for i in range(node.first_edge, node.first_edge + node.num_tried):
        edge = &tree.edges[i]
        if edge.visits == 0 or edge.visits < visits:
            continue
        if edge.visits > visits or is_better(tree, mean_value(edge), i, mean, best):
            best = i
            visits = edge.visits
            mean = mean_value(edge)
    if best >= 0:
        return best
    return likeliest_edge(tree, node)


cdef int likeliest_edge(const Tree* tree, const Node* node) noexcept nogil:
    """The edge of highest prior; ties go to the lower move."""
    cdef int best = node.first_edge, i
    for i in range(node.first_edge, node.first_edge + node.num_edges):
        if is_better(tree, tree.priors[i], i, tree.priors[best], best):
            best = i
    return best


cdef float lcb_of(const Tree* tree, const Edge* edge) noexcept nogil:
    """The lower confidence bound of a visited edge: its mean value less some standard errors."""
    cdef float mean = mean_value(edge)
    cdef const Node* child = &tree.nodes[edge.child]
    # One more value, a usual deviation from the mean: a few equal values don't look certain.
    cdef float square = child.square_sum + mean * mean + PRIOR_SPREAD * PRIOR_SPREAD
    cdef float variance = max(square / (edge.visits + 1) - mean * mean, 0)
    return mean - tree.constants.deviations * sqrt(variance / edge.visits)


cdef int best_lcb_edge(const Tree* tree) noexcept nogil:
    """The root edge of highest lower confidence bound (LCB), among those with enough visits.

    With 0 deviations, the most visited. Source: Leela Zero and KataGo, the latter with 5 deviations
    and a share of .15 of the most visits.
    """
    cdef const Node* root = &tree.nodes[0]
    cdef const Edge* edge
    cdef int best = most_visited(tree, 0), i
    cdef int most = visits_of(tree, root, best)
    cdef int enough = max(1, <int>(LCB_VISIT_SHARE * most))
    cdef float bound, highest = LOWEST
    if tree.constants.deviations <= 0 or most == 0:
        return best
    for i in range(root.first_edge, root.first_edge + root.num_tried):
        edge = &tree.edges[i]
        if edge.visits < enough:
            continue
        bound = lcb_of(tree, edge)
        if is_better(tree, bound, i, highest, best):
            highest = bound
            best = i
    return best


cdef bint is_decided(const Tree* tree, int visits_left) noexcept nogil:
    """Whether the choice is the most visited move, and none can overtake its visits."""
    cdef const Node* root = &tree.nodes[0]
    cdef int best, second = 0, i
    if root.visits < 2:
        return False
    if root.num_edges == 1:
        return True
    best = most_visited(tree, 0)
    for i in range(root.first_edge, root.first_edge + root.num_tried):
        if i != best:
            second = max(second, tree.edges[i].visits)
    if visits_of(tree, root, best) - second <= visits_left:
        return False
    return best_lcb_edge(tree) == best


PUCT = RootRule(
    select_root=select_root,
    select_inner=select_inner,
    prepare_root=mix_dirichlet_noise,
    best_edge=best_lcb_edge,
    write_policy_target=pruned_policy,
    is_decided=is_decided,
    keeps_subtree=True,
)
