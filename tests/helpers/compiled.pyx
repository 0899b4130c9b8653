"""Compiled helpers of the engine's tests; no wheel holds them.

`build_ext --inplace` builds this module in the same mode as the product's modules.
"""

from libc.stdint cimport uint8_t, uint64_t
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
from insei.engine.planes.net_planes cimport planes_key
from insei.engine.position cimport Position
from insei.engine.state cimport state_legal_points


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
