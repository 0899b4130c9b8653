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
    EMPTY,
    MAX_CELLS,
    MAX_POINTS,
    POINT_OF,
    WHITE,
    Cell,
    board_liberties,
)
from engine.position cimport Position
from engine.state cimport State, state_stones, state_last_move

NUM_BINARY_PLANES = BINARY
NUM_GLOBAL_PLANES = GLOBAL
NUM_PLANES = PLANES
KOMI_SCALE = 20.0
cdef enum:
    NUM_LAST = 5


cdef void state_planes(
    const State* state, float* out, int frame_height, int frame_width, int symmetry
) noexcept nogil:
    """Write `[C, H, W]` for a frame at least as large as the board.

    Args:
        symmetry: 0 to 7, transposing ones for square boards alone; the board is transformed,
            then laid at the frame's top left.
    """
    cdef const Cell* cells = state.board.cells
    cdef int width = state.board.width, height = state.board.height
    cdef int area = frame_height * frame_width
    cdef int[MAX_POINTS] target
    cdef uint8_t[MAX_CELLS] liberties
    cdef uint8_t[MAX_POINTS] legal
    cdef uint16_t[4] found
    cdef int row, column, move, point, head, at, back
    cdef bint passed = state_last_move(state, 0) == width * height
    cdef float komi = (state.half_komi if state.to_play == WHITE else -state.half_komi) / 40.0
    memset(out, 0, PLANES * area * sizeof(float))
    memset(liberties, 0, state.board.num_cells)
    state_stones(state, legal)
    for row in range(height):
        for column in range(width):
            move = row * width + column
            at = transformed(row, column, height, width, symmetry)
            at = (at >> 8) * frame_width + (at & 255)
            target[move] = at
            point = POINT_OF[width][move]
            out[at] = 1
            out[12 * area + at] = komi
            if passed:
                out[13 * area + at] = 1
            if cells[point].colour == EMPTY:
                out[6 * area + at] = not legal[move]
                continue
            out[(1 if cells[point].colour == state.to_play else 2) * area + at] = 1
            head = cells[point].chain
            if liberties[head] == 0:
                liberties[head] = board_liberties(&state.board, head, found, 4)
            if liberties[head] <= 3:
                out[(2 + liberties[head]) * area + at] = 1
    for back in range(NUM_LAST):
        move = state_last_move(state, back)
        if 0 <= move < width * height:
            out[(7 + back) * area + target[move]] = 1


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
