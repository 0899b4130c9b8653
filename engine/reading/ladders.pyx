"""Ladders: chains that are caught by one atari after the other, read to the end.

Each move of the attacker must give atari or capture the chain. The defender may play anywhere, but
only two kinds of moves can help: to extend at the last liberty, or to capture an enemy chain in
atari beside its own. Three liberties are an escape, and so are two if the attacker cannot give
atari. A ko ban holds as on the board; superko is left aside. A reading that never ends, or exceeds
its bounds, counts as an escape.
"""

from libc.stdint cimport uint16_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from insei.engine.board cimport (
    EMPTY,
    MAX_CELLS,
    MAX_POINTS,
    POINT_OF,
    Cell,
    board_allows,
    board_bytes,
    board_liberties,
    board_play,
    opponent_of,
)
from insei.engine.position cimport Position
from insei.engine.state_door cimport cell_of

cdef enum:
    MOST_READ = 10000  # positions that one reading may visit


cdef inline bint may_play(const Board* board, int point, int colour) noexcept nogil:
    return point != board.ko and board_allows(board, point, colour, False)


cdef inline void play_on(Board* boards, int depth, int point, int colour) noexcept nogil:
    """Write the next board of the stack: that at `depth` with a stone more."""
    memcpy(&boards[depth + 1], &boards[depth], board_bytes(&boards[depth]))
    board_play(&boards[depth + 1], point, colour)


cdef bint attacker_takes(Board* boards, int depth, int stone, int* left) noexcept nogil:
    """Whether the chain at `stone` is caught, its attacker to move on `boards[depth]`.

    Args:
        boards: `[STACK]`; those beyond `depth` are scratch.
        left: positions that may still be visited; counted down.
    """
    cdef const Board* board = &boards[depth]
    cdef int attacker = opponent_of(board.cells[stone].colour)
    cdef uint16_t[3] found
    cdef int i, count = board_liberties(board, stone, found, 3)
    if count == 1:
        return found[0] != board.ko
    left[0] -= 1
    if count > 2 or left[0] < 0 or depth + 2 >= STACK:
        return False
    for i in range(count):
        if may_play(board, found[i], attacker):
            play_on(boards, depth, found[i], attacker)
            if not defender_lives(boards, depth + 1, stone, left):
                return True
    return False


cdef bint defender_lives(Board* boards, int depth, int stone, int* left) noexcept nogil:
    """Whether the chain at `stone` escapes, its owner to move; arguments as `attacker_takes`."""
    cdef const Board* board = &boards[depth]
    cdef int defender = board.cells[stone].colour
    cdef uint16_t[MAX_POINTS] moves
    cdef int i, count
    if board_liberties(board, stone, moves, 2) > 1:
        return True
    left[0] -= 1
    if left[0] < 0 or depth + 2 >= STACK:
        return True
    count = find_answers(board, stone, moves)
    for i in range(count):
        if may_play(board, moves[i], defender):
            play_on(boards, depth, moves[i], defender)
            if not attacker_takes(boards, depth + 1, stone, left):
                return True
    return False


cdef int find_answers(const Board* board, int stone, uint16_t* moves) noexcept nogil:
    """Find the moves that may save a chain in atari: its liberty, and those of chains beside it.

    Returns:
        how many were written, each once.
    """
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int enemy = opponent_of(cells[stone].colour)
    cdef int count = board_liberties(board, stone, moves, 1)
    cdef int here = stone, i, j
    cdef uint16_t[2] last
    while True:
        for i in range(4):
            if cells[here + steps[i]].colour != enemy:
                continue
            if board_liberties(board, here + steps[i], last, 2) != 1:
                continue
            for j in range(count):
                if moves[j] == last[0]:
                    break
            else:
                moves[count] = last[0]
                count += 1
        here = cells[here].next
        if here == stone:
            return count


cdef void board_ladders(Board* boards, int colour, uint8_t* marks) noexcept nogil:
    """Mark the moves of `colour` that decide a ladder on `boards[0]`.

    Args:
        boards: `[STACK]`, all but the first scratch.
        marks: `[num_cells]`, set to CAPTURE where a move begins a ladder that catches an enemy
            chain with two liberties, to ESCAPE where one saves an own chain in atari, or to both.
    """
    cdef const Board* board = &boards[0]
    cdef int stone, i, count, left
    cdef uint16_t[MAX_POINTS] moves
    memset(marks, 0, board.num_cells)
    for stone in range(board.num_cells):
        if board.cells[stone].chain != stone:
            continue
        if board.cells[stone].colour == opponent_of(colour):
            count = board_liberties(board, stone, moves, 3)
            for i in range(count if count == 2 else 0):
                if may_play(board, moves[i], colour):
                    play_on(boards, 0, moves[i], colour)
                    left = MOST_READ
                    if not defender_lives(boards, 1, stone, &left):
                        marks[moves[i]] |= CAPTURE
        elif board.cells[stone].colour == colour and board_liberties(board, stone, moves, 2) == 1:
            count = find_answers(board, stone, moves)
            for i in range(count):
                if may_play(board, moves[i], colour):
                    play_on(boards, 0, moves[i], colour)
                    left = MOST_READ
                    if not attacker_takes(boards, 1, stone, &left):
                        marks[moves[i]] |= ESCAPE


def is_caught(Position position not None, int point):
    """Whether the chain at `point` is caught by a ladder, the player to move moving first.

    Raises:
        ValueError: the point is empty or off the board.
    """
    cdef int stone = cell_of(position.state, point)
    cdef int left = MOST_READ
    cdef Board* boards
    cdef bint caught
    if position.state.board.cells[stone].colour == EMPTY:
        raise ValueError(f"point {point} is empty: wanted a stone in a ladder")
    boards = <Board*>malloc(STACK * sizeof(Board))
    if boards == NULL:
        raise MemoryError
    memcpy(boards, &position.state.board, board_bytes(&position.state.board))
    with nogil:
        if boards.cells[stone].colour == position.state.to_play:
            caught = not defender_lives(boards, 0, stone, &left)
        else:
            caught = attacker_takes(boards, 0, stone, &left)
    free(boards)
    return caught


def ladder_moves(Position position not None):
    """Return the moves of the player to move that decide ladders; superko is left aside.

    Returns:
        moves that begin a ladder which catches an enemy chain with two liberties;
        moves that save an own chain in atari.
    """
    cdef uint8_t[MAX_CELLS] marks
    cdef int width = position.state.board.width
    cdef int move
    cdef Board* boards = <Board*>malloc(STACK * sizeof(Board))
    if boards == NULL:
        raise MemoryError
    memcpy(boards, &position.state.board, board_bytes(&position.state.board))
    with nogil:
        board_ladders(boards, position.state.to_play, marks)
    free(boards)
    captures, escapes = [], []
    for move in range(width * position.state.board.height):
        if marks[POINT_OF[width][move]] & CAPTURE:
            captures.append(move)
        if marks[POINT_OF[width][move]] & ESCAPE:
            escapes.append(move)
    return captures, escapes
