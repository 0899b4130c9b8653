"""The planes that a net sees: a position from the view of the player to move.

Planes 0 to 11 hold zeros and ones. Planes 12 and 13 hold one number at every point of the board.
The board lies at the top left of a frame of its size or more; beyond it all planes are zero.

====== ============================================================
0      on the board
1, 2   stones of the player to move, and of the opponent
3-5    stones of chains with one, two, three liberties
6      empty points where the rules forbid a stone: ko, superko, suicide
7-11   the last move, the one before it, and so on to the fifth last
12     komi / 20: positive for White, who receives it, negative for Black
13     one if the last move was a pass
====== ============================================================

AlphaGo (Silver et al. 2016) and KataGo (Wu 2019) also show liberties, bans and last moves. The past
boards of AlphaGo Zero are left out: planes 6 to 11 say what they would.
"""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memset

import numpy as np

from insei.engine.board cimport MAX_POINTS, WHITE, WORDS, Board, lowest_bit, opponent_of
from insei.engine.reading.liberties cimport Liberties, liberties_update
from insei.engine.position cimport Position
from insei.engine.state cimport State, state_last_move, state_legal_points
from insei.engine.state_door cimport check_fit, plain
from insei.engine.symmetries cimport transformed

from insei.engine.rules import MAX_KOMI
from insei.engine.symmetries import check_symmetry

cdef extern from "insei/engine/spread.h":
    void spread_bytes(const uint64_t* words, int count, uint8_t* out) noexcept nogil
    void spread_floats(const uint64_t* words, int count, float* out) noexcept nogil

PLANES_VERSION = 1  # raised whenever a plane changes its meaning
LARGEST_VALUE = MAX_KOMI / KOMI_SCALE  # of any plane, either way

cdef enum:
    NUM_SETS = 6  # planes 1 to 6, as sets of points


cdef void find_sets(
    const State* state,
    const uint64_t* legal,
    Liberties* liberties,
    uint64_t[NUM_SETS][WORDS] sets,
) noexcept nogil:
    """Find planes 1 to 6 as sets of points; the first and last word of each are not written."""
    cdef const Board* board = &state.board
    cdef int word
    liberties_update(liberties, board)
    for word in range(1, board.num_words + 1):
        sets[0][word] = board.stones[state.to_play - 1][word]
        sets[1][word] = board.stones[opponent_of(state.to_play) - 1][word]
        sets[2][word] = board.atari[word]
        sets[3][word] = liberties.words[word].two
        sets[4][word] = liberties.words[word].three
        sets[5][word] = board.empty[word] & ~legal[word]


cdef void state_bytes(
    const State* state, const uint64_t* legal, Liberties* liberties, uint8_t* out
) noexcept nogil:
    """Write the binary planes as bytes, `[12, H, W]` of the board's size; see `state_floats`."""
    cdef uint64_t[NUM_SETS][WORDS] sets
    cdef int num_points = state.board.width * state.board.height
    cdef int plane, back, move
    find_sets(state, legal, liberties, sets)
    memset(out, 1, num_points)
    for plane in range(NUM_SETS):
        spread_bytes(sets[plane] + 1, num_points, out + (1 + plane) * num_points)
    memset(out + 7 * num_points, 0, NUM_LAST_MOVES * num_points)
    for back in range(NUM_LAST_MOVES):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            out[(7 + back) * num_points + move] = 1


cdef void state_bits(
    const State* state,
    const uint64_t* legal,
    Liberties* liberties,
    const Frame* frame,
    uint8_t* out,
) noexcept nogil:
    """Set the bits of the binary planes, a byte's highest bit first; `out` must be all zero."""
    cdef uint64_t[NUM_SETS][WORDS] sets
    cdef const int* target = frame.target
    cdef int num_points = state.board.width * state.board.height
    cdef int area = frame.height * frame.width
    cdef int plane, word, back, move
    cdef uint64_t points
    find_sets(state, legal, liberties, sets)
    for move in range(num_points):
        set_bit(out, target[move])
    for plane in range(NUM_SETS):
        for word in range(state.board.num_words):
            points = sets[plane][1 + word]
            while points:
                set_bit(out, (1 + plane) * area + target[64 * word + lowest_bit(points)])
                points &= points - 1
    for back in range(NUM_LAST_MOVES):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            set_bit(out, (1 + NUM_SETS + back) * area + target[move])


cdef inline void set_bit(uint8_t* out, int at) noexcept nogil:
    out[at >> 3] |= 0x80 >> (at & 7)


cdef void state_floats(
    const State* state,
    const uint64_t* legal,
    Liberties* liberties,
    const Frame* frame,
    float* out,
) noexcept nogil:
    """Write all planes, `[C, H, W]` of the frame.

    Args:
        legal: the set of points where a stone is legal, as `state_legal_points` finds it.
        liberties: of any position of this board's size, or all zero; becomes those of this one.
    """
    cdef const Board* board = &state.board
    cdef const int* target = frame.target
    cdef int num_points = board.width * board.height
    cdef int area = frame.height * frame.width
    cdef float passed = state_last_move(state, 0) == num_points
    cdef uint64_t[NUM_SETS][WORDS] sets
    cdef int plane, back, move
    find_sets(state, legal, liberties, sets)
    if target == NULL:
        for plane in range(NUM_SETS):
            spread_floats(sets[plane] + 1, num_points, out + (1 + plane) * area)
        memset(out + 7 * area, 0, NUM_LAST_MOVES * area * sizeof(float))
    else:
        memset(out, 0, NUM_PLANES * area * sizeof(float))
        put_sets(board, sets, frame, out)
    for back in range(NUM_LAST_MOVES):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            out[(7 + back) * area + (target[move] if target != NULL else move)] = 1
    put_number(board, 1, frame, out)
    put_number(board, komi_of(state), frame, out + 12 * area)
    put_number(board, passed, frame, out + 13 * area)


cdef inline float komi_of(const State* state) noexcept nogil:
    """Komi as the player to move sees it, scaled."""
    cdef int half_komi = state.rules.half_komi
    return (half_komi if state.to_play == WHITE else -half_komi) / (2.0 * KOMI_SCALE)


cdef inline void fill(float* out, float value, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        out[i] = value


cdef void lay_out(
    int* target, int height, int width, int frame_width, int symmetry
) noexcept nogil:
    """Find the frame's index of each point of the board, `[H·W]`."""
    cdef int row, column, at
    for row in range(height):
        for column in range(width):
            at = transformed(row, column, height, width, symmetry)
            target[row * width + column] = (at >> 8) * frame_width + (at & 255)


cdef inline void put_number(
    const Board* board, float number, const Frame* frame, float* out
) noexcept nogil:
    """Write a number at each point of the board."""
    cdef int area = frame.height * frame.width
    cdef int columns = board.height if frame.is_transposed else board.width
    cdef int row
    if board.width * board.height == area:
        fill(out, number, area)
        return
    for row in range(board.width if frame.is_transposed else board.height):
        fill(out + row * frame.width, number, columns)


cdef void put_sets(
    const Board* board, uint64_t[NUM_SETS][WORDS] sets, const Frame* frame, float* out
) noexcept nogil:
    """Write the ones of planes 1 to 6 at the frame's indices; `out` is plane 0.

    A chain with more than three liberties has no plane for their number. Its stones write a one
    into plane 0, which is one at every point, so that no branch is needed.
    """
    cdef int area = frame.height * frame.width
    cdef int word, stone, at
    cdef uint64_t points, others, odd, above_one
    cdef float* by_colour[2]
    cdef float* by_liberties[4]
    cdef const int* target = frame.target
    by_colour[0], by_colour[1] = out + area, out + 2 * area
    by_liberties[0] = out
    by_liberties[1], by_liberties[2] = out + 3 * area, out + 4 * area
    by_liberties[3] = out + 5 * area
    for word in range(1, board.num_words + 1):
        others = sets[1][word]
        odd = sets[2][word] | sets[4][word]
        above_one = sets[3][word] | sets[4][word]
        points = sets[0][word] | others
        while points:
            stone = lowest_bit(points)
            at = target[stone]
            by_colour[others >> stone & 1][at] = 1
            by_liberties[(odd >> stone & 1) + 2 * (above_one >> stone & 1)][at] = 1
            points &= points - 1
        points = sets[5][word]
        while points:
            out[6 * area + target[lowest_bit(points)]] = 1
            points &= points - 1
        target += 64


cdef uint64_t planes_key(const State* state, const uint64_t* legal) noexcept nogil:
    """All that the planes of a position show, hashed to one number, never 0.

    That is its size, stones, player to move, komi, last moves, and legal points. Liberties follow
    from the stones.

    Args:
        legal: the set of points where a stone is legal; the pass may be in it.
    """
    cdef uint64_t key = state.board.hash
    cdef int back, word
    key = mixed(key, state.board.width | state.board.height << 8 | state.to_play << 16)
    key = mixed(key, <uint64_t>state.rules.half_komi)
    for back in range(NUM_LAST_MOVES):
        key = mixed(key, <uint64_t>(state_last_move(state, back) + 1))
    for word in range(1, state.board.num_words + 1):
        key = mixed(key, legal[word])
    return mixed(key, 0) or 1


def planes(Position position not None, int frame_height=0, int frame_width=0, int symmetry=0):
    """Return the planes that a net sees of a position, float32 `[14, H, W]`.

    Args:
        frame_height, frame_width: H and W; 0 for the board's own. A larger frame holds the board at
            its top left.
        symmetry: how to turn the board, a number of `symmetries.py`.

    Raises:
        ValueError: the frame is smaller than the board, or the board lacks the symmetry.
    """
    cdef int height = frame_height or position.state.board.height
    cdef int width = frame_width or position.state.board.width
    check_fit(&position.state.board, height, width)
    out = np.empty((NUM_PLANES, height, width), np.float32)
    write_planes(position, out, symmetry)
    return out


cdef tuple pack_planes(
    const State* state, const uint64_t* legal, Liberties* liberties, const Frame* frame
):
    """What `packed_planes` returns, of a position whose legal points are known.

    Args:
        legal, liberties: as in `state_floats`.
        frame: with a target.
    """
    packed = np.zeros((NUM_BINARY_PLANES * frame.height * frame.width + 7) // 8, np.uint8)
    numbers = np.empty(NUM_GLOBAL_PLANES, np.float32)
    cdef uint8_t[::1] bits = packed
    cdef float[::1] others = numbers
    state_bits(state, legal, liberties, frame, &bits[0])
    others[0] = komi_of(state)
    others[1] = state_last_move(state, 0) == state.board.width * state.board.height
    return packed, numbers


def packed_planes(Position position not None, int frame_height, int frame_width):
    """Return the planes of a position as datasets hold them.

    Returns:
        the binary planes, uint8 `[P]` as by `numpy.packbits`, P = 12·H·W / 8 rounded up;
        the numbers that fill the global planes, float32 `[2]`.

    Raises:
        ValueError: the frame is smaller than the board.
    """
    cdef const State* state = position.state
    cdef uint64_t[WORDS] legal
    cdef int[MAX_POINTS] target
    cdef Liberties liberties
    cdef Frame frame
    check_fit(&state.board, frame_height, frame_width)
    with nogil:
        lay_out(target, state.board.height, state.board.width, frame_width, 0)
        frame = Frame(frame_height, frame_width, False, &target[0])
        memset(&liberties, 0, sizeof(liberties))
        state_legal_points(state, legal)
    return pack_planes(state, legal, &liberties, &frame)


def write_planes(Position position not None, out, int symmetry=0):
    """Write the planes of a position into an array.

    Args:
        out: contiguous float32 `[14, H, W]`, in a frame of the board's size or more.
        symmetry: how to turn the board, a number of `symmetries.py`.

    Raises:
        ValueError: `out` has the wrong shape, type or layout, or the board lacks the symmetry.
    """
    cdef float[:, :, ::1] view
    cdef uint64_t[WORDS] legal
    cdef int[MAX_POINTS] target
    cdef Liberties liberties
    cdef Frame frame
    cdef int height = position.state.board.height, width = position.state.board.width
    out = plain(out)
    if not isinstance(out, np.ndarray) or out.dtype != np.float32 or not out.flags.c_contiguous:
        raise ValueError(f"out {type(out).__name__}: wanted a contiguous float32 array")
    if out.ndim != 3 or out.shape[0] != NUM_PLANES:
        raise ValueError(f"out of shape {out.shape}: wanted ({NUM_PLANES}, H, W)")
    check_fit(&position.state.board, out.shape[1], out.shape[2])
    check_symmetry(symmetry, height, width)
    view = out
    frame = Frame(view.shape[1], view.shape[2], symmetry & 4, NULL)
    if symmetry or view.shape[1] != height or view.shape[2] != width:
        lay_out(target, height, width, view.shape[2], symmetry)
        frame.target = &target[0]
    with nogil:
        memset(&liberties, 0, sizeof(liberties))
        state_legal_points(position.state, legal)
        state_floats(position.state, legal, &liberties, &frame, &view[0, 0, 0])
