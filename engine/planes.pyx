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

from libc.stdint cimport uint8_t, uint16_t, uint64_t
from libc.string cimport memset

import numpy as np

from engine.board cimport (
    MAX_POINTS,
    MOVE_AT,
    POINT_OF,
    WHITE,
    WORDS,
    Board,
    Cell,
    board_liberties,
    liberties_of,
    lowest_bit,
    neighbours,
    opponent_of,
    size_of,
)
from engine.position cimport Position
from engine.state cimport State, state_last_move, state_stones

cdef extern from *:
    int count_bits "__builtin_popcountll"(unsigned long long bits) noexcept nogil

cdef extern from "engine/spread.h":
    void spread_bytes(const uint64_t* words, int count, uint8_t* out) noexcept nogil
    void spread_floats(const uint64_t* words, int count, float* out) noexcept nogil

NUM_BINARY_PLANES = BINARY
NUM_GLOBAL_PLANES = GLOBAL
NUM_PLANES = PLANES
KOMI_SCALE = 20.0
cdef enum:
    NUM_LAST = 5


cdef void find_liberties(const Board* board, uint64_t* two, uint64_t* three) noexcept nogil:
    """Add the stones of chains with two and with three liberties to sets of points."""
    cdef const Cell* cells = board.cells
    cdef const uint16_t* point_of = POINT_OF[board.width]
    cdef uint16_t[4] found
    cdef uint64_t[WORDS] chain
    cdef uint64_t stones
    cdef int word, point, liberties
    for word in range(1, board.num_words + 1):
        stones = (board.stones[0][word] | board.stones[1][word]) & ~board.atari[word]
        while stones:
            point = point_of[64 * (word - 1) + lowest_bit(stones)]
            stones &= stones - 1
            if cells[point].chain != point:
                continue
            liberties = liberties_of(board, point)
            # No empty point has more than four stones beside it, and none two of a pair.
            if liberties > 12:
                continue
            if size_of(board, point) > 2:
                if board.num_words <= 2:
                    memset(chain, 0, sizeof(chain))
                    add_chain(board, point, chain)
                    liberties = count_bits(board.empty[1] & neighbours(board, chain, 1))
                    liberties += count_bits(board.empty[2] & neighbours(board, chain, 2))
                else:  # many words would cost more than a walk
                    liberties = board_liberties(board, point, found, 4)
            if liberties == 2:
                add_chain(board, point, two)
            elif liberties == 3:
                add_chain(board, point, three)


cdef inline void add_chain(const Board* board, int head, uint64_t* points) noexcept nogil:
    cdef const uint16_t* move_at = MOVE_AT[board.width]
    cdef int stone = head, move
    while True:
        move = move_at[stone]
        points[1 + (move >> 6)] |= <uint64_t>1 << (move & 63)
        stone = board.cells[stone].next
        if stone == head:
            break


cdef void state_features(
    const State* state, const uint64_t* legal, uint64_t[BINARY][WORDS] features
) noexcept nogil:
    """Find the binary planes as sets of points, `legal` being where a stone is."""
    cdef const Board* board = &state.board
    cdef int num_points = board.width * board.height
    cdef int word, back, move
    memset(features, 0, BINARY * WORDS * sizeof(uint64_t))
    for word in range(1, board.num_words + 1):
        features[1][word] = board.stones[state.to_play - 1][word]
        features[2][word] = board.stones[opponent_of(state.to_play) - 1][word]
        features[3][word] = board.atari[word]
        features[6][word] = board.empty[word] & ~legal[word]
        features[0][word] = features[1][word] | features[2][word] | board.empty[word]
    find_liberties(board, features[4], features[5])
    for back in range(NUM_LAST):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            features[7 + back][1 + (move >> 6)] = <uint64_t>1 << (move & 63)


cdef void state_bytes(const State* state, const uint64_t* legal, uint8_t* out) noexcept nogil:
    """Write the binary planes as bytes, `[12, H, W]` of the board's size."""
    cdef uint64_t[BINARY][WORDS] features
    cdef int num_points = state.board.width * state.board.height
    cdef int plane
    state_features(state, legal, features)
    for plane in range(BINARY):
        spread_bytes(features[plane] + 1, num_points, out + plane * num_points)


cdef void state_planes(
    const State* state, float* out, int frame_height, int frame_width, int symmetry
) noexcept nogil:
    """Write `[C, H, W]` for a frame at least as large as the board.

    Args:
        symmetry: 0 to 7, transposing ones for square boards alone; the board is transformed,
            then laid at the frame's top left.
    """
    cdef uint64_t[WORDS] legal
    state_stones(state, legal)
    state_floats(state, legal, out, frame_height, frame_width, symmetry)


cdef void write_state_planes(
    const State* state,
    float* out,
    int frame_height,
    int frame_width,
    bint is_transposed,
    const int* target,
    const uint8_t* legal,
) noexcept nogil:
    """Write `[C, H, W]` where the symmetry and the legal moves are known already.

    Args:
        is_transposed: whether the board lies in the frame with its width and height swapped.
        target: where each point lies in the frame, `[H·W]` of the board.
        legal: whether a stone is legal at each point, `[H·W]` of the board.
    """
    cdef const Board* board = &state.board
    cdef const uint16_t* move_at = MOVE_AT[board.width]
    cdef uint64_t[WORDS] found
    cdef uint64_t[BINARY][WORDS] features
    cdef int entry, move
    memset(found, 0, sizeof(found))
    for entry in range(board.num_empty):
        move = move_at[board.cells[entry].empty]
        found[1 + (move >> 6)] |= <uint64_t>legal[move] << (move & 63)
    state_features(state, found, features)
    write_features(state, features, out, frame_height, frame_width, is_transposed, target)


cdef void state_floats(
    const State* state,
    const uint64_t* legal,
    float* out,
    int frame_height,
    int frame_width,
    int symmetry,
) noexcept nogil:
    """`state_planes` where it is known what is `legal`."""
    cdef const Board* board = &state.board
    cdef int num_points = board.width * board.height
    cdef int area = frame_height * frame_width
    cdef uint64_t[BINARY][WORDS] features
    cdef int[MAX_POINTS] target
    cdef int plane
    state_features(state, legal, features)
    if symmetry == 0 and area == num_points:
        for plane in range(BINARY):
            spread_floats(features[plane] + 1, num_points, out + plane * area)
        fill(out + 12 * area, komi_of(state), area)
        fill(out + 13 * area, state_last_move(state, 0) == num_points, area)
        return
    lay_out(target, board.height, board.width, frame_width, symmetry)
    write_features(state, features, out, frame_height, frame_width, symmetry & 4, target)


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


cdef void write_features(
    const State* state,
    uint64_t[BINARY][WORDS] features,
    float* out,
    int frame_height,
    int frame_width,
    bint is_transposed,
    const int* target,
) noexcept nogil:
    """Write `[C, H, W]` point by point, as `write_state_planes`."""
    cdef const Board* board = &state.board
    cdef int area = frame_height * frame_width
    cdef int rows = board.width if is_transposed else board.height
    cdef int columns = board.height if is_transposed else board.width
    cdef float passed = state_last_move(state, 0) == board.width * board.height
    cdef int plane, row, word, move
    cdef uint64_t points
    memset(out, 0, PLANES * area * sizeof(float))
    for row in range(rows):
        fill(out + row * frame_width, 1, columns)
        fill(out + 12 * area + row * frame_width, komi_of(state), columns)
        fill(out + 13 * area + row * frame_width, passed, columns)
    for plane in range(1, BINARY):
        for word in range(1, board.num_words + 1):
            points = features[plane][word]
            while points:
                move = 64 * (word - 1) + lowest_bit(points)
                out[plane * area + target[move]] = 1
                points &= points - 1


def planes(Position position not None, int frame_height=0, int frame_width=0, int symmetry=0):
    """Return the planes of `position`, float32 `[C, H, W]`, in a frame of the board's size or more.

    Raises:
        ValueError: the frame is smaller than the board, or the symmetry does not fit its shape.
    """
    rules = position.rules
    out = np.empty((PLANES, frame_height or rules.height, frame_width or rules.width), np.float32)
    write_planes(position, out, symmetry)
    return out


def write_planes(Position position not None, out, int symmetry=0):
    """Write the planes of `position` into `out`, contiguous float32 `[C, H, W]`.

    Raises:
        ValueError: `out` has another shape, type or layout, or the symmetry does not fit.
    """
    cdef float[:, :, ::1] view
    rules = position.rules
    if not isinstance(out, np.ndarray) or out.dtype != np.float32 or not out.flags.c_contiguous:
        raise ValueError(f"out {type(out).__name__}: wanted a contiguous float32 array")
    if out.ndim != 3 or out.shape[0] != PLANES:
        raise ValueError(f"out of shape {out.shape}: wanted ({PLANES}, H, W)")
    if out.shape[1] < rules.height or out.shape[2] < rules.width:
        raise ValueError(f"frame {out.shape[2]}x{out.shape[1]}: wanted {rules.size_name} or more")
    if not 0 <= symmetry < (8 if rules.width == rules.height else 4):
        raise ValueError(f"symmetry {symmetry}: wanted 0 to 7, to 3 where a board is not square")
    view = out
    state_planes(position.state, &view[0, 0, 0], out.shape[1], out.shape[2], symmetry)
