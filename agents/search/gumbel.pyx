"""Gumbel AlphaZero's rule: sequential halving at the root, the improved policy below.

Source: Danihelka et al. 2022, "Policy improvement by planning with Gumbel".
"""

from libc.math cimport expf, log, logf

from insei.agents.search.tree cimport (
    Edge,
    Node,
    RootRule,
    Tree,
    is_better,
    largest_edge,
    likeliest_of,
    mean_value,
    uniform,
)
from insei.engine.board cimport MAX_POINTS

cdef float LOWEST = -1e30  # below every urgency


cdef void prepare_root(Tree* tree) noexcept nogil:
    """Draw the root's noise and plan its simulations."""
    draw_noise(tree)
    plan_halving(tree)


cdef void draw_noise(Tree* tree) noexcept nogil:
    """Add Gumbel noise to the logits of the root's edges; none if its scale is 0."""
    cdef float scale = tree.constants.noise
    cdef int i
    for i in range(tree.nodes[0].num_edges):
        tree.noisy_logits[i] = logf(tree.priors[i])
        if scale:
            tree.noisy_logits[i] -= scale * logf(-log(uniform(&tree.rng)))


cdef void plan_halving(Tree* tree) noexcept nogil:
    """Write sequential halving as a list: how many visits each simulation's edge must have.

    Each phase gives every considered move the same number of simulations, then halves the moves.
    The list form is that of the authors' own program, mctx.
    """
    cdef int considered = min(tree.constants.considered, tree.nodes[0].num_edges)
    cdef int phases = 1
    cdef int at = 0, visits = 0, rounds
    while 1 << phases < considered:
        phases += 1
    while at < tree.num_visits:
        rounds = max(1, tree.num_visits // (phases * max(1, considered)))
        while rounds > 0 and at < tree.num_visits:
            for _ in range(considered):
                if at < tree.num_visits:
                    tree.halving_plan[at] = visits
                    at += 1
            visits += 1
            rounds -= 1
        considered = max(min(2, considered), considered // 2)


cdef float completed_value(const Tree* tree, const Node* node, int* most) noexcept nogil:
    """The value assumed for unvisited moves, and the visits of the most visited edge.

    v_mix of Danihelka et al. 2022, appendix D: it mixes the net's value and the visited moves'
    mean.
    """
    cdef const Edge* edge
    cdef double prior = 0, weighted = 0
    cdef int visits = 0, i
    most[0] = 0
    for i in range(node.first_edge, node.first_edge + node.num_tried):
        edge = &tree.edges[i]
        if edge.visits:
            prior += tree.priors[i]
            weighted += tree.priors[i] * mean_value(edge)
            visits += edge.visits
        most[0] = max(most[0], edge.visits + edge.pending)
    if visits == 0 or prior <= 0:
        return node.value
    return (node.value + visits * (weighted / prior)) / (1 + visits)


cdef inline float sigma(const Tree* tree, float value, int most) noexcept nogil:
    """The weight of a value beside the logits (Danihelka et al. 2022, section 3.4), q in [0, 1]."""
    return (tree.constants.c_visit + most) * tree.constants.c_scale * (value + 1) * 0.5


cdef float improved_shares(const Tree* tree, const Node* node, float* policy) noexcept nogil:
    """Write softmax(logit + sigma(completed q)) for the edges tried, `[num_tried]`.

    Returns:
        the factor from an untried edge's prior to its share. Unvisited moves share one q, so that
        the exponential is the same for all.
    """
    cdef const Edge* edges = &tree.edges[node.first_edge]
    cdef const float* priors = &tree.priors[node.first_edge]
    cdef int most, i
    cdef float unvisited = completed_value(tree, node, &most)
    cdef float base = sigma(tree, unvisited, most)
    cdef float highest = base, visited = 0, total = 0, share
    for i in range(node.num_tried):
        if edges[i].visits:
            policy[i] = edges[i].logit + sigma(tree, mean_value(&edges[i]), most)
            highest = max(highest, policy[i])
    share = expf(base - highest)
    for i in range(node.num_tried):
        if edges[i].visits:
            policy[i] = expf(policy[i] - highest)
            total += policy[i]
            visited += priors[i]
        else:
            policy[i] = priors[i] * share
    total += max(1 - visited, 0) * share  # priors sum to 1
    for i in range(node.num_tried):
        policy[i] /= total
    return share / total


cdef void improved_policy(const Tree* tree, float* policy) noexcept nogil:
    """Write softmax(logit + sigma(completed q)) for the root's edges, `[num_edges]`."""
    cdef const Node* root = &tree.nodes[0]
    cdef float share = improved_shares(tree, root, policy)
    cdef int i
    for i in range(root.num_tried, root.num_edges):
        policy[i] = tree.priors[root.first_edge + i] * share


cdef int select_inner(const Tree* tree, int index) noexcept nogil:
    """Below the root: the move whose share of visits is furthest behind the improved policy."""
    cdef const Node* node = &tree.nodes[index]
    cdef float[MAX_POINTS + 1] policy
    cdef const Edge* edge
    cdef float share = improved_shares(tree, node, policy)
    cdef float urgency, highest = LOWEST
    cdef int best = likeliest_of(tree, index)
    cdef int total = 0, i
    if best >= 0:
        highest = tree.priors[best] * share
    for i in range(node.first_edge, node.first_edge + node.num_tried):
        total += tree.edges[i].visits + tree.edges[i].pending
    for i in range(node.first_edge, node.first_edge + node.num_tried):
        edge = &tree.edges[i]
        urgency = policy[i - node.first_edge]
        urgency -= <float>(edge.visits + edge.pending) / (1 + total)
        if best < 0 or is_better(tree, urgency, i, highest, best):
            highest = urgency
            best = i
    return best


cdef int best_with_visits(const Tree* tree, int visits) noexcept nogil:
    """The root edge with `visits` visits and the highest gumbel + logit + sigma(q), or -1."""
    cdef const Node* node = &tree.nodes[0]
    cdef const Edge* edge
    cdef int most = 0, best = -1, i
    cdef float urgency, highest = LOWEST
    if visits == 0:
        return first_by_noise(tree)
    for i in range(node.num_tried):
        most = max(most, tree.edges[i].visits + tree.edges[i].pending)
    for i in range(node.num_tried):
        edge = &tree.edges[i]
        if edge.visits + edge.pending != visits:
            continue
        urgency = tree.noisy_logits[i] + sigma(tree, mean_or_completed(tree, edge), most)
        if best < 0 or is_better(tree, urgency, i, highest, best):
            highest = urgency
            best = i
    return best


cdef inline float mean_or_completed(const Tree* tree, const Edge* edge) noexcept nogil:
    """A root edge's mean value; the completed value while no simulation is back."""
    cdef int most
    return mean_value(edge) if edge.visits else completed_value(tree, &tree.nodes[0], &most)


cdef int first_by_noise(const Tree* tree) noexcept nogil:
    """The root edge without simulations with the highest gumbel + logit, or -1.

    The completed value is the same for all of them, so it is left out.
    """
    cdef const Node* node = &tree.nodes[0]
    cdef const float* noisy = tree.noisy_logits
    cdef int best = largest_edge(tree, noisy, node.num_tried, node.num_edges), i
    for i in range(node.num_tried):
        if tree.edges[i].visits + tree.edges[i].pending:
            continue
        if best < 0 or is_better(tree, noisy[i], i, noisy[best], best):
            best = i
    return best


cdef int select_root(const Tree* tree, int index) noexcept nogil:
    """At the root: sequential halving over the moves that the noise put first."""
    cdef int best = best_with_visits(tree, tree.halving_plan[tree.num_started])
    return best if best >= 0 else select_inner(tree, index)


cdef int best_edge(const Tree* tree) noexcept nogil:
    """The root edge that sequential halving leaves: the best of the most visited."""
    cdef const Node* node = &tree.nodes[0]
    cdef int most = 0, i
    for i in range(node.num_tried):
        most = max(most, tree.edges[i].visits)
    return best_with_visits(tree, most)


cdef bint is_decided(const Tree* tree, int visits_left) noexcept nogil:
    """Never: the plan fixes the number of simulations."""
    return False


GUMBEL = RootRule(
    select_root=select_root,
    select_inner=select_inner,
    prepare_root=prepare_root,
    best_edge=best_edge,
    write_policy_target=improved_policy,
    is_decided=is_decided,
    keeps_subtree=False,  # the root plans its simulations from the first on
)
