"""The static evaluation of a board, written by hand, for `influence` and `alphabeta`.

It adds up, in points for Black:

* territory: each stone radiates influence, which spreads over empty points in four steps and is
  averaged at each. An empty point belongs to the player with more influence, with a weight that
  grows with the margin (after Zobrist's influence, 1969, and Bouzy's territory, 2003);
* safety: a chain in atari with the opponent to move counts as captured, one with two liberties in
  part, unless it has eyes; further liberties are worth a little;
* eyes: a point with only own neighbours is worth more than territory, a second one even more;
* shape: each chain costs a little, so that cutting and connecting pay.
"""

from libc.math cimport fabs
from libc.stdint cimport uint16_t

from insei.engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    WHITE,
    Board,
    Cell,
    board_is_eye,
    board_liberties,
    size_of,
)

cdef enum:
    STEPS = 4  # how far influence spreads
    MANY = 6  # liberties that are counted at most


cdef void spread(const Board* board, float* influence) noexcept nogil:
    """Write each point's influence, black's positive, `[num_cells]`."""
    cdef const Cell* cells = board.cells
    cdef int[4] near = [-board.stride, -1, 1, board.stride]
    cdef float[MAX_CELLS] wave, next_wave
    cdef int point, i
    cdef float total
    for point in range(board.num_cells):
        wave[point] = influence[point] = 0
        if cells[point].colour == BLACK:
            wave[point] = 64
        elif cells[point].colour == WHITE:
            wave[point] = -64
    for _ in range(STEPS):
        for point in range(board.num_cells):
            next_wave[point] = 0
            if cells[point].colour != EMPTY:
                continue
            total = 0
            for i in range(4):
                total += wave[point + near[i]]
            next_wave[point] = total / 4
        for point in range(board.num_cells):
            if cells[point].colour == EMPTY:
                wave[point] = next_wave[point]
                influence[point] += wave[point]


cdef float chain_danger(int liberties, int eyes, bint is_to_move) noexcept nogil:
    """The share of a chain that counts as captured."""
    if eyes >= 2:
        return 0
    if liberties == 1:
        return 0.35 if is_to_move else 1
    if liberties == 2:
        return 0.1 if is_to_move else 0.3
    if liberties == 3:
        return 0.08
    return 0


cdef float static_evaluation(const Board* board, int to_play) noexcept nogil:
    """The board's value for Black in points, with `to_play` to move."""
    cdef const Cell* cells = board.cells
    cdef int[4] near = [-board.stride, -1, 1, board.stride]
    cdef float[MAX_CELLS] influence
    cdef int[MAX_CELLS] eyes
    cdef uint16_t[MANY] found
    cdef int row, column, point, side, liberties, i, head, last
    cdef float total = 0, worth, sign
    spread(board, influence)
    for point in range(board.num_cells):
        eyes[point] = 0
    for row in range(board.height):
        for column in range(board.width):
            point = (row + 1) * board.stride + column
            if cells[point].colour != EMPTY:
                continue
            for side in range(BLACK, WHITE + 1):
                if board_is_eye(board, point, side):
                    last = -1
                    for i in range(4):
                        head = cells[point + near[i]].chain
                        if cells[head].colour == side and head != last:
                            eyes[head] += 1
                            last = head
    for row in range(board.height):
        for column in range(board.width):
            point = (row + 1) * board.stride + column
            if cells[point].colour == EMPTY:
                worth = influence[point]
                total += worth / (12 + fabs(worth))
                continue
            sign = 1 if cells[point].colour == BLACK else -1
            total += sign
            if cells[point].chain != point:
                continue
            liberties = board_liberties(board, point, found, MANY)
            worth = chain_danger(liberties, eyes[point], cells[point].colour == to_play)
            total -= sign * 2 * worth * size_of(board, point)
            total += sign * 0.08 * liberties
            total += sign * 0.6 * (2 if eyes[point] > 2 else eyes[point])
            total -= sign * 0.3
    return total
