"""The door between Python and State: rules, boards, moves and points, checked and turned into C.

Functions of state.pyx trust their arguments; these do not.
"""

from cpython.long cimport PyLong_AsLongAndOverflow
from cpython.number cimport PyNumber_Index
from libc.string cimport memset

import numpy as np

from insei.engine.board cimport (
    BLACK,
    EMPTY,
    MAX_POINTS,
    POINT_OF,
    WHITE,
    Board,
    Cell,
    board_find_ataris,
    board_put,
    pseudo_liberties_of,
)
from insei.engine.reading.territory cimport board_dead
from insei.engine.state cimport (
    NO_CAPTURE_GOAL,
    StateRules,
    state_allows,
    state_new,
    state_play,
)

from insei.engine.rules import COLOUR_NAMES, KO_RULES, Rules
from insei.engine.vertex import name_of_point


cdef int check_rules(rules) except -1:
    """Refuse what is not a Rules with valid values.

    Subclasses are refused: they could answer otherwise each time.

    Raises:
        ValueError: as `new_state`.
    """
    if type(rules) is not Rules:
        raise ValueError(f"rules {rules!r}: wanted a Rules")
    rules.__post_init__()
    return 0


cdef State* new_state(rules) except NULL:
    """An empty board under `rules`, Black to play.

    Raises:
        ValueError: `rules` is not a Rules, or holds what none may hold: pickle checks no values.
    """
    check_rules(rules)
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
    board = np.array(board)  # a copy, so that nobody changes it between the checks and the stones
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


cdef int replay(
    State* state, list moves, list movers, int passes, int to_play, int ko
) except -1:
    """Play the game of a pickle from `state`, where it began.

    Its players may have been changed, and its passes taken back, between any two moves.

    Args:
        moves, movers: by `numbers_of`.
        passes, to_play, ko: as the game stands at its end.

    Raises:
        ValueError: no game is so.
    """
    cdef int pass_move = state.board.width * state.board.height, move, trailing = 0
    if len(moves) != len(movers):
        raise ValueError(f"pickled game of {len(moves)} moves by {len(movers)} movers")
    for ply, (given, mover) in enumerate(zip(moves, movers)):
        move = move_number(given)
        if mover not in (BLACK, WHITE):
            raise ValueError(f"pickled game: mover {mover} of move {ply}: wanted 1 or 2")
        state.to_play = mover
        state.passes = 0
        state.board.ko = 0
        if not 0 <= move <= pass_move or not state_allows(state, move):
            raise ValueError(f"pickled game: move {given} at ply {ply} is illegal")
        if state_play(state, move) < 0:
            raise MemoryError
        trailing = trailing + 1 if move == pass_move else 0
    if not 0 <= passes <= min(2, trailing):
        raise ValueError(f"pickled game: passes {passes}: wanted 0 to {min(2, trailing)}")
    if to_play not in (BLACK, WHITE):
        raise ValueError(f"pickled game: to_play {to_play}: wanted BLACK (1) or WHITE (2)")
    if ko not in (0, state.board.ko):
        raise ValueError(f"pickled game: ko {ko}: wanted 0 or {state.board.ko}")
    state.passes = passes
    state.to_play = to_play
    state.board.ko = ko
    return 0


cdef stones_of(const Board* board):
    """The stones, uint8 `[H, W]` of 0, 1, 2."""
    cdef int move
    stones = np.empty((board.height, board.width), np.uint8)
    cdef uint8_t[:, ::1] view = stones
    cdef uint8_t* out = &view[0, 0]
    for move in range(board.width * board.height):
        out[move] = board.cells[POINT_OF[board.width][move]].colour
    return stones


cdef int cell_of(const State* state, int point) except -1:
    """The cell of a point that is named by its number from 0.

    Raises:
        ValueError: it is off the board.
    """
    cdef int num_points = state.board.width * state.board.height
    if not 0 <= point < num_points:
        raise ValueError(f"point {point}: wanted 0 to {num_points - 1}")
    return POINT_OF[state.board.width][point]


cdef list numbers_of(given):
    """A list of what an iterable gives, as integers; None stays None.

    Whatever code runs in the iterable has then run: it may change the very object that asks.

    Raises:
        TypeError: it is not iterable, or gives something else than integers.
    """
    return None if given is None else [PyNumber_Index(number) for number in given]


cdef int check_fit(const Board* board, int height, int width) except -1:
    """Refuse a frame that cannot hold the board.

    Raises:
        ValueError: it is smaller than the board, or has a side over 1000.
    """
    return check_frame(board.height, board.width, height, width)


cdef int check_frame(int board_height, int board_width, int height, int width) except -1:
    """As `check_fit`, for a board of this size."""
    if not (board_height <= height <= 1000 and board_width <= width <= 1000):
        size = f"{board_width}x{board_height}"
        raise ValueError(f"frame {width}x{height}: wanted {size} or more, to 1000")
    return 0


cdef int mark_dead(const State* state, list dead, uint8_t* marks) except -1:
    """Mark the dead stones in `[num_cells]`, whole chains by one stone of each.

    Args:
        dead: points, by `numbers_of`; None for what the rules take for dead.

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


cdef plain(out):
    """An array itself: a subclass may answer as it likes, and run code as it does. Else `out`."""
    return np.asarray(out) if isinstance(out, np.ndarray) else out


cdef int check_array(out, shape, kind) except -1:
    """Refuse what cannot be written to.

    Raises:
        ValueError: `out` is no contiguous array of `kind` and `shape`, or is read-only.
    """
    if not isinstance(out, np.ndarray) or out.dtype != kind or not out.flags.c_contiguous:
        raise ValueError(f"out {type(out).__name__}: wanted a contiguous {kind.__name__} array")
    if not out.flags.writeable:
        raise ValueError("out is read-only: wanted an array that may be written to")
    if out.shape != shape:
        raise ValueError(f"out of shape {out.shape}: wanted {shape}")
    return 0
