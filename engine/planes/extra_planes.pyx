"""Groups of planes that a net may see beside those of net_planes: what reading tells.

A net names the groups that it was trained with. Their planes follow the fourteen of net_planes in
the order of this table. All are zeros and ones.

======= ======= ==================================================================
group   planes
======= ======= ==================================================================
ladders 0       moves that begin a ladder which catches an enemy chain
        1       moves that save an own chain in atari from a ladder
        2       own stones that a ladder catches if the opponent moves first
alive   0, 1    points that are unconditionally the player's to move, the opponent's
after   0-2     legal moves after which the own chain has one, two, three liberties
        3       legal moves that capture
past    0-2     the sixth last move to the eighth last
======= ======= ==================================================================

Sources: ladders and liberties after a move as in Silver et al. 2016, extended data table 2;
pass-alive areas as in Wu 2019.
"""

from libc.stdint cimport uint8_t, uint16_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

import numpy as np

from insei.engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    MAX_POINTS,
    MAX_SIDE,
    POINT_OF,
    WHITE,
    WORDS,
    Board,
    add_to,
    board_bytes,
    board_clear,
    board_find_ataris,
    board_liberties,
    board_play,
    board_put,
    is_in,
)
from insei.engine.planes.net_planes cimport NUM_LAST_MOVES, NUM_PLANES, lay_out, mixed
from insei.engine.position cimport Position
from insei.engine.reading.benson cimport board_pass_alive
from insei.engine.reading.ladders cimport (
    CAPTURE,
    ESCAPE,
    STACK,
    attacker_takes,
    board_ladders,
)
from insei.engine.state cimport (
    plain_rules,
    state_forget,
    state_free,
    state_last_move,
    state_legal_points,
    state_new,
)

from insei.engine.planes.net_planes import planes

cdef enum:
    NUM_LADDER_PLANES = 3
    NUM_ALIVE_PLANES = 2
    NUM_AFTER_PLANES = 4
    NUM_PAST_PLANES = 3
    OWN = 1  # planes of net_planes
    ENEMY = 2
    BANNED = 6
    MOST_READ = 2000  # positions that the reading of one own chain may visit

GROUPS = {"ladders": LADDERS, "alive": ALIVE, "after": AFTER, "past": PAST}


cdef int num_extra(int groups) noexcept nogil:
    """How many planes these groups have."""
    return (
        NUM_LADDER_PLANES * (groups & LADDERS != 0)
        + NUM_ALIVE_PLANES * (groups & ALIVE != 0)
        + NUM_AFTER_PLANES * (groups & AFTER != 0)
        + NUM_PAST_PLANES * (groups & PAST != 0)
    )


def num_extra_planes(int groups):
    """How many planes the groups of these bits have."""
    return num_extra(groups)


cdef Board* new_scratch() noexcept nogil:
    """Boards to read on, to be freed; NULL without memory."""
    return <Board*>malloc(STACK * sizeof(Board))


cdef void state_extra(
    const State* state, const uint64_t* legal, int groups, Board* scratch, const Frame* frame,
    float* out,
) noexcept nogil:
    """Write the planes of these groups, `[planes, H, W]` of the frame.

    Args:
        legal: the set of points where a stone is legal, as `state_legal_points` finds it.
        scratch: of `new_scratch`.
    """
    cdef int area = frame.height * frame.width
    memset(out, 0, num_extra(groups) * area * sizeof(float))
    if groups & LADDERS:
        put_ladders(state, legal, scratch, frame, out)
        out += NUM_LADDER_PLANES * area
    if groups & ALIVE:
        put_alive(state, frame, out)
        out += NUM_ALIVE_PLANES * area
    if groups & AFTER:
        put_after(state, legal, scratch, frame, out)
        out += NUM_AFTER_PLANES * area
    if groups & PAST:
        put_past(state, frame, out)


cdef uint64_t extra_key(const State* state, int groups, uint64_t key) noexcept nogil:
    """The key of `planes_key`, with what only the extra planes show; never 0."""
    cdef int back
    if groups & PAST:
        for back in range(NUM_PAST_PLANES):
            key = mixed(key, <uint64_t>(state_last_move(state, NUM_LAST_MOVES + back) + 1))
    return key or 1


def net_input(Position position not None, int groups=0, int symmetry=0):
    """Return all planes that a net of these groups sees of a position, float32 `[C, H, W]`.

    Args:
        symmetry: how to turn the board, a number of `symmetries.py`.

    Raises:
        ValueError: groups that are not there, or the board lacks the symmetry.
    """
    cdef const State* state = position.state
    cdef uint64_t[WORDS] legal
    cdef int[MAX_POINTS] target
    cdef float[:, :, ::1] view
    cdef Board* scratch
    if groups & ~ALL_GROUPS:
        raise ValueError(f"groups {groups}: wanted bits of extra_planes")
    seen = planes(position, 0, 0, symmetry)
    if not groups:
        return seen
    out = np.empty((NUM_PLANES + num_extra(groups), *seen.shape[1:]), np.float32)
    out[:NUM_PLANES] = seen
    view = out
    cdef Frame frame = Frame(view.shape[1], view.shape[2], symmetry & 4, &target[0])
    scratch = new_scratch()
    if scratch == NULL:
        raise MemoryError
    with nogil:
        lay_out(target, state.board.height, state.board.width, frame.width, symmetry)
        state_legal_points(state, legal)
        state_extra(state, legal, groups, scratch, &frame, &view[NUM_PLANES, 0, 0])
    free(scratch)
    return out


def add_extra_planes(out, const uint8_t[:, ::1] sizes, int groups, bint suicide):
    """Write the extra planes of positions of which the first planes are known.

    The stones, and where none may be put, are read from planes 1, 2 and 6 of net_planes. The moves
    of PAST are not among them.

    Args:
        out: float32 `[B, C, H, W]`, unturned; the planes after the first fourteen are written.
        sizes: `[B, 2]`, height and width of each board, at the top left of its frame.
        groups: of extra planes, without PAST.
        suicide: whether the rules allow it.

    Raises:
        ValueError: groups that can't be read, or arrays that do not fit.
    """
    if not (isinstance(out, np.ndarray) and out.flags.writeable):
        raise ValueError(f"planes {type(out).__name__}: wanted an array that can be written")
    cdef float[:, :, :, ::1] boards = out
    cdef int row, count = boards.shape[0]
    cdef int height = boards.shape[2], width = boards.shape[3]
    if groups & ~(LADDERS | ALIVE | AFTER):
        raise ValueError(f"groups {groups}: wanted bits of ladders, alive and after")
    if boards.shape[1] != NUM_PLANES + num_extra(groups):
        raise ValueError(f"{boards.shape[1]} planes: wanted {NUM_PLANES + num_extra(groups)}")
    if sizes.shape[0] != count or sizes.shape[1] != 2:
        raise ValueError(f"sizes of {sizes.shape[0]} boards: wanted [{count}, 2]")
    for row in range(count):
        if not (1 <= sizes[row, 0] <= height and 1 <= sizes[row, 1] <= width):
            raise ValueError(
                f"board {row} of {sizes[row, 1]}x{sizes[row, 0]}: wanted at most {width}x{height}"
            )
    if height > MAX_SIDE or width > MAX_SIDE:
        raise ValueError(f"frame of {width}x{height}: wanted at most {MAX_SIDE}x{MAX_SIDE}")
    if not count or not groups:
        return
    cdef State* state = state_new(MAX_SIDE, MAX_SIDE, plain_rules())
    cdef Board* scratch = new_scratch()
    try:
        if state == NULL or scratch == NULL:
            raise MemoryError
        state.rules.suicide = suicide
        with nogil:
            for row in range(count):
                read_again(
                    state, scratch, groups, sizes[row, 0], sizes[row, 1], height, width,
                    &boards[row, 0, 0, 0],
                )
    finally:
        state_free(state)
        free(scratch)


cdef void read_again(
    State* state, Board* scratch, int groups, int board_height, int board_width,
    int height, int width, float* seen,
) noexcept nogil:
    """Set the stones of planes up on `state`, the player to move as Black; write the extra ones."""
    cdef const uint16_t* point_of = POINT_OF[board_width]
    cdef int[MAX_POINTS] target
    cdef uint64_t[WORDS] legal
    cdef Frame frame = Frame(height, width, False, &target[0])
    cdef int area = height * width, move, at
    lay_out(target, board_height, board_width, width, 0)
    memset(legal, 0, sizeof(legal))
    board_clear(&state.board, board_width, board_height)
    for move in range(board_height * board_width):
        at = target[move]
        if seen[OWN * area + at] > 0:
            board_put(&state.board, point_of[move], BLACK)
        elif seen[ENEMY * area + at] > 0:
            board_put(&state.board, point_of[move], WHITE)
        elif not seen[BANNED * area + at] > 0:
            add_to(legal, move)
    board_find_ataris(&state.board)
    state.to_play = BLACK
    state_forget(state)
    state_extra(state, legal, groups, scratch, &frame, seen + NUM_PLANES * area)


cdef inline int place(const Frame* frame, int move) noexcept nogil:
    return frame.target[move] if frame.target != NULL else move


cdef void put_ladders(
    const State* state, const uint64_t* legal, Board* boards, const Frame* frame, float* out
) noexcept nogil:
    cdef const uint16_t* point_of = POINT_OF[state.board.width]
    cdef int area = frame.height * frame.width
    cdef int move, point, head, left
    cdef uint8_t[MAX_CELLS] marks
    cdef uint8_t[MAX_CELLS] caught  # by head: 1 where a ladder catches the chain, 2 where none
    memcpy(boards, &state.board, board_bytes(&state.board))
    board_ladders(boards, state.to_play, marks)
    memset(caught, 0, state.board.num_cells)
    boards.ko = 0  # the opponent moves first, and its ban is not known
    for move in range(state.board.width * state.board.height):
        point = point_of[move]
        if marks[point] and is_in(legal, move):
            out[place(frame, move)] = marks[point] & CAPTURE != 0
            out[area + place(frame, move)] = marks[point] & ESCAPE != 0
        if boards.cells[point].colour != state.to_play:
            continue
        head = boards.cells[point].chain
        if not caught[head]:
            left = MOST_READ
            caught[head] = 1 if attacker_takes(boards, 0, head, &left) else 2
        out[2 * area + place(frame, move)] = caught[head] == 1


cdef void put_alive(const State* state, const Frame* frame, float* out) noexcept nogil:
    cdef const uint16_t* point_of = POINT_OF[state.board.width]
    cdef int area = frame.height * frame.width
    cdef int move, colour
    cdef uint8_t[MAX_CELLS] owner
    board_pass_alive(&state.board, state.rules.suicide, owner)
    for move in range(state.board.width * state.board.height):
        colour = owner[point_of[move]]
        if colour != EMPTY:
            out[(colour != state.to_play) * area + place(frame, move)] = 1


cdef void put_after(
    const State* state, const uint64_t* legal, Board* scratch, const Frame* frame, float* out
) noexcept nogil:
    cdef const uint16_t* point_of = POINT_OF[state.board.width]
    cdef int area = frame.height * frame.width
    cdef size_t size = board_bytes(&state.board)
    cdef int move, count
    cdef uint16_t[4] found
    for move in range(state.board.width * state.board.height):
        if not is_in(legal, move):
            continue
        memcpy(scratch, &state.board, size)
        board_play(scratch, point_of[move], state.to_play)
        if scratch.cells[point_of[move]].colour != state.to_play:
            continue  # suicide
        count = board_liberties(scratch, point_of[move], found, 4)
        if count <= 3:
            out[(count - 1) * area + place(frame, move)] = 1
        if scratch.num_taken:
            out[3 * area + place(frame, move)] = 1


cdef void put_past(const State* state, const Frame* frame, float* out) noexcept nogil:
    cdef int area = frame.height * frame.width
    cdef int back, move
    for back in range(NUM_PAST_PLANES):
        move = state_last_move(state, NUM_LAST_MOVES + back)
        if 0 <= move < state.board.width * state.board.height:
            out[back * area + place(frame, move)] = 1
