"""Feature planes that our nets do not see: AlphaGo Zero's, and a rich set.

A board lies at the top left of a frame of its size or more; beyond it all planes are zero.

====== ==================== =================================================================
set    planes
====== ==================== =================================================================
history 0, 2, ... 14        stones of the player to move now, and 1 to 7 plies ago
        1, 3, ... 15        stones of the opponent
        16                  one where Black is to move, else zero
rich    0                   on the board
        1, 2                stones of the player to move, and of the opponent
        3-5                 stones of chains with one, two, three and more liberties
        6                   empty points that ko or superko bans
        7                   empty points that are suicide, where the rules forbid it
        8-12                the last move, the one before it, and so on to the fifth last
        13                  one if the last move was a pass
        14, 15              points that are unconditionally the player's to move, the opponent's
        16                  moves that begin a ladder which catches an enemy chain
        17                  moves that save an own chain from a ladder
====== ==================== =================================================================

Sources: Silver et al. 2017, Mastering the game of Go without human knowledge, Neural network
architecture; Silver et al. 2016, extended data table 2; pass-alive areas as in Wu 2019.
"""

from libc.stdint cimport uint8_t, uint16_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

import numpy as np

from insei.engine.reading.benson cimport board_pass_alive
from insei.engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    MAX_POINTS,
    POINT_OF,
    Board,
    board_allows,
    board_bytes,
    board_liberties,
    board_play,
)
from insei.engine.reading.ladders cimport STACK, board_ladders
from insei.engine.planes.net_planes cimport NUM_LAST_MOVES, Frame, lay_out
from insei.engine.position cimport Position
from insei.engine.state cimport (
    State,
    move_played,
    mover_of,
    put_first,
    state_allows,
    state_bans_repeat,
    state_last_move,
)
from insei.engine.state_door cimport check_fit, check_frame, check_rules, plain

from insei.engine.symmetries import check_symmetry

cdef enum:
    NUM_BOARDS = 8  # of the history planes: now, and 1 to 7 plies ago

cpdef enum:
    NUM_HISTORY_PLANES = 17
    NUM_RICH_PLANES = 18

ctypedef fused plane_t:
    uint8_t
    float


cdef void put_history(
    const State* state, Board* board, const Frame* frame, plane_t* out
) noexcept nogil:
    """Write `[17, H, W]`; `board` is the game's first, and is played on to its last."""
    cdef const uint16_t* point_of = POINT_OF[board.width]
    cdef plane_t* plane
    cdef int ply, back, move, colour
    cdef int area = frame.height * frame.width, num_points = board.width * board.height
    memset(out, 0, NUM_HISTORY_PLANES * area * sizeof(plane_t))
    for ply in range(state.num_moves + 1):
        back = state.num_moves - ply
        if back < NUM_BOARDS:
            plane = out + 2 * back * area
            for move in range(num_points):
                colour = board.cells[point_of[move]].colour
                if colour != EMPTY:
                    plane[(colour != state.to_play) * area + frame.target[move]] = 1
        if back:
            move = move_played(state, ply)
            if move < num_points:
                board_play(board, point_of[move], mover_of(state, ply))
    if state.to_play == BLACK:
        for move in range(num_points):
            out[16 * area + frame.target[move]] = 1


cdef void put_rich(
    const State* state, Board* boards, const Frame* frame, plane_t* out
) noexcept nogil:
    """Write `[18, H, W]`; `boards`, `[STACK]`: the state's board, then scratch."""
    cdef const Board* board = &state.board
    cdef int point, move, at, colour, count, back
    cdef int area = frame.height * frame.width, num_points = board.width * board.height
    cdef uint8_t[MAX_CELLS] owner
    cdef uint8_t[MAX_CELLS] ladders
    cdef uint16_t[3] found
    cdef bint passed = state_last_move(state, 0) == num_points
    memset(out, 0, NUM_RICH_PLANES * area * sizeof(plane_t))
    board_pass_alive(board, state.rules.suicide, owner)
    board_ladders(boards, state.to_play, ladders)
    for move in range(num_points):
        point = POINT_OF[board.width][move]
        at = frame.target[move]
        colour = board.cells[point].colour
        out[at] = 1
        out[13 * area + at] = passed
        if owner[point] != EMPTY:
            out[(14 + (owner[point] != state.to_play)) * area + at] = 1
        if colour != EMPTY:
            out[(1 + (colour != state.to_play)) * area + at] = 1
            count = board_liberties(board, point, found, 3)
            out[(2 + count) * area + at] = 1
            continue
        if not board_allows(board, point, state.to_play, state.rules.suicide):
            out[7 * area + at] = 1
        elif state_bans_repeat(state, point):
            out[6 * area + at] = 1
        elif state_allows(state, move):
            out[16 * area + at] = ladders[point] & 1
            out[17 * area + at] = ladders[point] >> 1
    for back in range(NUM_LAST_MOVES):
        move = state_last_move(state, back)
        if 0 <= move < num_points:
            out[(8 + back) * area + frame.target[move]] = 1


cdef Board* first_board(Position position) except NULL:
    """Allocate STACK boards, the first of them the board that the game began with."""
    cdef Board* boards = <Board*>malloc(STACK * sizeof(Board))
    if boards == NULL:
        raise MemoryError
    put_first(position.state, boards)
    return boards


cdef write_history(Position position, out, int symmetry):
    cdef int[MAX_POINTS] target
    cdef Frame frame = Frame(out.shape[1], out.shape[2], symmetry & 4, &target[0])
    cdef float[:, :, ::1] floats
    cdef uint8_t[:, :, ::1] small
    cdef Board* board = first_board(position)
    lay_out(target, board.height, board.width, frame.width, symmetry)
    if out.dtype == np.float32:
        floats = out
        with nogil:
            put_history(position.state, board, &frame, &floats[0, 0, 0])
    else:
        small = out
        with nogil:
            put_history(position.state, board, &frame, &small[0, 0, 0])
    free(board)


cdef write_rich(Position position, out, int symmetry):
    cdef int[MAX_POINTS] target
    cdef Frame frame = Frame(out.shape[1], out.shape[2], symmetry & 4, &target[0])
    cdef float[:, :, ::1] floats
    cdef uint8_t[:, :, ::1] small
    cdef Board* boards = first_board(position)
    memcpy(boards, &position.state.board, board_bytes(&position.state.board))
    lay_out(target, boards.height, boards.width, frame.width, symmetry)
    if out.dtype == np.float32:
        floats = out
        with nogil:
            put_rich(position.state, boards, &frame, &floats[0, 0, 0])
    else:
        small = out
        with nogil:
            put_rich(position.state, boards, &frame, &small[0, 0, 0])
    free(boards)


def _frames(positions, out, int num_planes, int symmetry):
    """Pairs of a position and the frame to write it to, all checked."""
    out = plain(out)
    if not isinstance(out, np.ndarray) or out.dtype not in (np.float32, np.uint8):
        kind = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
        raise ValueError(f"out of type {kind}: wanted an array of float32 or uint8")
    if not out.flags.c_contiguous or not out.flags.writeable:
        raise ValueError("out: wanted a contiguous array that may be written to")
    games = [positions] if isinstance(positions, Position) else list(positions)
    for game in games:
        if not isinstance(game, Position):
            raise ValueError(f"position {game!r}: wanted a Position, or a sequence of them")
    frames = out[None] if isinstance(positions, Position) else out
    if frames.ndim != 4 or frames.shape[:2] != (len(games), num_planes):
        batch = () if isinstance(positions, Position) else (len(games),)
        wanted = ", ".join(map(str, (*batch, num_planes)))
        raise ValueError(f"out of shape {out.shape}: wanted ({wanted}, H, W)")
    for game in games:
        _check_fit(game, frames.shape[2], frames.shape[3], symmetry)
    return list(zip(games, frames, strict=True))


cdef _check_fit(Position position, int height, int width, int symmetry):
    check_fit(&position.state.board, height, width)
    check_symmetry(symmetry, position.state.board.height, position.state.board.width)


def write_history_planes(positions, out, int symmetry=0):
    """Write AlphaGo Zero's planes: stones of the last eight plies, and who moves.

    Args:
        positions: one Position, or B of any sizes that fit the frame.
        out: contiguous float32 or uint8, `[17, H, W]` for one Position, `[B, 17, H, W]` for B.
        symmetry: how to turn the boards, a number of `symmetries.py`.

    Raises:
        ValueError: `out` has the wrong shape, type or layout, or a board lacks the symmetry.
    """
    for game, frame in _frames(positions, out, NUM_HISTORY_PLANES, symmetry):
        write_history(game, frame, symmetry)


def write_rich_planes(positions, out, int symmetry=0):
    """Write the rich planes; arguments and errors as `write_history_planes`, 18 for 17."""
    for game, frame in _frames(positions, out, NUM_RICH_PLANES, symmetry):
        write_rich(game, frame, symmetry)


def history_planes(Position position not None, frame_height=0, frame_width=0, symmetry=0):
    """Return AlphaGo Zero's planes of a position, uint8 `[17, H, W]`.

    Args:
        frame_height, frame_width: H and W; 0 for the board's own.
        symmetry: how to turn the board, a number of `symmetries.py`.

    Raises:
        ValueError: the frame is smaller than the board, or the board lacks the symmetry.
    """
    out = _empty(position, NUM_HISTORY_PLANES, frame_height, frame_width)
    write_history_planes(position, out, symmetry)
    return out


def rich_planes(Position position not None, frame_height=0, frame_width=0, symmetry=0):
    """Return the rich planes of a position, uint8 `[18, H, W]`.

    Args:
        frame_height, frame_width: H and W; 0 for the board's own.
        symmetry: how to turn the board, a number of `symmetries.py`.

    Raises:
        ValueError: the frame is smaller than the board, or the board lacks the symmetry.
    """
    out = _empty(position, NUM_RICH_PLANES, frame_height, frame_width)
    write_rich_planes(position, out, symmetry)
    return out


def _empty(Position position, int num_planes, int frame_height, int frame_width):
    height = frame_height or position.state.board.height
    width = frame_width or position.state.board.width
    _check_fit(position, height, width, 0)
    return np.empty((num_planes, height, width), np.uint8)


def board_mask(rules, int frame_height=0, int frame_width=0):
    """Return which points of a frame are on the board, uint8 `[H, W]` of 0 and 1.

    Args:
        frame_height, frame_width: H and W; 0 for the board's own.

    Raises:
        ValueError: `rules` is not a Rules, or the frame is smaller than the board.
    """
    check_rules(rules)
    height, width = frame_height or rules.height, frame_width or rules.width
    check_frame(rules.height, rules.width, height, width)
    mask = np.zeros((height, width), np.uint8)
    mask[:rules.height, :rules.width] = 1
    return mask
