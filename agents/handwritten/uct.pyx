"""`uct`: Monte-Carlo tree search before nets: UCT with RAVE and playouts with patterns.

pattern_playouts.pyx plays the games. The tree mixes a move's results with those of all playouts
that contain it (RAVE), and begins with priors for captures, patterns, the neighbourhood of the last
move and bad shape.

Sources: Kocsis and Szepesvári 2006 (UCT); Gelly, Wang, Munos and Teytaud 2006, "Modification of
UCT with Patterns in Monte-Carlo Go"; Gelly and Silver 2007 (RAVE); the priors' sizes are those of
Baudiš' michi (2015).
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from insei.engine.board cimport (
    BLACK,
    BORDER,
    EMPTY,
    MAX_POINTS,
    POINT_OF,
    Board,
    board_is_eye,
    board_liberties,
    next_random,
    opponent_of,
)
from insei.engine.position cimport Position
from insei.engine.state cimport (
    State,
    state_is_over,
    state_last_move,
    state_mask,
    state_play,
    state_rewind,
    wins_by_passing,
)

from insei.agents.handwritten.stopwatch cimport now
from insei.agents.handwritten.pattern_playouts cimport colour_at, is_self_atari, matches, play_out

from concurrent.futures import ThreadPoolExecutor

from insei.agents.player import Choice, PlayerFailed
from insei.system.errors import UserError

cdef enum:
    EXPAND_AT = 6  # visits at which a move gets a node of its own
    RAVE_WORTH = 3000  # visits at which RAVE and results have equal weight, in the limit
    PRIOR_EVEN = 10  # visits with an even result that every move begins with
    PRIOR_CAPTURE = 20
    PRIOR_PATTERN = 10
    PRIOR_NEAR = 16  # at one step from the last move, half of it at two
    PRIOR_BAD = 12  # lost visits, for self-atari and the first line far from stones

cdef struct Edge:
    float wins  # of the mover
    float visits
    float rave_wins
    float rave_visits
    int tries  # visits, without those of the prior
    int child  # node, or -1
    uint16_t move

cdef struct Node:
    int first_edge
    int num_edges

cdef struct Search:
    Node* nodes
    Edge* edges
    int num_nodes
    int max_nodes
    int num_edges
    int max_edges
    uint64_t rng


cdef int add_node(Search* search, const State* state) noexcept nogil:
    """A node with the legal moves of `state` and their priors; -1 if there is no room."""
    cdef uint8_t[MAX_POINTS + 1] mask
    cdef int width = state.board.width
    cdef int num_points = width * state.board.height
    cdef int move, point = 0, last = state_last_move(state, 0), steps
    cdef Node* node
    cdef Edge* edge
    if search.num_nodes == search.max_nodes:
        return -1
    node = &search.nodes[search.num_nodes]
    node.first_edge = search.num_edges
    search.num_nodes += 1
    state_mask(state, mask)
    for move in range(num_points + 1):
        if not mask[move]:
            continue
        if move < num_points:
            point = POINT_OF[width][move]
            if board_is_eye(&state.board, point, state.to_play):
                continue
        edge = &search.edges[search.num_edges]
        search.num_edges += 1
        edge.move = move
        edge.child = -1
        edge.tries = 0
        edge.rave_wins = edge.rave_visits = 0
        edge.visits = PRIOR_EVEN
        edge.wins = PRIOR_EVEN / 2.0
        if move == num_points:
            edge.visits += PRIOR_BAD  # the pass comes last
            continue
        if is_tactical(state, point):
            favour(edge, PRIOR_CAPTURE)
        elif is_self_atari(&state.board, point, state.to_play):
            edge.visits += PRIOR_BAD
        if matches(&state.board, point):
            favour(edge, PRIOR_PATTERN)
        if 0 <= last < num_points:
            steps = abs(last // width - move // width) + abs(last % width - move % width)
            if steps <= 2:
                favour(edge, PRIOR_NEAR if steps == 1 else PRIOR_NEAR // 2)
        if is_first_line_alone(&state.board, point):
            edge.visits += PRIOR_BAD
    node.num_edges = search.num_edges - node.first_edge
    return search.num_nodes - 1


cdef inline void favour(Edge* edge, int visits) noexcept nogil:
    """Add won visits to an edge's prior."""
    edge.visits += visits
    edge.wins += visits


cdef bint is_tactical(const State* state, int point) noexcept nogil:
    """Whether a stone at `point` captures, or saves an own chain from atari."""
    cdef const Board* board = &state.board
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef uint16_t[2] found
    cdef int i, near, colour
    for i in range(4):
        near = point + steps[i]
        colour = board.cells[near].colour
        if colour == EMPTY or colour == BORDER:
            continue
        if board_liberties(board, near, found, 2) == 1:
            if colour != state.to_play or not is_self_atari(board, point, state.to_play):
                return True
    return False


cdef bint is_first_line_alone(const Board* board, int point) noexcept nogil:
    """Whether a point on the edge has no stone among its neighbours."""
    cdef int stride = board.stride, i, colour
    cdef int[8] around = [
        -stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1
    ]
    cdef bint at_edge = False
    for i in range(8):
        colour = colour_at(board, point + around[i])
        if colour == BORDER:
            at_edge = True
        elif colour != EMPTY:
            return False
    return at_edge


cdef int best_edge(const Search* search, int node) noexcept nogil:
    """The edge of highest mean, results and RAVE mixed; RAVE's share falls with visits."""
    cdef const Edge* edge
    cdef int i, best = search.nodes[node].first_edge
    cdef float mean, share, value, highest = -1
    for i in range(best, best + search.nodes[node].num_edges):
        edge = &search.edges[i]
        value = edge.wins / edge.visits
        if edge.rave_visits > 0:
            mean = edge.rave_wins / edge.rave_visits
            share = edge.rave_visits / (
                edge.rave_visits + edge.visits + edge.rave_visits * edge.visits / RAVE_WORTH
            )
            value += share * (mean - value)
        if value > highest:
            highest = value
            best = i
    return best


cdef int simulate(Search* search, const State* root, State* scratch) noexcept nogil:
    """One walk through the tree, one playout, and their backup; -1 without memory."""
    cdef int[1024] nodes
    cdef int[1024] edges
    cdef uint8_t[MAX_POINTS + 1] first
    cdef int depth = 0, node = 0, edge, i, j, mover, root_mover = root.to_play
    cdef float result, share
    memset(first, 0, sizeof(first))
    state_rewind(scratch, root)
    while depth < 1024 and not state_is_over(scratch):
        edge = best_edge(search, node)
        nodes[depth] = node
        edges[depth] = edge
        depth += 1
        if not first[search.edges[edge].move]:
            first[search.edges[edge].move] = scratch.to_play
        if state_play(scratch, search.edges[edge].move) < 0:
            return -1
        if search.edges[edge].child < 0:
            if search.edges[edge].tries < EXPAND_AT or state_is_over(scratch):
                break
            search.edges[edge].child = add_node(search, scratch)
            if search.edges[edge].child < 0:
                break
        node = search.edges[edge].child
        if search.nodes[node].num_edges == 0:
            break
    result = play_out(scratch, &search.rng, first)
    if result < 0:
        return -1
    for i in range(depth):
        mover = root_mover if i % 2 == 0 else opponent_of(root_mover)
        share = result if mover == BLACK else 1 - result
        search.edges[edges[i]].tries += 1
        search.edges[edges[i]].visits += 1
        search.edges[edges[i]].wins += share
        node = nodes[i]
        for j in range(
            search.nodes[node].first_edge,
            search.nodes[node].first_edge + search.nodes[node].num_edges,
        ):
            if first[search.edges[j].move] == mover:
                search.edges[j].rave_visits += 1
                search.edges[j].rave_wins += share
    return 0


SHORTEST = 0.001  # seconds of a search
MOST_PLAYOUTS = 10_000_000
MOST_EDGES = 1 << 26  # of a tree, 1.9 GB; on 19x19 reached after a million playouts


cdef class UctTree:
    """The tree of a position: how often each move was tried, and how often that won.

    Args:
        root: position to search; is copied.
        playouts: that `run` plays in all, 1 to 10,000,000.
        seed: equal seeds give equal trees.

    Attributes:
        num_playouts: played so far.

    Raises:
        ValueError: `playouts` is out of bounds.
    """

    cdef Search search
    cdef Position root
    cdef Position scratch
    cdef int64_t playouts
    cdef readonly int64_t num_playouts
    cdef bint is_busy  # with the GIL let go: another thread that comes is told so

    def __cinit__(self, Position root not None, int64_t playouts, uint64_t seed):
        cdef int num_actions = root.state.board.width * root.state.board.height + 1
        if not 1 <= playouts <= MOST_PLAYOUTS:
            raise ValueError(f"playouts {playouts}: wanted 1 to {MOST_PLAYOUTS}")
        self.root = root._copy()  # the caller may play on in their own
        self.scratch = root._copy()
        self.playouts = playouts
        self.search.rng = seed
        self.search.max_nodes = min(playouts // EXPAND_AT + 2, MOST_EDGES // num_actions)
        self.search.max_edges = self.search.max_nodes * num_actions
        self.search.nodes = <Node*>calloc(self.search.max_nodes, sizeof(Node))
        self.search.edges = <Edge*>malloc(self.search.max_edges * sizeof(Edge))
        if self.search.nodes == NULL or self.search.edges == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.search.nodes)
        free(self.search.edges)

    def run(self, double seconds=0.0):
        """Run all playouts, or as many as fit in `seconds` above 0; without the GIL."""
        cdef Search* search = &self.search
        cdef const State* root = self.root.state
        cdef State* scratch = self.scratch.state
        cdef int64_t num_playouts = self.num_playouts, playouts = self.playouts
        cdef int failed = 0
        cdef double deadline = now() + seconds if seconds else 0
        if self.is_busy:
            raise RuntimeError("the tree is in use: wanted one thread at a time")
        self.is_busy = True
        with nogil:
            if search.num_nodes == 0:
                add_node(search, root)
            while num_playouts < playouts:
                failed = simulate(search, root, scratch)
                if failed:
                    break
                num_playouts += 1
                if deadline and num_playouts % 16 == 0 and now() >= deadline:
                    break
        self.is_busy = False
        self.num_playouts = num_playouts
        if failed:
            raise MemoryError

    def root_statistics(self):
        """By root move: its tries, and its won visits and all visits, priors included."""
        cdef int i
        return {
            int(self.search.edges[i].move): (
                self.search.edges[i].tries, self.search.edges[i].wins, self.search.edges[i].visits
            )
            for i in range(self.search.nodes[0].num_edges)
        }


class UctPlayer:
    """UCT with RAVE, patterns and tactics, by a number of playouts a move.

    Args:
        name: what reports call it.
        playouts: of a move, in all its trees, 1 to 10,000,000.
        seconds: of a move, at most, 0 to 86,400; 0 for no limit.
        threads: trees that are built side by side, each with its share of the playouts, 1 to 256;
            the move tried most often in all of them is played (Cazenave and Jouandeau 2007).

    Raises:
        ValueError: an argument is out of bounds.
    """

    num_parameters = 0
    fingerprint = ""

    def __init__(self, name="uct", playouts=5000, threads=1, seconds=0.0):
        if not 1 <= playouts <= MOST_PLAYOUTS:
            raise UserError(f"playouts {playouts}: wanted 1 to {MOST_PLAYOUTS}")
        if not 1 <= threads <= min(256, playouts):
            raise UserError(f"threads {threads}: wanted 1 to 256, a playout for each at least")
        if not 0 <= seconds <= 86_400:
            raise UserError(f"seconds {seconds}: wanted 0 to 86400")
        self.name = name
        self.playouts = playouts
        self.threads = threads
        self.seconds = seconds
        self.move_seconds = None
        self.state = 1

    def set_time_limit(self, seconds):
        """Limit the time of each move from now on; None restores the player's own limit."""
        self.move_seconds = seconds

    def new_game(self, rules, seed):
        """Begin anew; equal seeds give equal games."""
        self.state = seed & 0xFFFFFFFFFFFFFFFF

    def choose(self, Position position not None):
        """Return the most tried move, and its mean result."""
        cdef int pass_move = position.state.board.width * position.state.board.height
        cdef uint64_t seed = self.state
        if state_is_over(position.state):
            raise ValueError("choose: the game is over; wanted one under way")
        if wins_by_passing(position.state):
            return Choice(pass_move, 1.0, 1)
        trees = []
        for number in range(self.threads):
            share = (self.playouts + number) // self.threads
            try:
                trees.append(UctTree(position, share, next_random(&seed) if number else seed))
            except MemoryError:
                raise PlayerFailed(
                    f"no memory for {self.playouts:,} playouts on {position.rules.size_name}"
                ) from None
        limits = [limit for limit in (self.seconds or None, self.move_seconds) if limit is not None]
        seconds = max(min(limits), SHORTEST) if limits else 0.0
        if self.threads == 1:
            trees[0].run(seconds)
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(lambda tree: tree.run(seconds), trees))
        self.state = (<UctTree>trees[0]).search.rng
        found = [tree.root_statistics() for tree in trees]
        summed = {
            move: [sum(column) for column in zip(*(tree[move] for tree in found), strict=True)]
            for move in found[0]
        }
        best = max(summed, key=lambda move: summed[move][0])
        num_playouts = sum(tree.num_playouts for tree in trees)
        return Choice(best, 2 * summed[best][1] / summed[best][2] - 1, num_playouts)

    def close(self):
        """Nothing to give back."""
