"""Board: stones without history.

A board is a padded one-dimensional array of cells with one border column shared by both sides.
Chains are rings of stones with a head that holds their size, their pseudo-liberties and the
exclusive or of their Zobrist keys, so that the hash after a capture is known without playing it.
Pseudo-liberties count an empty point once for each stone beside it: a chain has no liberty
exactly when it has no pseudo-liberty, and a point is its last liberty exactly when all its
pseudo-liberties are at that point. (The technique is that of libEGO, Łukasz Lew 2010, and Pachi.)

Functions trust their arguments: points are on the board, moves legal. `position.pyx` validates.
"""

from libc.string cimport memset


cdef uint16_t[3] PLACED  # what a stone adds to its neighbours' `around`
PLACED[:] = [0, 1 - 256, 16 - 256]


cdef void fill_tables() noexcept:
    cdef uint64_t state = 0x1F5E1
    cdef int colour, cell, width, row, column, point
    for colour in range(BLACK, WHITE + 1):
        for cell in range(MAX_CELLS):
            KEYS[colour][cell] = next_random(&state)
    for width in range(1, MAX_SIDE + 1):
        for row in range(MAX_SIDE):
            for column in range(width):
                point = (row + 1) * (width + 1) + column
                POINT_OF[width][row * width + column] = point
                MOVE_AT[width][point] = row * width + column


fill_tables()


cdef void board_clear(Board* board, int width, int height) noexcept nogil:
    """Make `board` an empty board of `width` columns and `height` rows."""
    cdef int stride = width + 1
    cdef int num_cells = (height + 2) * stride + 1
    cdef int row, column, point, i
    cdef Cell* cells = board.cells
    board.hash = 0
    board.width = width
    board.height = height
    board.stride = stride
    board.num_cells = num_cells
    board.num_empty = 0
    board.ko = 0
    board.num_taken = 0
    board.prisoners[0] = board.prisoners[1] = board.prisoners[2] = 0
    memset(board.empty, 0, sizeof(board.empty))
    memset(board.lost, 0, sizeof(board.lost))
    memset(cells, 0, num_cells * sizeof(Cell))
    for point in range(num_cells):
        cells[point].colour = BORDER
        cells[point].vital = vital(BORDER, 0x8000)  # stones put beside it count it down
        cells[point].chain = point
        cells[point].next = point
    for row in range(height):
        for column in range(width):
            point = (row + 1) * stride + column
            cells[point].colour = EMPTY
            board.empty[1 + (point >> 6)] |= <uint64_t>1 << (point & 63)
            cells[point].slot = board.num_empty
            cells[board.num_empty].empty = point
            board.num_empty += 1
    for i in range(board.num_empty):
        point = cells[i].empty
        cells[point].around = (
            _welcome(cells[point - stride].colour)
            + _welcome(cells[point + stride].colour)
            + _welcome(cells[point - 1].colour)
            + _welcome(cells[point + 1].colour)
        )


cdef inline int _welcome(int colour) noexcept nogil:
    return 256 if colour == EMPTY else 17


cdef inline void touch(Board* board, int neighbour, uint16_t change) noexcept nogil:
    cdef Cell* cell = &board.cells[neighbour]
    cell.around += change
    board.cells[cell.chain].vital -= 1


cdef inline void untouch(Board* board, int neighbour, uint16_t change) noexcept nogil:
    cdef Cell* cell = &board.cells[neighbour]
    cell.around -= change
    board.cells[cell.chain].vital += 1


cdef void join(Board* board, int a, int b) noexcept nogil:
    """Make one chain of the chains with heads `a` and `b`."""
    cdef Cell* cells = board.cells
    cdef int head = a if cells[a].size >= cells[b].size else b
    cdef int gone = a + b - head
    cdef int stone = gone
    cdef uint16_t after
    while True:
        cells[stone].chain = head
        stone = cells[stone].next
        if stone == gone:
            break
    cells[head].size += cells[gone].size
    cells[head].vital += liberties_of(board, gone)
    cells[head].hash ^= cells[gone].hash
    after = cells[head].next
    cells[head].next = cells[gone].next
    cells[gone].next = after


cdef void take_off(Board* board, int head) noexcept nogil:
    """Remove the chain with head `head`."""
    cdef Cell* cells = board.cells
    cdef int stride = board.stride
    cdef int colour = cells[head].colour
    cdef uint16_t change = PLACED[colour]
    cdef int stone = head
    cdef int after
    board.hash ^= cells[head].hash
    board.num_taken += cells[head].size
    board.prisoners[opponent_of(colour)] += cells[head].size
    while True:
        after = cells[stone].next
        cells[stone].colour = EMPTY
        board.lost[colour - 1][1 + (stone >> 6)] |= <uint64_t>1 << (stone & 63)
        board.empty[1 + (stone >> 6)] |= <uint64_t>1 << (stone & 63)
        cells[stone].chain = stone
        cells[stone].slot = board.num_empty
        cells[board.num_empty].empty = stone
        board.num_empty += 1
        untouch(board, stone - stride, change)
        untouch(board, stone - 1, change)
        untouch(board, stone + 1, change)
        untouch(board, stone + stride, change)
        stone = after
        if stone == head:
            break


cdef inline void put(Board* board, int point, int colour) noexcept nogil:
    """Put a stone as a chain of its own and tell its neighbours."""
    cdef Cell* cells = board.cells
    cdef Cell* cell = &cells[point]
    cdef int stride = board.stride
    cdef uint16_t change = PLACED[colour]
    cdef int last
    board.num_empty -= 1
    last = cells[board.num_empty].empty
    cells[cell.slot].empty = last
    cells[last].slot = cell.slot
    board.empty[1 + (point >> 6)] &= ~(<uint64_t>1 << (point & 63))
    cell.colour = colour
    cell.chain = point
    cell.next = point
    cell.size = 1
    cell.vital = vital(colour, cell.around >> 8)
    cell.hash = KEYS[colour][point]
    board.hash ^= cell.hash
    touch(board, point - stride, change)
    touch(board, point - 1, change)
    touch(board, point + 1, change)
    touch(board, point + stride, change)


cdef inline void join_if_own(Board* board, int point, int neighbour, int colour) noexcept nogil:
    cdef Cell* cells = board.cells
    if cells[neighbour].colour == colour and cells[neighbour].chain != cells[point].chain:
        join(board, cells[point].chain, cells[neighbour].chain)


cdef void board_put(Board* board, int point, int colour) noexcept nogil:
    """Set up a stone: nothing is captured, chains without liberties may stand for now."""
    cdef int stride = board.stride
    put(board, point, colour)
    join_if_own(board, point, point - stride, colour)
    join_if_own(board, point, point - 1, colour)
    join_if_own(board, point, point + 1, colour)
    join_if_own(board, point, point + stride, colour)


cdef inline void meet(Board* board, int point, int neighbour, int colour) noexcept nogil:
    """Join `neighbour` if it is of `colour`, take it off if it is an enemy without liberties."""
    cdef Cell* cells = board.cells
    cdef int theirs = cells[neighbour].colour
    if theirs == colour:
        if cells[neighbour].chain != cells[point].chain:
            join(board, cells[point].chain, cells[neighbour].chain)
    elif theirs == opponent_of(colour) and liberties_of(board, cells[neighbour].chain) == 0:
        take_off(board, cells[neighbour].chain)


cdef int board_play(Board* board, int point, int colour) noexcept nogil:
    """Play a legal stone; returns how many stones it took off."""
    cdef Cell* cells = board.cells
    cdef int stride = board.stride
    board.num_taken = 0
    board.ko = 0
    put(board, point, colour)
    meet(board, point, point - stride, colour)
    meet(board, point, point - 1, colour)
    meet(board, point, point + 1, colour)
    meet(board, point, point + stride, colour)
    if board.num_taken == 1:
        if cells[cells[point].chain].size == 1 and liberties_of(board, point) == 1:
            board.ko = cells[board.num_empty - 1].empty
    elif liberties_of(board, cells[point].chain) == 0:
        take_off(board, cells[point].chain)
    return board.num_taken


cdef uint64_t board_hash_after(const Board* board, int point, int colour) noexcept nogil:
    """The hash of the stones after a stone at `point`, legal but for ko; nothing is played."""
    cdef const Cell* cells = board.cells
    cdef int[4] near = [
        cells[point - board.stride].chain,
        cells[point - 1].chain,
        cells[point + 1].chain,
        cells[point + board.stride].chain,
    ]
    cdef uint64_t taken = 0, own = 0
    cdef bint safe = (cells[point].around >> 8) != 0
    cdef int i, j, links
    for i in range(4):
        links = 0
        for j in range(4):
            if near[j] == near[i]:
                if j < i:
                    break
                links += 1
        else:
            if cells[near[i]].colour == colour:
                safe |= liberties_of(board, near[i]) != links
                own ^= cells[near[i]].hash
            elif (
                cells[near[i]].colour == opponent_of(colour)
                and liberties_of(board, near[i]) == links
            ):
                safe = True
                taken ^= cells[near[i]].hash
    if safe:
        return board.hash ^ KEYS[colour][point] ^ taken
    return board.hash ^ own


cdef bint has_eye_corners(const Board* board, int point, int colour) noexcept nogil:
    """The diagonal part of `board_is_eye`."""
    cdef const Cell* cells = board.cells
    cdef int stride = board.stride
    cdef int enemy = opponent_of(colour)
    cdef int[4] diagonals
    cdef int i, bad = 0, edge = 0, theirs
    diagonals = [point - stride - 1, point - stride + 1, point + stride - 1, point + stride + 1]
    for i in range(4):
        theirs = cells[diagonals[i]].colour
        bad += theirs == enemy
        edge |= theirs == BORDER
    return bad + edge < 2


cdef int board_liberties(const Board* board, int stone, uint16_t* found, int limit) noexcept nogil:
    """Find up to `limit` liberties of the chain at `stone`, each once; returns how many."""
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int head = cells[stone].chain
    cdef int here = head
    cdef int count = 0
    cdef int i, j, point
    if liberties_of(board, head) == 0:
        return 0
    while True:
        if cells[here].around >> 8:
            for i in range(4):
                point = here + steps[i]
                if cells[point].colour != EMPTY:
                    continue
                for j in range(count):
                    if found[j] == point:
                        break
                else:
                    found[count] = point
                    count += 1
                    if count == limit:
                        return count
        here = cells[here].next
        if here == head:
            return count


cdef void board_area(const Board* board, uint8_t* owner, int* black, int* white) noexcept nogil:
    """Area scoring: stones, and empty regions that reach one colour alone (Tromp-Taylor).

    Args:
        owner: `[num_cells]`, filled with EMPTY, BLACK or WHITE for each point.
        black, white: their areas.
    """
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int[4] areas = [0, 0, 0, 0]
    cdef uint16_t[MAX_POINTS] region
    cdef int entry, size, done, i, point, reach, colour
    for point in range(board.num_cells):
        colour = cells[point].colour
        owner[point] = colour
        areas[colour] += 1
    for entry in range(board.num_empty):
        if owner[cells[entry].empty] != EMPTY:
            continue
        region[0] = cells[entry].empty
        owner[region[0]] = BORDER
        size = 1
        done = 0
        reach = 0
        while done < size:
            for i in range(4):
                point = region[done] + steps[i]
                colour = cells[point].colour
                if colour == EMPTY:
                    if owner[point] == EMPTY:
                        owner[point] = BORDER
                        region[size] = point
                        size += 1
                elif colour != BORDER:
                    reach |= colour
            done += 1
        # BLACK | WHITE and nothing at all are nobody's; BORDER marks such points as seen.
        if reach == BLACK or reach == WHITE:
            areas[reach] += size
            for i in range(size):
                owner[region[i]] = reach
    for entry in range(board.num_empty):
        if owner[cells[entry].empty] == BORDER:
            owner[cells[entry].empty] = EMPTY
    black[0] = areas[BLACK]
    white[0] = areas[WHITE]


cdef int board_check(const Board* board) noexcept nogil:
    """Walk the invariants; returns 0, or the number of the first that is broken."""
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int point, i, near, num_empty = 0, around, size, liberties, stone
    cdef uint64_t total = 0, chain_hash
    for point in range(board.num_cells):
        if cells[point].colour == BORDER:
            continue
        around = 0
        for i in range(4):
            near = cells[point + steps[i]].colour
            around += 256 if near == EMPTY else 17 if near == BORDER else 1 if near == BLACK else 16
        if cells[point].around != around:
            return 1
        if cells[point].colour == EMPTY:
            num_empty += 1
            if not board.empty[1 + (point >> 6)] >> (point & 63) & 1:
                return 2
            if cells[cells[point].slot].empty != point:
                return 2
            continue
        total ^= KEYS[cells[point].colour][point]
        if cells[point].chain != point:
            continue
        size = liberties = 0
        chain_hash = 0
        stone = point
        while True:
            if cells[stone].chain != point or cells[stone].colour != cells[point].colour:
                return 3
            size += 1
            liberties += cells[stone].around >> 8
            chain_hash ^= KEYS[cells[stone].colour][stone]
            stone = cells[stone].next
            if stone == point or size > MAX_POINTS:
                break
        if size != cells[point].size or chain_hash != cells[point].hash:
            return 4
        if vital(cells[point].colour, liberties) != cells[point].vital or liberties == 0:
            return 5
    if num_empty != board.num_empty:
        return 6
    if total != board.hash:
        return 7
    return 0
