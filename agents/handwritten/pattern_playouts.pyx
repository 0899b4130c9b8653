"""Wise playouts: the moves of Monte-Carlo games that answer the last one where they can.

A playout takes a chain in atari, saves one's own, or plays one of MoGo's 3x3 patterns beside the
last stone; else it is uniform, fills no own eye and puts no chain of its own in atari.

Source: Gelly, Wang, Munos and Teytaud 2006, "Modification of UCT with Patterns in Monte-Carlo Go".
"""

from libc.stdint cimport uint8_t, uint16_t, uint64_t
from libc.string cimport memcpy

from insei.engine.board cimport (
    EMPTY,
    MOVE_AT,
    POINT_OF,
    Board,
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
from insei.engine.state cimport (
    State,
    state_bans_repeat,
    state_half_score,
    state_is_over,
    state_last_move,
    state_play,
)

cdef enum:
    FOLLOWS = 230  # of 256: how often a playout follows each piece of its knowledge

# MoGo's patterns, the point in the middle empty: X and O are stones of either player, a dot is
# empty, a blank off the board, x not X, o not O, ? anything. Turned, mirrored and with colours
# exchanged they are the same patterns.
PATTERNS = (
    "XOX...???", "XO....?.?", "XO?X..x.?",  # hane
    "XO?O.o?o?", "XO?O.X???", "?X?O.Oooo", "OX?o.O???",  # cut
    "X.?O.?   ", "OX?X.O   ", "?X?x.O   ", "?XOx.x   ", "?OXX.O   ",  # at the edge
)  # fmt: skip


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
        and board_allows(&state.board, point, state.to_play, state.rules.suicide)
        and not state_bans_repeat(state, point)
    )


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
