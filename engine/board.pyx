"""Board: stones without history.

A board is a padded one-dimensional array of cells with one border column shared by both sides.
Chains are rings of stones. Each has a head, which holds its size, its pseudo-liberties and the
exclusive or of its Zobrist keys. So the hash after a capture is known without playing the move.

Pseudo-liberties count an empty point once for each stone beside it. A chain has no liberty exactly
when it has no pseudo-liberty. It has one liberty exactly when all its pseudo-liberties are at one
point; their sum and the sum of their squares show that. (The technique of libEGO, Łukasz Lew 2010,
and Pachi.) The stones in atari are kept as a set. With it the legal points, ko left aside, are
found for 64 points at a time.

These functions trust their arguments: points are on the board, moves are legal. `position.pyx`
validates.
"""

from libc.string cimport memset

cdef void fill_tables() noexcept:
    cdef uint64_t state = 0x1F5E1
    cdef int colour, cell, width, row, column, move, point
    for colour in range(BLACK, WHITE + 1):
        for cell in range(MAX_CELLS):
            KEYS[colour][cell] = next_random(&state)
    for cell in range(MAX_CELLS):
        LIBERTY[cell] = liberty(cell)
    for width in range(1, MAX_SIDE + 1):
        memset(HAS_LEFT[width], 0, sizeof(HAS_LEFT[width]))
        memset(HAS_RIGHT[width], 0, sizeof(HAS_RIGHT[width]))
        for row in range(MAX_SIDE):
            for column in range(width):
                point = (row + 1) * (width + 1) + column
                move = row * width + column
                POINT_OF[width][move] = point
                MOVE_AT[width][point] = move
                if column > 0:
                    add_to(HAS_LEFT[width], move)
                if column < width - 1:
                    add_to(HAS_RIGHT[width], move)


fill_tables()


cdef void board_clear(Board* board, int width, int height) noexcept nogil:
    """Make `board` an empty board of `width` columns and `height` rows."""
    cdef int stride = width + 1
    cdef int num_cells = (height + 2) * stride + 1
    cdef int move, point
    cdef Cell* cells = board.cells
    memset(board, 0, sizeof(Board) - (MAX_CELLS - num_cells) * sizeof(Cell))
    board.width = width
    board.height = height
    board.stride = stride
    board.num_cells = num_cells
    board.num_words = width * height + 63 >> 6
    for point in range(num_cells):
        cells[point].colour = BORDER
        cells[point].chain = point
        cells[point].next = point
    for move in range(width * height):
        point = POINT_OF[width][move]
        cells[point].colour = EMPTY
        cells[point].allows_beside = BLACK | WHITE
    for move in range(width * height):
        point = POINT_OF[width][move]
        cells[point].packed_liberties = packed_liberties_at(board, point)
        add_to(board.empty, move)
        list_empty(board, point)


cdef inline uint64_t packed_liberties_at(const Board* board, int point) noexcept nogil:
    """The `packed_liberties` of an empty `point`."""
    cdef const Cell* cells = board.cells
    cdef int stride = board.stride
    return (
        (LIBERTY[point - stride] & -<uint64_t>(cells[point - stride].colour == EMPTY))
        + (LIBERTY[point - 1] & -<uint64_t>(cells[point - 1].colour == EMPTY))
        + (LIBERTY[point + 1] & -<uint64_t>(cells[point + 1].colour == EMPTY))
        + (LIBERTY[point + stride] & -<uint64_t>(cells[point + stride].colour == EMPTY))
    )


cdef inline void list_empty(Board* board, int point) noexcept nogil:
    board.cells[point].next = board.num_empty
    board.cells[board.num_empty].empty = point
    board.num_empty += 1


cdef void toggle_atari(Board* board, int head) noexcept nogil:
    """Update what depends on atari after a chain came into it, or out of it."""
    cdef Cell* cells = board.cells
    cdef const uint16_t* move_at = MOVE_AT[board.width]
    cdef int stone = head, move
    while True:
        move = move_at[stone]
        toggle_in(board.atari, move)
        cells[stone].allows_beside ^= BLACK | WHITE
        stone = cells[stone].next
        if stone == head:
            break


cdef void join(Board* board, int a, int b) noexcept nogil:
    """Make one chain of the chains with heads `a` and `b`."""
    cdef Cell* cells = board.cells
    cdef int head = a if size_of(board, a) >= size_of(board, b) else b
    cdef int gone = a + b - head
    cdef int stone = gone
    cdef uint16_t after
    while True:
        cells[stone].chain = head
        stone = cells[stone].next
        if stone == gone:
            break
    cells[head].packed_liberties += cells[gone].packed_liberties
    cells[head].hash ^= cells[gone].hash
    after = cells[head].next
    cells[head].next = cells[gone].next
    cells[gone].next = after


cdef void remove_chain(Board* board, int head) noexcept nogil:
    """Remove a chain by its head; the chains around it leave atari."""
    cdef Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int colour = cells[head].colour
    cdef int stone = head
    cdef int after, move, i, near
    board.hash ^= cells[head].hash
    board.num_taken += size_of(board, head)
    board.prisoners[opponent_of(colour)] += size_of(board, head)
    while True:
        after = cells[stone].next
        cells[stone].colour = EMPTY
        cells[stone].allows_beside = BLACK | WHITE
        cells[stone].chain = stone
        cells[stone].packed_liberties = packed_liberties_at(board, stone)
        move = MOVE_AT[board.width][stone]
        add_to(board.empty, move)
        remove_from(board.stones[colour - 1], move)
        remove_from(board.atari, move)
        add_to(board.lost[colour - 1], move)
        list_empty(board, stone)
        for i in range(4):
            near = stone + steps[i]
            cells[cells[near].chain].packed_liberties += LIBERTY[stone]
            if cells[near].colour == opponent_of(colour) and cells[near].allows_beside == colour:
                toggle_atari(board, cells[near].chain)
        stone = after
        if stone == head:
            break
    # The head's cell was the chain's until its last stone had gone: pack it once more.
    cells[head].packed_liberties = packed_liberties_at(board, head)


cdef inline void put(Board* board, int point, int colour) noexcept nogil:
    """Put a stone as a chain of its own, not in atari, and update the neighbours' liberties."""
    cdef Cell* cells = board.cells
    cdef Cell* cell = &cells[point]
    cdef int stride = board.stride, move = MOVE_AT[board.width][point]
    cdef uint64_t gone = LIBERTY[point]
    cdef int last
    board.num_empty -= 1
    last = cells[board.num_empty].empty
    cells[cell.next].empty = last
    cells[last].next = cell.next
    toggle_in(board.empty, move)
    add_to(board.stones[colour - 1], move)
    cell.colour = colour
    cell.allows_beside = colour
    cell.next = point
    cell.packed_liberties += <uint64_t>1 << STONES_SHIFT
    cell.hash = KEYS[colour][point]
    board.hash ^= cell.hash
    cells[(cell - stride).chain].packed_liberties -= gone
    cells[(cell - 1).chain].packed_liberties -= gone
    cells[(cell + 1).chain].packed_liberties -= gone
    cells[(cell + stride).chain].packed_liberties -= gone


cdef inline void join_if_own(Board* board, int point, int neighbour, int colour) noexcept nogil:
    cdef Cell* cells = board.cells
    if cells[neighbour].colour == colour and cells[neighbour].chain != cells[point].chain:
        join(board, cells[point].chain, cells[neighbour].chain)


cdef void board_put(Board* board, int point, int colour) noexcept nogil:
    """Set up a stone without capturing; a chain may have no liberty for now.

    Call `board_find_ataris` after the last stone and before any move.
    """
    cdef int stride = board.stride
    put(board, point, colour)
    join_if_own(board, point, point - stride, colour)
    join_if_own(board, point, point - 1, colour)
    join_if_own(board, point, point + 1, colour)
    join_if_own(board, point, point + stride, colour)


cdef void board_find_ataris(Board* board) noexcept nogil:
    """Find the chains in atari on a board that was set up by `board_put`."""
    cdef int point
    for point in range(board.num_cells):
        if board.cells[point].colour in (BLACK, WHITE) and board.cells[point].chain == point:
            if has_one_liberty(board.cells[point].packed_liberties):
                toggle_atari(board, point)


cdef int board_play(Board* board, int point, int colour) noexcept nogil:
    """Play a legal stone; returns how many stones were removed."""
    cdef Cell* cells = board.cells
    cdef Cell* cell = &cells[point]
    cdef int stride = board.stride
    cdef Cell* near[4]
    cdef int enemy = opponent_of(colour)
    cdef int i, head, own, hurt
    cdef uint64_t packed
    near[0], near[1], near[2], near[3] = cell - stride, cell - 1, cell + 1, cell + stride
    board.num_taken = 0
    board.ko = 0
    put(board, point, colour)
    # The neighbours that matter are found without a branch: the processor would mispredict it.
    own = hurt = 0
    for i in range(4):
        own |= (near[i].colour == colour) << i
        packed = cells[near[i].chain].packed_liberties
        hurt |= ((near[i].colour == enemy) & has_one_liberty(packed)) << i
    while own:
        i = lowest_bit(own)
        own &= own - 1
        head = near[i].chain
        if head != cell.chain:
            if near[i].allows_beside != colour:
                toggle_atari(board, head)
            join(board, cell.chain, head)
    while hurt:
        i = lowest_bit(hurt)
        hurt &= hurt - 1
        head = near[i].chain
        if near[i].colour != enemy:
            continue  # its chain touched the stone twice, and is already removed
        if pseudo_liberties_of(board, head) == 0:
            remove_chain(board, head)
        elif near[i].allows_beside == enemy:
            toggle_atari(board, head)
    head = cells[point].chain
    if has_one_liberty(cells[head].packed_liberties):
        if pseudo_liberties_of(board, head) == 0:
            remove_chain(board, head)
            return board.num_taken
        toggle_atari(board, head)
        if board.num_taken == 1 and cells[point].next == point:  # a single stone, in atari
            board.ko = cells[board.num_empty - 1].empty
    return board.num_taken


cdef uint64_t board_hash_after(const Board* board, int point, int colour) noexcept nogil:
    """The hash of the stones after a move at `point`, legal with ko left aside; plays nothing."""
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int[4] heads
    cdef bint dies = not colours_allowed(board, point) & colour
    cdef int gone = colour if dies else opponent_of(colour)  # the colour that is captured
    cdef uint64_t after = board.hash ^ (0 if dies else KEYS[colour][point])
    cdef const Cell* near
    cdef int i, j
    for i in range(4):
        near = &cells[point + steps[i]]
        heads[i] = near.chain
        if near.colour == gone and (dies or near.allows_beside == colour):
            for j in range(i):
                if heads[j] == heads[i]:
                    break
            else:
                after ^= cells[heads[i]].hash
    return after


cdef bint has_eye_corners(const Board* board, int point, int colour) noexcept nogil:
    """The diagonal part of `board_is_eye`."""
    cdef const Cell* cells = board.cells
    cdef int stride = board.stride
    cdef int enemy = opponent_of(colour)
    cdef int[4] diagonals
    cdef int i, bad = 0, edge = 0, theirs
    diagonals = [point - stride - 1, point - stride + 1, point + stride - 1, point + stride + 1]
    diagonals[0] = max(0, diagonals[0])  # the border's first cell has no cell before it
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
    if pseudo_liberties_of(board, head) == 0:
        return 0
    while True:
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
        # A region that reaches both colours, or none, is neutral; BORDER marks it as seen.
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
    cdef int point, move, num_empty = 0, broken
    cdef uint64_t total = 0
    for move in range(board.width * board.height):
        point = POINT_OF[board.width][move]
        if is_in(board.empty, move) != (cells[point].colour == EMPTY):
            return 1
        if is_in(board.stones[0], move) != (cells[point].colour == BLACK):
            return 1
        if is_in(board.stones[1], move) != (cells[point].colour == WHITE):
            return 1
        if cells[point].colour == EMPTY:
            num_empty += 1
            if cells[cells[point].next].empty != point or cells[point].chain != point:
                return 2
            if cells[point].allows_beside != BLACK | WHITE or is_in(board.atari, move):
                return 2
            if cells[point].packed_liberties != packed_liberties_at(board, point):
                return 2
            continue
        total ^= KEYS[cells[point].colour][point]
        if cells[point].chain == point:
            broken = check_chain(board, point)
            if broken:
                return broken
    if num_empty != board.num_empty:
        return 6
    if total != board.hash:
        return 7
    for point in range(board.num_cells):
        if cells[point].colour != BORDER:
            continue
        if cells[point].chain != point or cells[point].allows_beside:
            return 8
    return 0


cdef int check_chain(const Board* board, int head) noexcept nogil:
    cdef const Cell* cells = board.cells
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef uint16_t[2] found
    cdef uint64_t packed = 0, hash = 0
    cdef int stone = head, i, allows, size = 0, colour = cells[head].colour
    cdef bint atari = board_liberties(board, head, found, 2) == 1
    allows = opponent_of(colour) if atari else colour
    while True:
        if cells[stone].chain != head or cells[stone].colour != colour:
            return 3
        if is_in(board.atari, MOVE_AT[board.width][stone]) != atari:
            return 4
        if cells[stone].allows_beside != allows:
            return 4
        packed += <uint64_t>1 << STONES_SHIFT
        hash ^= KEYS[colour][stone]
        for i in range(4):
            if cells[stone + steps[i]].colour == EMPTY:
                packed += LIBERTY[stone + steps[i]]
        stone = cells[stone].next
        size += 1
        if stone == head or size > MAX_POINTS:
            break
    if packed != cells[head].packed_liberties or packed & 511 == 0 or hash != cells[head].hash:
        return 5
    return 0
