"""The door between Python and State: rules, boards, moves and points, checked and turned into C.

Functions of state.pyx trust their arguments; these do not.
"""

from cpython.long cimport PyLong_AsLongAndOverflow
from cpython.number cimport PyNumber_Index
from libc.string cimport memset

import numpy as np

from insei.engine.board cimport (
    EMPTY,
    MAX_POINTS,
    POINT_OF,
    WHITE,
    Cell,
    board_find_ataris,
    board_put,
    pseudo_liberties_of,
)
from insei.engine.reading.territory cimport board_dead
from insei.engine.state cimport NO_CAPTURE_GOAL, StateRules, state_new

from insei.engine.rules import COLOUR_NAMES, KO_RULES, Rules
from insei.engine.vertex import name_of_point


cdef State* new_state(rules) except NULL:
    """An empty board under `rules`, Black to play.

    Raises:
        ValueError: `rules` is not a Rules.
    """
    if not isinstance(rules, Rules):
        raise ValueError(f"rules {rules!r}: wanted a Rules")
    cdef StateRules as_numbers = StateRules(
        ko_rule=KO_RULES.index(rules.ko),
        suicide=rules.suicide,
        captures_to_win=rules.captures_to_win or NO_CAPTURE_GOAL,
        half_komi=int(2 * rules.komi),
        territory=rules.scoring == "territory",
        pass_stones=rules.pass_stones,
    )
    cdef State* state = state_new(rules.width, rules.height, as_numbers)
    if state == NULL:
        raise MemoryError
    return state


cdef int set_up(State* state, board) except -1:
    """Put the stones of `board`, an array `[H, W]` of 0, 1, 2, on an empty board.

    Raises:
        ValueError: `board` has another shape, other values, or a chain without liberties.
    """
    cdef Cell* cells = state.board.cells
    cdef int width = state.board.width, height = state.board.height
    cdef int move, point
    if board.shape != (height, width) or board.dtype.kind not in "iu":
        raise ValueError(
            f"board of shape {board.shape} and type {board.dtype}: wanted integers "
            f"{(height, width)}"
        )
    if board.min() < EMPTY or board.max() > WHITE:
        raise ValueError(f"board holds {board.min()} to {board.max()}: wanted 0, 1 and 2")
    for move, colour in enumerate(board.flat):
        if colour:
            board_put(&state.board, POINT_OF[width][move], colour)
    for move in range(width * height):
        point = POINT_OF[width][move]
        if cells[point].colour == EMPTY:
            continue
        if pseudo_liberties_of(&state.board, cells[point].chain) == 0:
            raise ValueError(
                f"the {COLOUR_NAMES[cells[point].colour]} chain at "
                f"{name_of_point(move, width, height)} has no liberty: wanted a legal board"
            )
    board_find_ataris(&state.board)
    return 0


cdef int move_number(move) except? -2:
    """A move as a C number; -1 for one below 0 or above every board's pass.

    Raises:
        TypeError: `move` is not an integer.
    """
    cdef int overflow
    cdef long number = PyLong_AsLongAndOverflow(PyNumber_Index(move), &overflow)
    return number if not overflow and 0 <= number <= MAX_POINTS else -1


cdef int cell_of(const State* state, int point) except -1:
    """The cell of a point that is named by its number from 0.

    Raises:
        ValueError: it is off the board.
    """
    cdef int num_points = state.board.width * state.board.height
    if not 0 <= point < num_points:
        raise ValueError(f"point {point}: wanted 0 to {num_points - 1}")
    return POINT_OF[state.board.width][point]


cdef int mark_dead(const State* state, dead, uint8_t* marks) except -1:
    """Mark the dead stones in `[num_cells]`, whole chains by one stone of each.

    Args:
        dead: points; None for what the rules take for dead.

    Raises:
        ValueError: a point is empty or off the board.
    """
    cdef const Cell* cells = state.board.cells
    cdef int start, stone
    memset(marks, 0, state.board.num_cells)
    if dead is None:
        if state.rules.territory:
            board_dead(&state.board, state.rules.suicide, marks)
        return 0
    for point in dead:
        start = stone = cell_of(state, point)
        if cells[start].colour == EMPTY:
            raise ValueError(f"point {point} is empty: wanted a stone to be dead")
        while True:
            marks[stone] = 1
            stone = cells[stone].next
            if stone == start:
                break
    return 0


cdef by_point(const State* state, const uint8_t* cells):
    """The entries of `[num_cells]` that are points, as an array uint8 `[H, W]`."""
    cdef int width = state.board.width, height = state.board.height
    cdef int move
    points = np.empty(width * height, np.uint8)
    cdef uint8_t[::1] view = points
    for move in range(width * height):
        view[move] = cells[POINT_OF[width][move]]
    return points.reshape(height, width)
