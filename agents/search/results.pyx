"""What a searched tree has found: candidates, variations, ownership, the policy's target."""

from libc.math cimport pow

import numpy as np

from insei.agents.search.gumbel cimport completed_value, improved_policy
from insei.agents.search.puct cimport lower_bound, most_visited, pruned_policy, surest
from insei.agents.search.tree cimport Edge, Node, Tree, mean_value, tree_edge, visits_of
from insei.engine.board cimport MAX_POINTS

from insei.agents.search.candidate import Candidate


cdef list candidates_of(const Tree* tree, float deviations):
    """Each root move as a `Candidate`, most visited first; of equals, the lowest first."""
    cdef const Node* root = &tree.nodes[0]
    cdef int i
    found = [
        candidate_of(tree, i, deviations)
        for i in range(root.first_edge, root.first_edge + root.num_edges)
    ]
    return sorted(found, key=lambda one: (-one.visits, -one.value, -one.prior, one.move))


cdef object candidate_of(const Tree* tree, int at, float deviations):
    cdef const Edge* edge = &tree.edges[at]
    cdef const Node* child
    if not visits_of(tree, &tree.nodes[0], at):
        return Candidate(tree.moves[at], 0, 0.0, tree.priors[at], 0.0, 0.0, -1.0)
    child = &tree.nodes[edge.child]
    return Candidate(
        tree.moves[at],
        edge.visits,
        mean_value(edge),
        tree.priors[at],
        -child.win_sum / child.visits,
        -child.score_sum / child.visits,
        lower_bound(tree, edge, deviations),
    )


cdef list variation_of(const Tree* tree, int move, int length):
    """The moves that the search expects after the root's `move`, which comes first.

    Raises:
        ValueError: `move` is none of the root's.
    """
    cdef int node = 0, edge = tree_edge(tree, 0, move)
    if edge < 0:
        raise ValueError(f"move {move}: wanted one of the root's candidates")
    moves = [move]
    while len(moves) < length and visits_of(tree, &tree.nodes[node], edge):
        node = tree.edges[edge].child
        if tree.nodes[node].num_edges == 0 or tree.nodes[node].visits < 2:
            break
        edge = most_visited(tree, node)
        moves.append(tree.moves[edge])
    return moves


cdef list visits_along(const Tree* tree, moves):
    """How often the search went along each of a line's moves from the root; 0 beyond the tree."""
    cdef int node = 0, edge
    found = []
    for move in moves:
        edge = tree_edge(tree, node, move) if node >= 0 else -1
        if edge < 0 or not visits_of(tree, &tree.nodes[node], edge):
            found.append(0)
            node = -1
            continue
        found.append(tree.edges[edge].visits)
        node = tree.edges[edge].child
    return found


cdef object ownership_of(const Tree* tree):
    """Mean ownership over the leaves since the root was set, `[h, w]`; 0 where there were none."""
    cdef int move, num_moves = tree.root.board.width * tree.root.board.height + 2, num_owned = 0
    sums = np.zeros((tree.root.board.height, tree.root.board.width), np.float32)
    cdef float[:, ::1] out = sums
    for move in range(num_moves):
        add_ownership(tree, move, &out[0, 0])
        num_owned += tree.num_owned[move]
    return sums / max(1, num_owned)


cdef object ownership_after(const Tree* tree, int move):
    """The same over the leaves below the root's `move`; None where there were none."""
    cdef float[:, ::1] out
    if not tree.num_owned[move]:
        return None
    sums = np.zeros((tree.root.board.height, tree.root.board.width), np.float32)
    out = sums
    add_ownership(tree, move, &out[0, 0])
    return sums / tree.num_owned[move]


cdef void add_ownership(const Tree* tree, int move, float* sums) noexcept nogil:
    cdef int point, num_points = tree.root.board.width * tree.root.board.height
    if tree.num_owned[move]:
        for point in range(num_points):
            sums[point] += tree.ownership[move * num_points + point]


cdef void write_target(
    const Tree* tree, bint is_gumbel, const int* action_at, float* target
) noexcept nogil:
    """Write what the policy is to learn, in the net's order; other entries are left."""
    cdef const Node* root = &tree.nodes[0]
    cdef float[MAX_POINTS + 1] shares
    cdef int i
    target_shares(tree, is_gumbel, shares)
    for i in range(root.num_edges):
        target[action_at[tree.moves[root.first_edge + i]]] = shares[i]


cdef inline void target_shares(const Tree* tree, bint is_gumbel, float* shares) noexcept nogil:
    """Write what the policy is to learn for the root's edges, `[num_edges]`."""
    if is_gumbel:
        improved_policy(tree, 0, shares)
    else:
        pruned_policy(tree, shares)


cdef float target_value(const Tree* tree, bint is_gumbel) noexcept nogil:
    """The root's utility for a mover who plays by the policy's target.

    The mean over the simulations is lower, for those that explored count in it like any others.
    """
    cdef const Node* root = &tree.nodes[0]
    cdef float[MAX_POINTS + 1] shares
    cdef int most, i
    cdef float unvisited = completed_value(tree, root, &most)
    cdef double total = 0, untried = 1
    target_shares(tree, is_gumbel, shares)
    for i in range(root.num_tried):
        if tree.edges[root.first_edge + i].visits:
            total += shares[i] * mean_value(&tree.edges[root.first_edge + i])
            untried -= shares[i]
    return total + untried * unvisited


cdef void write_priors(const Tree* tree, const int* action_at, float* out) noexcept nogil:
    """Write the root's priors in the net's order; other entries are left."""
    cdef const Node* root = &tree.nodes[0]
    cdef int i
    for i in range(root.first_edge, root.first_edge + root.num_edges):
        out[action_at[tree.moves[i]]] = tree.priors[i]


cdef int drawn_move(const Tree* tree, double power, double number) noexcept nogil:
    """The root move at which the priors to that power, summed up, pass `number` of their total."""
    cdef const Node* root = &tree.nodes[0]
    cdef double[MAX_POINTS + 1] sums
    cdef double total = 0, prior
    cdef int i
    for i in range(root.num_edges):
        prior = tree.priors[root.first_edge + i]
        total += prior if power == 1 else pow(prior, power)
        sums[i] = total
    for i in range(root.num_edges - 1):
        if number * total < sums[i]:
            return tree.moves[root.first_edge + i]
    return tree.moves[root.first_edge + root.num_edges - 1]


cdef bint is_decided(const Tree* tree, int visits_left, float deviations) noexcept nogil:
    """Whether PUCT's choice is the most visited and surest, and none can overtake its visits."""
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
    return surest(tree, deviations) == best
