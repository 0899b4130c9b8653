"""A search tree in preallocated arrays; see tree.pyx."""

from libc.stdint cimport uint16_t, uint64_t

from engine.state cimport State

ctypedef struct Edge:
    # A move from a node, and what is known of it; values as the node's mover sees them.
    float logit  # log of the prior
    float prior  # the net's probability, over the legal moves
    float value_sum
    int visits
    int pending  # simulations under way through here
    int child  # node, or -1
    uint16_t move

ctypedef struct Node:
    int parent  # node, or -1 at the root
    int parent_edge
    int first_edge
    int num_edges
    int visits  # 1 for the node's own evaluation, and those of its edges
    int is_evaluated
    float value  # its own evaluation, as its mover sees it
    float value_sum
    float prior_value  # the net's win minus loss, without the score's share

ctypedef struct Tree
ctypedef int (*Rule)(const Tree* tree, int node) noexcept nogil  # a node's most urgent edge

ctypedef struct Tree:
    Node* nodes
    Edge* edges
    float* gumbel  # `[A]`, the root edges' noise, zero where there is none
    int* considered  # `[max_visits]`, sequential halving: the visits of each simulation's edge
    int num_nodes
    int max_nodes
    int num_edges
    int max_edges
    int num_started  # simulations begun since the root was set, its own evaluation not counted
    int num_visits  # simulations to run
    Rule select_root
    Rule select_inner
    int no_pass_before  # plies before which passes are left out, unless nothing else is legal
    float c_visit
    float c_scale
    float c_puct
    float fpu_reduction
    float score_weight
    uint64_t rng
    State* root
    State* scratch

cdef Tree* tree_new(int max_visits, int width, int height) noexcept nogil
cdef void tree_free(Tree* tree) noexcept nogil
cdef int tree_start(Tree* tree) noexcept nogil
cdef int tree_select(Tree* tree) noexcept nogil
cdef void tree_expand(
    Tree* tree, int leaf, const float* logits, const int* action_at, float value, float score
) noexcept nogil
cdef bint tree_is_done(const Tree* tree) noexcept nogil
cdef void tree_make_noise(Tree* tree, float scale) noexcept nogil
cdef void tree_mix_dirichlet(Tree* tree, float alpha_total, float weight) noexcept nogil
cdef void tree_plan_halving(Tree* tree, int num_considered) noexcept nogil
cdef int gumbel_root(const Tree* tree, int node) noexcept nogil
cdef int gumbel_inner(const Tree* tree, int node) noexcept nogil
cdef int puct(const Tree* tree, int node) noexcept nogil
cdef void improved_policy(const Tree* tree, int node, float* policy) noexcept nogil
cdef int gumbel_choice(const Tree* tree) noexcept nogil
cdef int most_visited(const Tree* tree) noexcept nogil
cdef float squashed(float value, float score, float side, float weight) noexcept nogil
cdef double uniform(uint64_t* rng) noexcept nogil
