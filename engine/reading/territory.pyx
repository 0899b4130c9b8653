"""Territory: points that live stones surround, and dead stones that become prisoners.

The players say which stones are dead; without their word, those that Benson's algorithm proves
dead are. Eyes in seki count as territory.

Source: Nihon Kiin's rules of 1989, articles 8 to 10; AGA Concise Rules of Go.
"""

from libc.stdint cimport uint16_t
from libc.string cimport memset

from insei.engine.reading.benson cimport board_pass_alive
from insei.engine.board cimport (
    BLACK, BORDER, EMPTY, MAX_CELLS, MAX_POINTS, WHITE, Cell, opponent_of
)


cdef void board_dead(const Board* board, bint suicide, uint8_t* dead) noexcept nogil:
    """Mark the stones on points that are unconditionally the enemy's, `[num_cells]` of 0 and 1."""
    cdef uint8_t[MAX_CELLS] owner
    cdef int point, colour
    board_pass_alive(board, suicide, owner)
    for point in range(board.num_cells):
        colour = board.cells[point].colour
        dead[point] = (colour == BLACK or colour == WHITE) and owner[point] == opponent_of(colour)


cdef void board_owners(const Board* board, const uint8_t* dead, uint8_t* owner) noexcept nogil:
    """Find who owns each point by area, the dead stones removed.

    Args:
        dead: `[num_cells]`, 1 for each stone of a dead chain.
        owner: `[num_cells]`, filled with EMPTY, BLACK or WHITE, and BORDER off the board.
    """
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef uint16_t[MAX_POINTS] region
    cdef uint8_t[MAX_CELLS] seen
    cdef int start, size, done, i, point, reach
    memset(seen, 0, board.num_cells)
    for point in range(board.num_cells):
        owner[point] = EMPTY if dead[point] else cells[point].colour
    for start in range(board.num_cells):
        if seen[start] or (cells[start].colour != EMPTY and not dead[start]):
            continue
        region[0] = start
        seen[start] = True
        size = 1
        done = reach = 0
        while done < size:
            for i in range(4):
                point = region[done] + steps[i]
                if cells[point].colour == BORDER or seen[point]:
                    continue
                if cells[point].colour != EMPTY and not dead[point]:
                    reach |= cells[point].colour
                    continue
                seen[point] = True
                region[size] = point
                size += 1
            done += 1
        if reach == BLACK or reach == WHITE:
            for i in range(size):
                owner[region[i]] = reach


cdef int board_territory(const Board* board, const uint8_t* dead) noexcept nogil:
    """Black's territory and prisoners minus White's; dead stones become prisoners."""
    cdef const Cell* cells = board.cells
    cdef uint8_t[MAX_CELLS] owner
    cdef int point, points = board.prisoners[BLACK] - board.prisoners[WHITE]
    board_owners(board, dead, owner)
    for point in range(board.num_cells):
        if cells[point].colour == EMPTY or dead[point]:
            points += (owner[point] == BLACK) - (owner[point] == WHITE)
        if dead[point]:
            points += 1 if cells[point].colour == WHITE else -1
    return points
