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

from libc.stdint cimport uint8_t, uint16_t
from libc.string cimport memset

import numpy as np

from engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    MAX_POINTS,
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
cdef uint16_t[MAX_POINTS] IN_ORDER
cdef uint8_t[256] SHOWN  # by liberties: 1 for few and nothing for many, and the plane less 3, * 2


cdef void fill_tables() noexcept:
    cdef int move
    for move in range(MAX_POINTS):
        IN_ORDER[move] = move
    SHOWN[1], SHOWN[2], SHOWN[3] = 1, 3, 5


fill_tables()


cdef void state_planes(
    const State* state, float* out, int frame_height, int frame_width, int symmetry
) noexcept nogil:
    """Write `[C, H, W]` for a frame at least as large as the board.

    Args:
        symmetry: 0 to 7, transposing ones for square boards alone; the board is transformed,
            then laid at the frame's top left.
    """
    cdef const Board* board = &state.board
    cdef const Cell* cells = board.cells
    cdef const uint16_t* point_of = POINT_OF[board.width]
    cdef int num_points = board.width * board.height
    cdef int area = frame_height * frame_width
    cdef int rows = board.width if symmetry & 4 else board.height
    cdef int columns = board.height if symmetry & 4 else board.width
    cdef uint16_t[MAX_POINTS] targets
    cdef const uint16_t* target = IN_ORDER
    cdef uint8_t[MAX_CELLS] liberties
    cdef uint8_t[MAX_POINTS] legal
    cdef float* planes_of[3]  # by colour: where stones of it stand, where an empty point is banned
    cdef float komi = (state.half_komi if state.to_play == WHITE else -state.half_komi) / 40.0
    cdef int row, move, colour, back, shown
    cdef const Cell* cell
    planes_of[EMPTY] = out + 6 * area
    planes_of[state.to_play] = out + area
    planes_of[BLACK + WHITE - state.to_play] = out + 2 * area
    memset(out, 0, PLANES * area * sizeof(float))
    for row in range(rows):
        fill(out + row * frame_width, 1, columns)
        fill(out + 12 * area + row * frame_width, komi, columns)
        if state_last_move(state, 0) == num_points:
            fill(out + 13 * area + row * frame_width, 1, columns)
    if symmetry or frame_width != board.width:
        lay_out(targets, board.height, board.width, frame_width, symmetry)
        target = targets
    count_liberties(board, liberties)
    state_stones(state, legal)
    # Each point is written in two planes without a branch: stones and liberties, which are nothing
    # where a chain has four and more, or where there is no stone.
    for move in range(num_points):
        cell = &cells[point_of[move]]
        colour = cell.colour
        planes_of[colour][target[move]] = 1 - legal[move]
        shown = SHOWN[liberties[cell.chain] if colour else 0]
        out[(3 + (shown >> 1)) * area + target[move]] = shown & 1
    for back in range(NUM_LAST):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            out[(7 + back) * area + target[move]] = 1


cdef inline void fill(float* out, float value, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        out[i] = value


cdef void lay_out(
    uint16_t* target, int height, int width, int frame_width, int symmetry
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


def planes(Position position, int frame_height=0, int frame_width=0, int symmetry=0):
    """Return the planes of `position`, float32 `[C, H, W]`, in a frame of the board's size or more.

    Raises:
        ValueError: the frame is smaller than the board, or the symmetry does not fit its shape.
    """
    rules = position.rules
    out = np.empty((PLANES, frame_height or rules.height, frame_width or rules.width), np.float32)
    write_planes(position, out, symmetry)
    return out


def write_planes(Position position, out, int symmetry=0):
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
