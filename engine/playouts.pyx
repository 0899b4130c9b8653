"""Random games at full speed, and counts of legal boards: what measures and proves the engine."""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

from insei.engine.board cimport (
    BLACK,
    MAX_POINTS,
    MOVE_AT,
    WHITE,
    Board,
    board_allows,
    board_bytes,
    board_clear,
    board_is_eye,
    board_put,
    pseudo_liberties_of,
    next_random,
    set_aside,
)
from insei.engine.position cimport Position
from insei.engine.state cimport (
    State,
    state_bans_repeat,
    state_is_over,
    state_mask,
    state_play,
    state_rewind,
)

from insei.engine.position import Position as position_of


cdef extern from "insei/engine/spread.h":
    bint spread_fast() noexcept nogil

cdef extern from *:
    const char* INSEI_BUILD  # setup.py's mode: release, native or checked


def build():
    name = "portable" if INSEI_BUILD == b"release" else INSEI_BUILD.decode()
    return f"{name}, {'AVX2' if spread_fast() else 'no AVX2'}"


cdef inline bint may_play(const State* state, int point, const uint8_t* mask) noexcept nogil:
    if mask != NULL:
        return mask[MOVE_AT[state.board.width][point]] and not board_is_eye(
            &state.board, point, state.to_play
        )
    return (
        board_allows(&state.board, point, state.to_play, state.rules.suicide)
        and not board_is_eye(&state.board, point, state.to_play)
        and not state_bans_repeat(state, point)
    )


cdef int random_move(State* state, uint64_t* rng, const uint8_t* mask) noexcept nogil:
    """A move uniform over the legal ones that fill no own eye; the pass where there is none.

    Legality is read from `mask` where it is given, and found for the points tried otherwise.

    The list of empty points is shuffled as far as points are refused, which changes nothing else.
    """
    cdef Board* board = &state.board
    cdef int remaining = board.num_empty
    cdef int entry, point
    while remaining:
        entry = ((next_random(rng) >> 32) * <uint64_t>remaining) >> 32
        point = board.cells[entry].empty
        if may_play(state, point, mask):
            return MOVE_AT[board.width][point]
        remaining -= 1
        set_aside(board, entry, remaining)
    return board.width * board.height


cdef long play_out(State* state, uint64_t* rng, long max_plies, uint8_t* mask) noexcept nogil:
    """Play random moves to the end; returns how many, -1 where there is no memory.

    The legal mask is written at each ply where `mask` is given.
    """
    cdef long plies = 0
    while not state_is_over(state) and plies < max_plies:
        if mask != NULL:
            state_mask(state, mask)
        if state_play(state, random_move(state, rng, mask)) < 0:
            return -1
        plies += 1
    return plies


def random_game(rules, seed, long max_plies=0):
    """Play uniformly over legal moves that fill no own eye until two passes or `max_plies`.

    Args:
        max_plies: 0 for ten times the board's area, which cuts endless kos under simple ko.
    """
    cdef Position position = position_of(rules)
    cdef uint64_t rng = seed
    with nogil:
        if max_plies == 0:
            max_plies = 10 * position.state.board.width * position.state.board.height
        if play_out(position.state, &rng, max_plies, NULL) < 0:
            raise MemoryError
    return position


def random_reply(Position position not None, seed):
    cdef uint64_t rng = seed
    cdef Position scratch
    if state_is_over(position.state):
        raise ValueError("random_reply after the game's end: wanted a game that goes on")
    scratch = position.copy()  # its list of empty points is shuffled
    return random_move(scratch.state, &rng, NULL)


def play_random_games(rules, long num_plies, seed, bint with_mask):
    """Play whole random games until `num_plies` moves were made; for measuring.

    Args:
        with_mask: also write the exact legal mask at each ply.

    Returns:
        moves made, passes included, and games played.
    """
    cdef Position start = position_of(rules)
    cdef Position position = start.copy()
    cdef uint8_t[MAX_POINTS + 1] mask
    cdef uint64_t rng = seed
    cdef long made = 0, games = 0, plies
    cdef long max_plies = 10 * rules.num_points
    with nogil:
        while made < num_plies:
            plies = play_out(position.state, &rng, max_plies, mask if with_mask else NULL)
            if plies < 0:
                raise MemoryError
            made += plies
            games += 1
            state_rewind(position.state, start.state)
    return made, games


cdef long count_from(Board* boards, int depth) noexcept nogil:
    """Count the legal boards that fill the points from `depth` on; `boards` is a stack of them."""
    cdef Board* board = &boards[depth]
    cdef Board* after = &boards[depth + 1]
    cdef int num_points = board.width * board.height
    cdef int colour, entry, point, head
    cdef long count
    if depth == num_points:
        for entry in range(board.num_cells):
            if board.cells[entry].colour == BLACK or board.cells[entry].colour == WHITE:
                head = board.cells[entry].chain
                if pseudo_liberties_of(board, head) == 0:
                    return 0
        return 1
    point = (depth // board.width + 1) * board.stride + depth % board.width
    memcpy(after, board, board_bytes(board))
    count = count_from(boards, depth + 1)
    for colour in range(BLACK, WHITE + 1):
        memcpy(after, board, board_bytes(board))
        board_put(after, point, colour)
        count += count_from(boards, depth + 1)
    return count


def count_legal_boards(int width, int height):
    """Count the boards whose every chain has a liberty, by trying all 3^(width·height).

    Raises:
        ValueError: more than 17 points, which would take hours.
    """
    cdef Board[18] boards
    cdef long count
    if not (1 <= width <= 17 and 1 <= height <= 17) or width * height > 17:
        raise ValueError(f"board {width}x{height}: wanted 1 to 17 points")
    with nogil:
        board_clear(&boards[0], width, height)
        count = count_from(boards, 0)
    return count


def read_outside(const uint8_t[::1] numbers not None, int index):
    """Read a number without looking where: the checked build raises IndexError, the fast does not.

    For the test that tells one build from the other.
    """
    return numbers[index]
