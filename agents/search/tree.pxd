"""A search tree in preallocated arrays; see tree.pyx."""

from libc.stdint cimport uint8_t, uint16_t, uint64_t

from insei.engine.board cimport MAX_POINTS
from insei.engine.reading.liberties cimport Liberties
from insei.engine.state cimport State

from insei.agents.search.walk cimport Walk

ctypedef struct Edge:
    # The statistics of a tried move, as the node's mover sees them; not set where untried.
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
    uint16_t num_tried  # edges with a child; they stand first
    int likeliest  # the last answer of `likeliest_of`, or UNKNOWN
    int visits  # 1 for the node's own evaluation, and those of its edges
    uint8_t has_edges  # False while only the set of moves and the net's logits are stored
    uint8_t is_evaluated
    float value  # its own evaluation, as its mover sees it
    float value_sum
    float square_sum  # of the values squared, for their spread
    float prior_value  # the net's win minus loss, without the score's share
    float win_sum  # of win minus loss
    float score  # its own, in points
    float score_sum
    const int* action_at  # where each move stands among the net's logits

ctypedef struct SearchConstants:  # as SearchSettings explains them
    float c_visit
    float c_scale
    float c_puct
    float c_puct_growth
    float spread_scale
    float forced
    float fpu_reduction
    float score_weight
    float noise
    float dirichlet_alpha
    float dirichlet_weight
    float deviations
    int considered

ctypedef struct Tree

ctypedef struct RootRule:
    # A search algorithm. There are two: GUMBEL (gumbel.pyx) and PUCT (puct.pyx).
    # All but `select_inner` ask about the root. An edge is an index into the tree's edges.
    int (*select_root)(const Tree* tree, int node) noexcept nogil  # the root's next edge
    int (*select_inner)(const Tree* tree, int node) noexcept nogil  # the next edge below the root
    void (*prepare_root)(Tree* tree) noexcept nogil  # noise and plans, once the root is evaluated
    int (*best_edge)(const Tree* tree) noexcept nogil  # of the move to play
    void (*write_policy_target)(const Tree* tree, float* shares) noexcept nogil  # `[num_edges]`
    bint (*is_decided)(const Tree* tree, int visits_left) noexcept nogil  # whether `best_edge` is
    bint keeps_subtree  # whether a search may go on below the move that was played

ctypedef struct Tree:
    Node* nodes
    # Before a node's edges are expanded, `moves` holds the set of them and `priors` the logits.
    uint16_t* moves  # by edge; in their order but for those tried, which stand first
    float* priors  # by edge: the net's probability, over the legal moves
    Edge* edges  # by edge, filled in where tried
    float* noisy_logits  # `[A]`, Gumbel noise and logarithm of the prior of the root's edges
    int* halving_plan  # `[max_visits]`, visits of the edge that each simulation is to choose
    int num_nodes
    int max_nodes
    int num_logits  # of the net, one a point of its frame and the pass
    int edges_per_node  # that each node has room for
    int num_started  # simulations begun since the root was set, its own evaluation not counted
    int num_visits  # simulations to run
    const RootRule* rule
    int no_pass_before  # plies before which passes are left out, unless nothing else is legal
    int avoids_until  # the largest number in `avoided`; 0 if every move may be tried
    int num_left_out  # of the root's moves by `avoided`; they stand behind its edges
    const SearchConstants* constants
    uint64_t rng
    State* root  # the game, which the forest owns; its history has room for the longest walk
    Liberties liberties  # of the root; a leaf's differ only near the moves of its walk
    int* moved_to  # `[max_nodes]`, where nodes go when the tree is pruned
    float* ownership  # `[A + 1, H·W]`, sums over evaluated leaves, as the root's mover sees it, by
    # the root's move that led to them; last comes the root itself
    int* num_owned  # `[A + 1]`, leaves in those sums
    uint16_t[2 * (MAX_POINTS + 1)] avoided  # by colour and move: nodes fewer plies below the root
    # than this have no such edge; unset while `avoids_until` is 0

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
cdef double uniform(uint64_t* rng) noexcept nogil


cdef inline float mean_value(const Edge* edge) noexcept nogil:
    return edge.value_sum / edge.visits


cdef inline int visits_of(const Tree* tree, const Node* node, int edge) noexcept nogil:
    """Visits of any of a node's edges, tried or not."""
    return tree.edges[edge].visits if edge < node.first_edge + node.num_tried else 0


cdef inline bint is_better(
    const Tree* tree, float number, int edge, float best_number, int best
) noexcept nogil:
    """Whether an edge's number is above the best so far; ties go to the lower move."""
    return number > best_number or (
        number == best_number and tree.moves[edge] < tree.moves[best]
    )
