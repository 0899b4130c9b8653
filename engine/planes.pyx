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
    BLACK,
    MAX_CELLS,
    MAX_POINTS,
    MOVE_AT,
    POINT_OF,
    WHITE,
    Board,
    Cell,
)
from engine.position cimport Position
from engine.state cimport State, state_stones, state_last_move

NUM_BINARY_PLANES = BINARY
NUM_GLOBAL_PLANES = GLOBAL
NUM_PLANES = PLANES
KOMI_SCALE = 20.0
cdef enum:
    NUM_LAST = 5
cdef uint8_t[256] SHOWN  # by liberties: 1 for few and nothing for many, and the plane less 3, * 2
SHOWN[1], SHOWN[2], SHOWN[3] = 1, 3, 5

cdef extern from *:
    int lowest_bit "__builtin_ctzll"(unsigned long long bits) noexcept nogil


cdef void state_planes(
    const State* state, float* out, int frame_height, int frame_width, int symmetry
) noexcept nogil:
    """Write `[C, H, W]` for a frame at least as large as the board.

    Args:
        symmetry: 0 to 7, transposing ones for square boards alone; the board is transformed,
            then laid at the frame's top left.
    """
    cdef int[MAX_POINTS] target
    cdef uint8_t[MAX_POINTS] legal
    lay_out(target, state.board.height, state.board.width, frame_width, symmetry)
    state_stones(state, legal)
    write_state_planes(state, out, frame_height, frame_width, symmetry & 4, target, legal)


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
    cdef int area = frame_height * frame_width
    cdef int rows = board.width if is_transposed else board.height
    cdef int columns = board.height if is_transposed else board.width
    cdef float komi = (state.half_komi if state.to_play == WHITE else -state.half_komi) / 40.0
    cdef int num_points = board.width * board.height
    cdef bint has_passed = state_last_move(state, 0) == num_points
    cdef int row, move, back
    memset(out, 0, PLANES * area * sizeof(float))
    for row in range(rows):
        fill(out + row * frame_width, 1, columns)
        fill(out + 12 * area + row * frame_width, komi, columns)
        if has_passed:
            fill(out + 13 * area + row * frame_width, 1, columns)
    write_points(board, state.to_play, out, area, target, legal)
    for back in range(NUM_LAST):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            out[(7 + back) * area + target[move]] = 1


cdef inline void fill(float* out, float value, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        out[i] = value


cdef void write_points(
    const Board* board,
    int to_play,
    float* out,
    int area,
    const int* target,
    const uint8_t* legal,
) noexcept nogil:
    """Write planes 1 to 6, which are 0 yet: a look at each empty point, then at each stone."""
    cdef const Cell* cells = board.cells
    cdef const uint16_t* move_at = MOVE_AT[board.width]
    cdef float* stones_of[3]
    cdef uint8_t[MAX_CELLS] liberties
    cdef int entry, move, point, row, shown
    cdef uint64_t bits, of_row = (<uint64_t>1 << board.width) - 1
    stones_of[to_play] = out + area
    stones_of[BLACK + WHITE - to_play] = out + 2 * area
    count_liberties(board, liberties)
    for entry in range(board.num_empty):
        move = move_at[cells[entry].empty]
        if not legal[move]:
            out[6 * area + target[move]] = 1
    for row in range(board.height):
        point = (row + 1) * board.stride
        bits = board.empty[1 + (point >> 6)] >> (point & 63)
        bits |= board.empty[2 + (point >> 6)] << 1 << (63 - (point & 63))
        bits = ~bits & of_row
        while bits:
            move = row * board.width + lowest_bit(bits)
            bits &= bits - 1
            point = POINT_OF[board.width][move]
            stones_of[cells[point].colour][target[move]] = 1
            # No branch on the liberties: where they are many, nothing is written to plane 3.
            shown = SHOWN[liberties[cells[point].chain]]
            out[(3 + (shown >> 1)) * area + target[move]] = shown & 1


cdef void lay_out(
    int* target, int height, int width, int frame_width, int symmetry
) noexcept nogil:
    """Where each move lies in the frame, `[H·W]`."""
    cdef int row, column, at
    for row in range(height):
        for column in range(width):
            at = transformed(row, column, height, width, symmetry)
            target[row * width + column] = (at >> 8) * frame_width + (at & 255)


cdef void count_liberties(const Board* board, uint8_t* liberties) noexcept nogil:
    """Count the liberties of every chain by its head, `[num_cells]`; no chain has 256.

    Each empty point tells the chains around it, each once; entries of other cells mean nothing.
    """
    cdef const Cell* cells = board.cells
    cdef int stride = board.stride
    cdef int entry, point, a, b, c, d
    memset(liberties, 0, board.num_cells)
    for entry in range(board.num_empty):
        point = cells[entry].empty
        a = cells[point - stride].chain
        b = cells[point - 1].chain
        c = cells[point + 1].chain
        d = cells[point + stride].chain
        liberties[a] += 1
        liberties[b] += b != a
        liberties[c] += (c != a) & (c != b)
        liberties[d] += (d != a) & (d != b) & (d != c)


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
