"""The results of a searched tree: candidates, variations, ownership, targets to learn from."""

from libc.math cimport pow
from libc.stdint cimport uint64_t
from libc.string cimport memset

import numpy as np

from insei.agents.search.gumbel cimport completed_value
from insei.agents.search.puct cimport lcb_of, most_visited
from insei.agents.search.tree cimport Edge, Node, Tree, mean_value, tree_edge, visits_of
from insei.engine.board cimport MAX_POINTS, WORDS
from insei.engine.planes.net_planes cimport Frame, pack_planes
from insei.engine.state_door cimport move_number

from insei.agents.search.analysis import Candidate


cdef list candidates_of(const Tree* tree):
    """Each root move as a `Candidate`, most visited first; ties go to value, prior, lower move."""
    cdef const Node* root = &tree.nodes[0]
    cdef int i
    candidates = [
        candidate_of(tree, i)
        for i in range(root.first_edge, root.first_edge + root.num_edges)
    ]
    return sorted(candidates, key=lambda it: (-it.visits, -it.value, -it.prior, it.move))


cdef object candidate_of(const Tree* tree, int at):
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
        lcb_of(tree, edge),
    )


cdef list variation_of(const Tree* tree, int move, int length):
    """The expected line of moves, which begins with the root's `move`.

    Raises:
        ValueError: `move` is not one of the root's.
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


cdef list visits_along(const Tree* tree, list moves):
    """Visits of each of a line's moves from the root; 0 beyond the tree."""
    cdef int node = 0, edge
    visits = []
    for move in moves:
        edge = tree_edge(tree, node, move_number(move)) if node >= 0 else -1
        if edge < 0 or not visits_of(tree, &tree.nodes[node], edge):
            visits.append(0)
            node = -1
            continue
        visits.append(tree.edges[edge].visits)
        node = tree.edges[edge].child
    return visits


cdef object ownership_of(const Tree* tree):
    """Mean ownership over the leaves since the root was set, `[h, w]`; 0 if there were none."""
    cdef int move, num_moves = tree.root.board.width * tree.root.board.height + 2, num_owned = 0
    sums = np.zeros((tree.root.board.height, tree.root.board.width), np.float32)
    cdef float[:, ::1] out = sums
    for move in range(num_moves):
        add_ownership(tree, move, &out[0, 0])
        num_owned += tree.num_owned[move]
    return sums / max(1, num_owned)


cdef object ownership_after(const Tree* tree, int move):
    """Mean ownership over the leaves below the root's `move`; None if there were none."""
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


cdef tuple root_planes(Tree* tree, int frame_height, int frame_width, const int* target):
    """The root's planes in a frame, packed as `packed_planes` has them.

    The tree knows the root's legal moves and liberties, so nothing is counted again.

    Args:
        target: where each point lies in the frame.
    """
    cdef const Node* root = &tree.nodes[0]
    cdef Frame frame = Frame(frame_height, frame_width, False, target)
    cdef uint64_t[WORDS] legal
    cdef int i, move
    memset(legal, 0, sizeof(legal))
    for i in range(root.first_edge, root.first_edge + root.num_edges + tree.num_left_out):
        move = tree.moves[i]
        legal[1 + (move >> 6)] |= <uint64_t>1 << (move & 63)
    return pack_planes(tree.root, legal, &tree.liberties, &frame)


cdef void write_shares(
    const Tree* tree, const float* shares, const int* action_at, float* out
) noexcept nogil:
    """Write a number for each of the root's edges, in the net's order; other entries are left.

    Args:
        shares: `[num_edges]`.
        action_at: where each move stands in `out`.
    """
    cdef const Node* root = &tree.nodes[0]
    cdef int i
    for i in range(root.num_edges):
        out[action_at[tree.moves[root.first_edge + i]]] = shares[i]


cdef object root_policy(const Tree* tree):
    """The net's probability of each move of the board, avoided ones too; 0 where illegal."""
    cdef const Node* root = &tree.nodes[0]
    cdef int i
    policy = np.zeros(tree.root.board.width * tree.root.board.height + 1, np.float32)
    cdef float[::1] out = policy
    for i in range(root.first_edge, root.first_edge + root.num_edges + tree.num_left_out):
        out[tree.moves[i]] = tree.priors[i]
    return policy


cdef float value_of_shares(const Tree* tree, const float* shares) noexcept nogil:
    """The root's utility for a mover who plays by a policy over the root's edges, `[num_edges]`.

    The mean over the simulations is lower, because exploring ones count in it like any others.
    """
    cdef const Node* root = &tree.nodes[0]
    cdef int most, i
    cdef float unvisited = completed_value(tree, root, &most)
    cdef double total = 0, untried = 1
    for i in range(root.num_tried):
        if tree.edges[root.first_edge + i].visits:
            total += shares[i] * mean_value(&tree.edges[root.first_edge + i])
            untried -= shares[i]
    return total + untried * unvisited


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
