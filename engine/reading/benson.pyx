"""Benson's algorithm: chains that live whatever the enemy plays, and the points they enclose.

A colour's regions are the connected sets of points without a stone of it. A region is vital to a
chain if each of its empty points is a liberty of that chain. The unconditionally alive chains are
the largest set in which each chain has two vital regions that are bordered by chains of the set
alone (David Benson, Life in the game of Go, 1976).

Where suicides of several stones are legal, the enemy can empty points by suicide. There every point
of a vital region must touch the chain, as in KataGo.
"""

from libc.stdint cimport uint16_t
from libc.string cimport memset

from insei.engine.board cimport (
    BLACK,
    BORDER,
    EMPTY,
    MAX_CELLS,
    MAX_POINTS,
    WHITE,
    Board,
    Cell,
)

cdef struct Regions:
    # The regions of one colour, and the chains that border them.
    int num_regions
    int num_borders
    uint16_t region_of[MAX_CELLS]  # 1 + the region of a point; 0 for stones of the colour
    uint16_t outside[MAX_POINTS]  # by region: points that touch no stone of the colour
    uint16_t border_region[4 * MAX_POINTS]  # pairs of a region and a chain at its border
    uint16_t border_head[4 * MAX_POINTS]
    bint border_is_vital[4 * MAX_POINTS]


cdef void board_pass_alive(const Board* board, bint suicide, uint8_t* owner) noexcept nogil:
    """Find the points that belong to a colour unconditionally.

    Args:
        suicide: whether suicides of several stones are legal.
        owner: `[num_cells]`, filled with the colour that a point belongs to, EMPTY for none.
    """
    cdef Regions regions
    cdef int colour
    memset(owner, EMPTY, board.num_cells)
    for colour in range(BLACK, WHITE + 1):
        find_regions(board, colour, suicide, &regions)
        mark_alive(board, colour, &regions, owner)


cdef bint board_is_settled(const Board* board, bint suicide) noexcept nogil:
    """Whether every point is one colour's by `board_pass_alive`."""
    cdef uint8_t[MAX_CELLS] owner
    cdef int point
    board_pass_alive(board, suicide, owner)
    for point in range(board.num_cells):
        if board.cells[point].colour != BORDER and owner[point] == EMPTY:
            return False
    return True


cdef void find_regions(
    const Board* board, int colour, bint suicide, Regions* regions
) noexcept nogil:
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef uint16_t[MAX_POINTS] members
    cdef uint16_t[MAX_CELLS] touched  # by head: the points of the present region that must touch
    cdef int start, size, done, i, near, point, first, total, entry, outside
    cdef bint counts
    regions.num_regions = 0
    regions.num_borders = 0
    memset(regions.region_of, 0, sizeof(regions.region_of))
    memset(touched, 0, sizeof(touched))
    for start in range(board.num_cells):
        if cells[start].colour in (BORDER, colour) or regions.region_of[start]:
            continue
        regions.num_regions += 1
        first = regions.num_borders
        members[0] = start
        regions.region_of[start] = regions.num_regions
        size = 1
        done = total = outside = 0
        while done < size:
            point = members[done]
            done += 1
            for i in range(4):
                near = point + steps[i]
                if cells[near].colour in (BORDER, colour) or regions.region_of[near]:
                    continue
                regions.region_of[near] = regions.num_regions
                members[size] = near
                size += 1
            counts = suicide or cells[point].colour == EMPTY
            total += counts
            outside += touch_borders(board, colour, point, counts, regions, first, touched) == 0
        regions.outside[regions.num_regions - 1] = outside
        for entry in range(first, regions.num_borders):
            regions.border_is_vital[entry] = touched[regions.border_head[entry]] == total
            touched[regions.border_head[entry]] = 0


cdef int touch_borders(
    const Board* board, int colour, int point, bint counts, Regions* regions, int first,
    uint16_t* touched
) noexcept nogil:
    """Record the chains around one point of the newest region; returns how many there are.

    Args:
        counts: whether the point must touch a chain for the region to be vital to it.
    """
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int[4] heads
    cdef int i, j, entry, head, count = 0
    for i in range(4):
        if cells[point + steps[i]].colour != colour:
            continue
        head = cells[point + steps[i]].chain
        for j in range(count):
            if heads[j] == head:
                break
        else:
            heads[count] = head
            count += 1
            touched[head] += counts
            for entry in range(first, regions.num_borders):
                if regions.border_head[entry] == head:
                    break
            else:
                regions.border_region[regions.num_borders] = regions.num_regions - 1
                regions.border_head[regions.num_borders] = head
                regions.num_borders += 1
    return count


cdef void mark_alive(
    const Board* board, int colour, const Regions* regions, uint8_t* owner
) noexcept nogil:
    cdef const Cell* cells = board.cells
    cdef bint[MAX_CELLS] dead  # by head: chains found not to be alive
    cdef bint[MAX_POINTS] open_  # by region: whether such a chain borders it
    cdef uint8_t[MAX_CELLS] eyes  # by head
    cdef int entry, point, region
    cdef bint changed = True
    memset(dead, 0, sizeof(dead))
    memset(open_, 0, sizeof(open_))
    while changed:
        changed = False
        memset(eyes, 0, sizeof(eyes))
        for entry in range(regions.num_borders):
            if regions.border_is_vital[entry] and not open_[regions.border_region[entry]]:
                eyes[regions.border_head[entry]] += eyes[regions.border_head[entry]] < 2
        for entry in range(regions.num_borders):
            if eyes[regions.border_head[entry]] < 2 and not dead[regions.border_head[entry]]:
                dead[regions.border_head[entry]] = True
                changed = True
        for entry in range(regions.num_borders):
            if dead[regions.border_head[entry]]:
                open_[regions.border_region[entry]] = True
    # A region without a border is the whole board and belongs to no colour. In a closed region
    # with at most one point that touches no stone, the enemy cannot make two eyes.
    for point in range(board.num_cells):
        if cells[point].colour == colour:
            if not dead[cells[point].chain]:
                owner[point] = colour
        elif regions.region_of[point] and regions.num_borders:
            region = regions.region_of[point] - 1
            if not open_[region] and regions.outside[region] <= 1:
                owner[point] = colour
