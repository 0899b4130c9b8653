"""The planes that a net sees: what a position looks like to the player to move.

Planes 0 to 11 are zero or one, planes 12 and 13 the same number at each point of the board; off
the board, in a frame larger than it, all are zero. The board lies at the frame's top left.

====== ============================================================
0      on the board
1, 2   stones of the player to move, and of the opponent
3-5    stones of chains with one, two, three liberties
6      empty points where the rules forbid a stone: ko, superko, suicide
7-11   the last move, the one before it, and so on to the fifth last
12     komi as the player to move sees it, / 20: White receives it
13     one if the last move was a pass
====== ============================================================

Liberties, bans and last moves are features that AlphaGo (Silver et al. 2016) and KataGo (Wu 2019)
give their nets; the history boards of AlphaGo Zero are left out, for what they tell is in planes
6 to 11.
"""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memset

import numpy as np

from insei.engine.board cimport MAX_POINTS, WHITE, WORDS, Board, lowest_bit, opponent_of
from insei.engine.reading.liberties cimport Liberties, liberties_update
from insei.engine.position cimport Position
from insei.engine.state cimport State, state_last_move, state_stones

from insei.engine.rules import Rules

cdef extern from "insei/engine/spread.h":
    void spread_bytes(const uint64_t* words, int count, uint8_t* out) noexcept nogil
    void spread_floats(const uint64_t* words, int count, float* out) noexcept nogil

NUM_BINARY_PLANES = BINARY
NUM_GLOBAL_PLANES = GLOBAL
NUM_PLANES = PLANES
KOMI_SCALE = 20.0
cdef enum:
    FEATURES = 6  # planes 1 to 6
    NUM_LAST = 5


cdef void find_features(
    const State* state, const uint64_t* legal, Liberties* known, uint64_t[FEATURES][WORDS] features
) noexcept nogil:
    """Find planes 1 to 6 as sets of points, their first and last word left as they are."""
    cdef const Board* board = &state.board
    cdef int word
    liberties_update(known, board)
    for word in range(1, board.num_words + 1):
        features[0][word] = board.stones[state.to_play - 1][word]
        features[1][word] = board.stones[opponent_of(state.to_play) - 1][word]
        features[2][word] = board.atari[word]
        features[3][word] = known.words[word].two
        features[4][word] = known.words[word].three
        features[5][word] = board.empty[word] & ~legal[word]


cdef void state_bytes(
    const State* state, const uint64_t* legal, Liberties* known, uint8_t* out
) noexcept nogil:
    """Write the binary planes as bytes, `[12, H, W]` of the board's size; see `state_floats`."""
    cdef uint64_t[FEATURES][WORDS] features
    cdef int num_points = state.board.width * state.board.height
    cdef int plane, back, move
    find_features(state, legal, known, features)
    memset(out, 1, num_points)
    for plane in range(FEATURES):
        spread_bytes(features[plane] + 1, num_points, out + (1 + plane) * num_points)
    memset(out + 7 * num_points, 0, NUM_LAST * num_points)
    for back in range(NUM_LAST):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            out[(7 + back) * num_points + move] = 1


cdef void state_bits(
    const State* state, const uint64_t* legal, Liberties* known, const Frame* frame, uint8_t* out
) noexcept nogil:
    """Set the bits of the binary planes, first in a byte the highest; `out` is all zero before."""
    cdef uint64_t[FEATURES][WORDS] features
    cdef const int* target = frame.target
    cdef int num_points = state.board.width * state.board.height
    cdef int area = frame.height * frame.width
    cdef int plane, word, back, move
    cdef uint64_t points
    find_features(state, legal, known, features)
    for move in range(num_points):
        set_bit(out, target[move])
    for plane in range(FEATURES):
        for word in range(state.board.num_words):
            points = features[plane][1 + word]
            while points:
                set_bit(out, (1 + plane) * area + target[64 * word + lowest_bit(points)])
                points &= points - 1
    for back in range(NUM_LAST):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            set_bit(out, (1 + FEATURES + back) * area + target[move])


cdef inline void set_bit(uint8_t* out, int at) noexcept nogil:
    out[at >> 3] |= 0x80 >> (at & 7)


cdef void state_floats(
    const State* state, const uint64_t* legal, Liberties* known, const Frame* frame, float* out
) noexcept nogil:
    """Write all planes, `[C, H, W]` of the frame.

    Args:
        legal: the set of points where a stone is legal, as `state_stones` finds it.
        known: of any position of this board's size, or all zero; left as of this one.
    """
    cdef const Board* board = &state.board
    cdef const int* target = frame.target
    cdef int num_points = board.width * board.height
    cdef int area = frame.height * frame.width
    cdef float passed = state_last_move(state, 0) == num_points
    cdef uint64_t[FEATURES][WORDS] features
    cdef int plane, back, move
    find_features(state, legal, known, features)
    if target == NULL:
        for plane in range(FEATURES):
            spread_floats(features[plane] + 1, num_points, out + (1 + plane) * area)
        memset(out + 7 * area, 0, NUM_LAST * area * sizeof(float))
    else:
        memset(out, 0, PLANES * area * sizeof(float))
        put_features(board, features, frame, out)
    for back in range(NUM_LAST):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            out[(7 + back) * area + (target[move] if target != NULL else move)] = 1
    put_number(board, 1, frame, out)
    put_number(board, komi_of(state), frame, out + 12 * area)
    put_number(board, passed, frame, out + 13 * area)


cdef inline float komi_of(const State* state) noexcept nogil:
    return (state.half_komi if state.to_play == WHITE else -state.half_komi) / 40.0


cdef inline void fill(float* out, float value, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        out[i] = value


cdef void lay_out(
    int* target, int height, int width, int frame_width, int symmetry
) noexcept nogil:
    """Where each move lies in the frame, `[H·W]`."""
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


cdef void put_features(
    const Board* board, uint64_t[FEATURES][WORDS] features, const Frame* frame, float* out
) noexcept nogil:
    """Write the ones of planes 1 to 6 where a symmetry or a frame moves them; `out` is plane 0.

    A stone of a chain with more liberties has no plane for their number: it writes its one into
    plane 0, where there is one at each point.
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
        others = features[1][word]
        odd = features[2][word] | features[4][word]
        above_one = features[3][word] | features[4][word]
        points = features[0][word] | others
        while points:
            stone = lowest_bit(points)
            at = target[stone]
            by_colour[others >> stone & 1][at] = 1
            by_liberties[(odd >> stone & 1) + 2 * (above_one >> stone & 1)][at] = 1
            points &= points - 1
        points = features[5][word]
        while points:
            out[6 * area + target[lowest_bit(points)]] = 1
            points &= points - 1
        target += 64


def check_frame(rules, int height, int width):
    """Refuse a frame of planes that can't hold a board.

    Raises:
        ValueError: it is smaller than the board, or longer than 1000 on a side.
    """
    if not isinstance(rules, Rules):
        raise ValueError(f"rules {rules!r}: wanted a Rules")
    if not (rules.height <= height <= 1000 and rules.width <= width <= 1000):
        raise ValueError(f"frame {width}x{height}: wanted {rules.size_name} or more, to 1000")


def planes(Position position not None, int frame_height=0, int frame_width=0, int symmetry=0):
    """Return the planes of `position`, float32 `[C, H, W]`, in a frame of the board's size or more.

    Raises:
        ValueError: the frame is smaller than the board, or the symmetry does not fit its shape.
    """
    rules = position.rules
    height, width = frame_height or rules.height, frame_width or rules.width
    check_frame(rules, height, width)
    out = np.empty((PLANES, height, width), np.float32)
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
    packed = np.zeros((BINARY * frame.height * frame.width + 7) // 8, np.uint8)
    numbers = np.empty(GLOBAL, np.float32)
    cdef uint8_t[::1] bits = packed
    cdef float[::1] others = numbers
    state_bits(state, legal, liberties, frame, &bits[0])
    others[0] = komi_of(state)
    others[1] = state_last_move(state, 0) == state.board.width * state.board.height
    return packed, numbers


def packed_planes(Position position not None, int frame_height, int frame_width):
    """Return the planes of `position` as they are kept: eight bits a byte, and the numbers.

    Returns:
        the binary planes, uint8 `[P]` as `numpy.packbits` makes of them, P = 12·H·W / 8 rounded up;
        what fills the others, float32 `[G]`.

    Raises:
        ValueError: the frame is smaller than the board.
    """
    cdef const State* state = position.state
    cdef uint64_t[WORDS] legal
    cdef int[MAX_POINTS] target
    cdef Liberties known
    cdef Frame frame
    check_frame(position.rules, frame_height, frame_width)
    with nogil:
        lay_out(target, state.board.height, state.board.width, frame_width, 0)
        frame = Frame(frame_height, frame_width, False, &target[0])
        memset(&known, 0, sizeof(known))
        state_stones(state, legal)
    return pack_planes(state, legal, &known, &frame)


def write_planes(Position position not None, out, int symmetry=0):
    """Write the planes of `position` into `out`, contiguous float32 `[C, H, W]`.

    Raises:
        ValueError: `out` has another shape, type or layout, or the symmetry does not fit.
    """
    cdef float[:, :, ::1] view
    cdef uint64_t[WORDS] legal
    cdef int[MAX_POINTS] target
    cdef Liberties known
    cdef Frame frame
    rules = position.rules
    if not isinstance(out, np.ndarray) or out.dtype != np.float32 or not out.flags.c_contiguous:
        raise ValueError(f"out {type(out).__name__}: wanted a contiguous float32 array")
    if out.ndim != 3 or out.shape[0] != PLANES:
        raise ValueError(f"out of shape {out.shape}: wanted ({PLANES}, H, W)")
    check_frame(rules, out.shape[1], out.shape[2])
    if not 0 <= symmetry < (8 if rules.width == rules.height else 4):
        raise ValueError(f"symmetry {symmetry}: wanted 0 to 7, to 3 where a board is not square")
    view = out
    frame = Frame(view.shape[1], view.shape[2], symmetry & 4, NULL)
    if symmetry or view.shape[1] != rules.height or view.shape[2] != rules.width:
        lay_out(target, rules.height, rules.width, view.shape[2], symmetry)
        frame.target = &target[0]
    with nogil:
        memset(&known, 0, sizeof(known))
        state_stones(position.state, legal)
        state_floats(position.state, legal, &known, &frame, &view[0, 0, 0])
