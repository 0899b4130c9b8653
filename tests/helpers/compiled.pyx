"""Compiled helpers of the tests; no wheel holds them.

`build_ext --inplace` builds this module in the same mode as the product's modules.
"""

from libc.stdint cimport uint8_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memcpy

from insei.engine.board cimport (
    BLACK,
    WHITE,
    WORDS,
    Board,
    board_bytes,
    board_clear,
    board_put,
    pseudo_liberties_of,
)
from insei.agents.search.walk cimport Walk, walk_from, walk_play
from insei.engine.planes.net_planes cimport planes_key
from insei.engine.position cimport Position
from insei.engine.state cimport (
    State,
    plain_rules,
    state_free,
    state_legal_points,
    state_new,
    state_reserve,
)


cdef long count_from(Board* boards, int depth) noexcept nogil:
    """Count the legal boards that fill the points from `depth` on; `boards` is a stack of them."""
    cdef Board* board = &boards[depth]
    cdef Board* after = &boards[depth + 1]
    cdef int num_points = board.width * board.height
    cdef int colour, cell, point
    cdef long count
    if depth == num_points:
        for cell in range(board.num_cells):
            if board.cells[cell].colour == BLACK or board.cells[cell].colour == WHITE:
                if pseudo_liberties_of(board, board.cells[cell].chain) == 0:
                    return 0
        return 1
    point = (depth // board.width + 1) * board.stride + depth % board.width
    memcpy(after, board, board_bytes(board))
    count = count_from(boards, depth + 1)
    for colour in range(BLACK, WHITE + 1):
        memcpy(after, board, board_bytes(board))
        board_put(after, point, colour)
        count += count_from(boards, depth + 1)
    return count


def count_legal_boards(int width, int height):
    """Count the boards on which every chain has a liberty, by trying all 3^(width·height)."""
    cdef Board[18] boards
    cdef long count
    assert 1 <= width <= 17 and 1 <= height <= 17 and width * height <= 17, "this takes hours"
    with nogil:
        board_clear(&boards[0], width, height)
        count = count_from(boards, 0)
    return count


def planes_key_of(Position position not None):
    """The number by which a position's evaluation is kept."""
    cdef uint64_t[WORDS] legal
    state_legal_points(position.state, legal)
    return planes_key(position.state, legal)


def read_unchecked(const uint8_t[::1] numbers not None, int index):
    """Read a number at any index: IndexError outside in the checked build, undefined in others."""
    return numbers[index]


def play_walk(int beyond):
    """Pass on a walk as often as its root's history has room for, and `beyond` times more.

    Returns:
        whether the walk still writes into the root's history.
    """
    cdef State* root = state_new(5, 5, plain_rules())
    cdef Walk walk
    cdef bint is_shared
    walk.state = state_new(5, 5, plain_rules())
    assert root != NULL and walk.state != NULL and state_reserve(root, 20) == 0
    free(walk.state.situations)
    walk_from(&walk, root)
    for _ in range(root.capacity - 1 + beyond):
        walk_play(&walk, 25)
    is_shared = walk.state.situations == root.situations
    if is_shared:
        state_free(root)
    free(walk.state)
    return is_shared
