"""Random games at full speed."""

from libc.stdint cimport uint8_t, uint64_t

from insei.engine.board cimport (
    MAX_POINTS,
    MOVE_AT,
    Board,
    board_allows,
    board_is_eye,
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
    """How this module was compiled, and what this processor has: "portable, AVX2"."""
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
    """A move uniform over the legal ones that fill no own eye; the pass if there is none.

    Legality is read from `mask`, or found for the points tried where `mask` is NULL. The list of
    empty points is reordered; the position is otherwise unchanged.
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
    """Play random moves to the end; returns how many, -1 without memory.

    The legal mask is written at each ply unless `mask` is NULL.
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
    """Play a random game: moves uniform over the legal ones that fill no own eye.

    Args:
        rules: what to play by.
        seed: equal seeds give equal games.
        max_plies: where the game stops, unless it is over before; 0 for ten times the board's area,
            which cuts endless kos under simple ko.

    Returns:
        the last Position of the game.
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
    """Return a random legal move that fills no own eye; the pass if there is none.

    Raises:
        ValueError: the game is over.
    """
    cdef uint64_t rng = seed
    cdef Position scratch
    if state_is_over(position.state):
        raise ValueError("random_reply after the game's end: wanted a game that goes on")
    scratch = position._copy()  # its list of empty points is shuffled
    return random_move(scratch.state, &rng, NULL)


def play_random_games(rules, long num_plies, seed, bint with_mask):
    """Play random games to their ends until `num_plies` moves are made, to measure speed.

    Args:
        with_mask: also write the exact legal mask at each ply.

    Returns:
        moves played, passes included, and games.
    """
    cdef Position start = position_of(rules)
    cdef Position position = start._copy()
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
