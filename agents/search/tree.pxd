"""A search tree in preallocated arrays; see tree.pyx."""

from libc.stdint cimport uint8_t, uint16_t, uint64_t

from insei.engine.reading.liberties cimport Liberties
from insei.engine.state cimport State

from insei.agents.search.walk cimport Walk

ctypedef struct Edge:
    # What was found below a tried move, as the node's mover sees it; nothing where untried.
    float logit  # logarithm of the prior
    float value_sum
    int visits
    int pending  # simulations under way through here
    int child  # node

ctypedef struct Node:
    # 64 bytes, and aligned to as many: a cache line.
    int parent  # node, or -1 at the root
    int parent_edge
    int first_edge
    uint16_t num_edges  # legal moves
    uint16_t num_tried  # of which so many, the first, have a child
    int likeliest  # what `likeliest_of` found last, or that it is to be found
    int visits  # 1 for the node's own evaluation, and those of its edges
    uint8_t is_formed  # whether its edges are; before that, the set of them and the net's logits
    uint8_t is_evaluated
    float value  # its own evaluation, as its mover sees it
    float value_sum
    float square_sum  # of the values squared, for their spread
    float prior_value  # the net's win minus loss, without the score's share
    float win_sum  # of win minus loss
    float score  # its own, in points
    float score_sum
    const int* action_at  # where each move stands among the net's logits

ctypedef struct Constants:  # of the rules, as SearchSettings explains them
    float c_visit
    float c_scale
    float c_puct
    float c_puct_growth
    float spread_scale
    float forced
    float fpu_reduction
    float score_weight

ctypedef struct Tree
ctypedef int (*Rule)(const Tree* tree, int node) noexcept nogil  # a node's most urgent edge

ctypedef struct Tree:
    Node* nodes
    # Of a node whose edges are not formed, `moves` holds the set of them and `priors` the logits.
    uint16_t* moves  # by edge; in their order but for those tried, which stand first
    float* priors  # by edge: the net's probability, over the legal moves
    Edge* edges  # by edge, filled in where tried
    float* noisy_logits  # `[A]`, Gumbel noise and logarithm of the prior of the root's edges
    int* considered  # `[max_visits]`, sequential halving: the visits of each simulation's edge
    int num_nodes
    int max_nodes
    int num_logits  # of the net, one a point of its frame and the pass
    int room  # edges that each node has place for
    int num_started  # simulations begun since the root was set, its own evaluation not counted
    int num_visits  # simulations to run
    Rule select_root
    Rule select_inner
    int no_pass_before  # plies before which passes are left out, unless nothing else is legal
    const Constants* constants
    uint64_t rng
    State* root  # with room in its history for the moves of any walk
    Liberties known  # of the root; a leaf's differ from them where the moves on the way there lie
    int* moved_to  # `[max_nodes]`, where nodes go when the tree is pruned
    float* ownership  # `[A + 1, H·W]`, sums over evaluated leaves, as the root's mover sees it, by
    # the root's move that led to them; last comes the root itself
    int* num_owned  # `[A + 1]`, leaves in those sums

cdef Tree* tree_new(int max_visits, int width, int height, int num_logits) noexcept nogil
cdef void tree_free(Tree* tree) noexcept nogil
cdef int tree_start(Tree* tree) noexcept nogil
cdef int tree_select(Tree* tree, Walk* walk) noexcept nogil
cdef void tree_expand(
    Tree* tree, int leaf, const float* logits, const int* action_at, float value, float score
) noexcept nogil
cdef int tree_advance(Tree* tree, int move) noexcept nogil
cdef void tree_add_ownership(
    Tree* tree, int leaf, const float* ownership, const int* action_at
) noexcept nogil
cdef bint tree_is_done(const Tree* tree) noexcept nogil
cdef bint tree_is_waiting(const Tree* tree) noexcept nogil
cdef int likeliest_of(const Tree* tree, int node) noexcept nogil
cdef int largest_edge(const Tree* tree, const float* numbers, int first, int last) noexcept nogil
cdef int tree_edge(const Tree* tree, int node, int move) noexcept nogil
cdef float squashed(float value, float score, float side, float weight) noexcept nogil
cdef double uniform(uint64_t* rng) noexcept nogil


cdef inline float mean_value(const Edge* edge) noexcept nogil:
    return edge.value_sum / edge.visits


cdef inline int visits_of(const Tree* tree, const Node* node, int edge) noexcept nogil:
    """Visits of any of a node's edges, tried or not."""
    return tree.edges[edge].visits if edge < node.first_edge + node.num_tried else 0


cdef inline bint is_better(
    const Tree* tree, float number, int edge, float best_number, int best
) noexcept nogil:
    """Whether an edge's number is above the best so far; of equals the lower move is taken."""
    return number > best_number or (
        number == best_number and tree.moves[edge] < tree.moves[best]
    )
