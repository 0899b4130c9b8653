"""`uct`: Monte-Carlo tree search as programs did it before nets: UCT with RAVE and wise playouts.

What it knows: a playout move answers the last one where it can, by taking a chain in atari, saving
one's own, or one of MoGo's 3x3 patterns beside it; else it is uniform, fills no own eye and puts
no chain of its own in atari. The tree mixes a move's results with those of all playouts that
contain it, and begins with priors for captures, patterns, the neighbourhood of the last move and
bad shape.

Sources: Kocsis and Szepesvári 2006 (UCT); Gelly, Wang, Munos and Teytaud 2006, "Modification of
UCT with Patterns in Monte-Carlo Go"; Gelly and Silver 2007 (RAVE); the priors' sizes are those of
Baudiš' michi (2015).
"""

from libc.stdint cimport uint8_t, uint16_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from engine.board cimport (
    BLACK,
    BORDER,
    EMPTY,
    MAX_POINTS,
    MOVE_AT,
    POINT_OF,
    Board,
    Cell,
    board_allows,
    board_bytes,
    board_is_eye,
    board_liberties,
    board_play,
    empties_around,
    next_random,
    opponent_of,
    set_aside,
)
from engine.position cimport Position
from engine.state cimport (
    State,
    state_bans_repeat,
    state_half_score,
    state_is_over,
    state_last_move,
    state_mask,
    state_play,
    state_rewind,
    wins_by_passing,
)

from agents.player import Choice

cdef enum:
    EXPAND_AT = 6  # visits at which a move gets a node of its own
    RAVE_WORTH = 3000  # visits at which RAVE and results weigh alike, in the limit
    PRIOR_EVEN = 10  # visits of an even result that every move begins with
    PRIOR_CAPTURE = 20
    PRIOR_PATTERN = 10
    PRIOR_NEAR = 16  # at one step from the last move, half of it at two
    PRIOR_BAD = 12  # of lost results, for self-atari and the first line far from stones
    FOLLOWS = 230  # of 256: how often a playout follows each piece of its knowledge

# MoGo's patterns, the point in the middle empty: X and O are stones of either player, a dot is
# empty, a blank off the board, x not X, o not O, ? anything. Turned, mirrored and with colours
# exchanged they are the same patterns.
PATTERNS = (
    "XOX...???", "XO....?.?", "XO?X..x.?",  # hane
    "XO?O.o?o?", "XO?O.X???", "?X?O.Oooo", "OX?o.O???",  # cut
    "X.?O.?   ", "OX?X.O   ", "?X?x.O   ", "?XOx.x   ", "?OXX.O   ",  # at the edge
)  # fmt: skip

cdef uint8_t[65536] IS_PATTERN  # by the eight neighbours' colours, two bits each

cdef struct Edge:
    float wins  # of the mover
    float visits
    float rave_wins
    float rave_visits
    int tries  # visits without the prior's
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


def _spread(pattern):
    """The eight codes of a pattern, its colours both ways."""
    ways = set()
    for swap in (False, True):
        text = pattern
        if swap:
            text = text.translate(str.maketrans("XOxo", "OXox"))
        for _ in range(4):
            text = "".join(text[6 - 3 * (i % 3) + i // 3] for i in range(9))
            ways.add(text)
            ways.add(text[6:] + text[3:6] + text[:3])
    return ways


def _fill_patterns():
    """Mark the codes that some pattern allows."""
    cdef int code, i
    allowed = {"X": (1,), "O": (2,), ".": (0,), " ": (3,), "x": (0, 2, 3), "o": (0, 1, 3),
               "?": (0, 1, 2, 3)}  # fmt: skip
    for pattern in PATTERNS:
        for way in _spread(pattern):
            codes = [0]
            for i, sign in enumerate(way[:4] + way[5:]):
                codes = [code | colour << 2 * i for code in codes for colour in allowed[sign]]
            for one in codes:
                IS_PATTERN[one] = 1


_fill_patterns()


def pattern_codes():
    """The neighbourhoods that are patterns, as codes of two bits a point, row by row."""
    return {code for code in range(65536) if IS_PATTERN[code]}


cdef inline bint is_legal(const State* state, int point) noexcept nogil:
    return (
        state.board.cells[point].colour == EMPTY
        and board_allows(&state.board, point, state.to_play, state.suicide)
        and not state_bans_repeat(state, point)
    )


cdef inline int colour_at(const Board* board, int point) noexcept nogil:
    """A point's colour; the first corner has a neighbour before the first cell, off the board."""
    return BORDER if point < 0 else board.cells[point].colour


cdef inline bint matches(const Board* board, int point) noexcept nogil:
    cdef const Cell* cells = board.cells
    cdef int above = point - board.stride, below = point + board.stride
    return IS_PATTERN[
        colour_at(board, above - 1)
        | cells[above].colour << 2
        | cells[above + 1].colour << 4
        | cells[point - 1].colour << 6
        | cells[point + 1].colour << 8
        | cells[below - 1].colour << 10
        | cells[below].colour << 12
        | cells[below + 1].colour << 14
    ]


cdef bint is_self_atari(const Board* board, int point, int colour) noexcept nogil:
    """Whether a legal stone at `point` would stand with one liberty."""
    cdef Board after
    cdef uint16_t[2] found
    if empties_around(board, point) >= 2:
        return False
    memcpy(&after, board, board_bytes(board))
    board_play(&after, point, colour)
    return after.cells[point].colour != colour or board_liberties(&after, point, found, 2) < 2


cdef int rescue(const State* state, int stone, uint64_t* rng) noexcept nogil:
    """A move that gets the mover's chain at `stone` out of atari, or 0.

    Takes a chain beside it that is in atari, or runs where that gives two liberties.
    """
    cdef const Board* board = &state.board
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef uint16_t[2] found
    cdef int here = stone, i, near, liberty, taking = 0, count = 0
    board_liberties(board, stone, found, 1)
    liberty = found[0]
    while True:
        for i in range(4):
            near = here + steps[i]
            if board.cells[near].colour == opponent_of(state.to_play):
                if board_liberties(board, near, found, 2) == 1 and is_legal(state, found[0]):
                    count += 1
                    if next_random(rng) % <uint64_t>count == 0:
                        taking = found[0]
        here = board.cells[here].next
        if here == stone:
            break
    if taking:
        return taking
    if is_legal(state, liberty) and not is_self_atari(board, liberty, state.to_play):
        return liberty
    return 0


cdef int answer(const State* state, int last, uint64_t* rng) noexcept nogil:
    """A move that answers the stone at `last` tactically, or 0."""
    cdef const Board* board = &state.board
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef uint16_t[2] found
    cdef int i, near, move
    if board.cells[last].colour != opponent_of(state.to_play):
        return 0
    if board_liberties(board, last, found, 2) == 1 and is_legal(state, found[0]):
        return found[0]
    for i in range(4):
        near = last + steps[i]
        if board.cells[near].colour == state.to_play:
            if board_liberties(board, near, found, 2) == 1:
                move = rescue(state, near, rng)
                if move:
                    return move
    return 0


cdef int shape(const State* state, int last, uint64_t* rng) noexcept nogil:
    """A move of a pattern beside the stone at `last`, drawn uniformly, or 0."""
    cdef const Board* board = &state.board
    cdef int stride = board.stride
    cdef int[8] around = [
        -stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1
    ]
    cdef int i, point, chosen = 0, count = 0
    for i in range(8):
        point = last + around[i]
        if colour_at(board, point) != EMPTY or not matches(board, point):
            continue
        if not is_legal(state, point) or is_self_atari(board, point, state.to_play):
            continue
        count += 1
        if next_random(rng) % <uint64_t>count == 0:
            chosen = point
    return chosen


cdef int any_move(State* state, uint64_t* rng) noexcept nogil:
    """A uniform move that fills no own eye, self-atari where nothing else is left; or 0."""
    cdef Board* board = &state.board
    cdef int remaining = board.num_empty
    cdef int entry, point, spare = 0
    while remaining:
        entry = ((next_random(rng) >> 32) * <uint64_t>remaining) >> 32
        point = board.cells[entry].empty
        if is_legal(state, point) and not board_is_eye(board, point, state.to_play):
            if not is_self_atari(board, point, state.to_play):
                return point
            spare = point
        remaining -= 1
        set_aside(board, entry, remaining)
    return spare


cdef int playout_move(State* state, uint64_t* rng) noexcept nogil:
    """The next move of a playout, as a move of the board; the pass where nothing is left."""
    cdef int width = state.board.width
    cdef int pass_move = width * state.board.height
    cdef int last = state_last_move(state, 0), point = 0
    if 0 <= last < pass_move:
        last = POINT_OF[width][last]
        if (next_random(rng) & 255) < FOLLOWS:
            point = answer(state, last, rng)
        if not point and (next_random(rng) & 255) < FOLLOWS:
            point = shape(state, last, rng)
    if not point:
        point = any_move(state, rng)
    return MOVE_AT[width][point] if point else pass_move


cdef float play_out(State* state, uint64_t* rng, uint8_t* first) noexcept nogil:
    """Play to the end; returns Black's result, 0 to 1, or -1 without memory.

    Args:
        first: for each move the colour that played there first, 0 for nobody; added to.
    """
    cdef int left = 3 * state.board.width * state.board.height
    cdef int move, mover, score
    while not state_is_over(state) and left:
        move = playout_move(state, rng)
        mover = state.to_play
        if not first[move]:
            first[move] = mover
        if state_play(state, move) < 0:
            return -1
        left -= 1
    score = state_half_score(state)
    return 1 if score > 0 else 0 if score < 0 else 0.5


cdef int add_node(Search* search, const State* state) noexcept nogil:
    """A node with the legal moves of `state` and their priors; -1 where there is no room."""
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
            edge.visits += PRIOR_BAD  # others first
            continue
        if takes_something(state, point):
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
    """Count so many won visits in."""
    edge.visits += visits
    edge.wins += visits


cdef bint takes_something(const State* state, int point) noexcept nogil:
    """Whether a stone there takes stones off, or saves a chain of one's own in atari."""
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
    """One walk through the tree, one playout, and what they teach; -1 without memory."""
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


class UctPlayer:
    """UCT with RAVE, patterns and tactics; so many playouts a move.

    Raises:
        ValueError: playouts outside 1 to 10,000,000.
    """

    num_parameters = 0
    fingerprint = ""

    def __init__(self, name="uct", playouts=5000):
        if not 1 <= playouts <= 10_000_000:
            raise ValueError(f"playouts {playouts}: wanted 1 to 10000000")
        self.name = name
        self.playouts = playouts
        self.state = 1

    def new_game(self, rules, seed):
        """Begin anew; equal seeds give equal games."""
        self.state = seed & 0xFFFFFFFFFFFFFFFF

    def choose(self, Position position not None):
        """Return the most visited move, and its mean result."""
        cdef Position scratch = position.copy()
        cdef Search search
        cdef State* root = position.state
        cdef int num_actions = root.board.width * root.board.height + 1
        cdef int best, i, failed = 0
        cdef long playouts = self.playouts, done = 0
        cdef float value
        if wins_by_passing(root):
            return Choice(num_actions - 1, 1.0, 1)
        search.rng = self.state
        search.max_nodes = playouts // EXPAND_AT + 2
        search.max_edges = search.max_nodes * num_actions
        search.nodes = <Node*>malloc(search.max_nodes * sizeof(Node))
        search.edges = <Edge*>malloc(search.max_edges * sizeof(Edge))
        search.num_nodes = search.num_edges = 0
        try:
            if search.nodes == NULL or search.edges == NULL:
                raise MemoryError
            with nogil:
                add_node(&search, root)
                while done < playouts and not failed:
                    failed = simulate(&search, root, scratch.state)
                    done += 1
            if failed:
                raise MemoryError
            self.state = search.rng
            best = 0
            for i in range(search.nodes[0].num_edges):
                if search.edges[i].tries > search.edges[best].tries:
                    best = i
            value = 2 * search.edges[best].wins / search.edges[best].visits - 1
            return Choice(int(search.edges[best].move), value, done)
        finally:
            free(search.nodes)
            free(search.edges)

    def close(self):
        """Nothing to give back."""
