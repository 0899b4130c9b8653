"""Board: stones without history, one C struct that memcpy copies; see board.pyx."""

from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    EMPTY = 0
    BLACK = 1
    WHITE = 2
    BORDER = 3
    MAX_SIDE = 19
    MAX_POINTS = 361
    MAX_CELLS = 421  # (19 + 2) rows of 19 + 1 cells, and the last row's right neighbour
    WORDS = 9  # of a set of cells: 7 words of 64 bits, and a zero on either side

ctypedef struct Cell:
    # A point of the padded board, or of its border. What belongs to a chain stands in the cell
    # of its head. 24 bytes, so that a point and its chain cost a cache line each.
    uint64_t hash  # head: the exclusive or of its stones' keys
    uint32_t vital  # head: colour << 24 | pseudo-liberties, the pairs of a stone and an empty
    uint16_t size  # head: stones
    uint16_t next  # the chain's next stone, in a ring
    uint16_t chain  # the head of the chain; a point without a stone is its own
    uint16_t around  # neighbours: 15 & black, 15 & white >> 4, empty >> 8; border is both colours
    uint16_t slot  # an empty point's place in the list of empty points
    uint16_t empty  # the list itself: entry i stands in cell i
    uint8_t colour

ctypedef struct Board:
    uint64_t hash  # Zobrist hash of the stones
    int width
    int height
    int stride  # from a point to the one below: width + 1, for one border column serves two sides
    int num_cells
    int num_empty
    int ko  # the point where taking back would repeat, or 0
    int num_taken  # stones that the last move took off, suicides included
    int prisoners[3]  # by the colour that took them
    uint64_t empty[WORDS]  # the empty points as a set: bit p % 64 of word 1 + p / 64
    uint64_t lost[2][WORDS]  # by colour - 1, where a stone was ever taken off
    Cell cells[MAX_CELLS]  # the last field: a small board ends after `num_cells`

cdef uint64_t[3][MAX_CELLS] KEYS
cdef uint16_t[MAX_SIDE + 1][MAX_CELLS] MOVE_AT
cdef uint16_t[MAX_SIDE + 1][MAX_POINTS] POINT_OF

cdef inline size_t board_bytes(const Board* board) noexcept nogil:
    return sizeof(Board) - (MAX_CELLS - board.num_cells) * sizeof(Cell)

cdef inline int opponent_of(int colour) noexcept nogil:
    return BLACK + WHITE - colour

cdef inline bint was_lost(const Board* board, int point, int colour) noexcept nogil:
    """Whether a stone of `colour` was ever taken off at `point`."""
    return board.lost[colour - 1][1 + (point >> 6)] >> (point & 63) & 1

cdef inline int empties_around(const Board* board, int point) noexcept nogil:
    return board.cells[point].around >> 8

cdef inline int own_around(const Board* board, int point, int colour) noexcept nogil:
    return (board.cells[point].around >> (4 * (colour - 1))) & 15

cdef inline bint board_is_eye(const Board* board, int point, int colour) noexcept nogil:
    """Whether the empty `point` is a one-point eye of `colour`.

    All neighbours are own or border; of the diagonal points fewer than two are the enemy's, and
    none at the border: the usual test of playouts (Gelly et al. 2006).
    """
    return own_around(board, point, colour) == 4 and has_eye_corners(board, point, colour)

cdef inline void set_aside(Board* board, int entry, int last) noexcept nogil:
    """Swap two entries of the list of empty points: what was tried goes behind what is left."""
    cdef int point = board.cells[entry].empty, other = board.cells[last].empty
    board.cells[last].empty = point
    board.cells[point].slot = last
    board.cells[entry].empty = other
    board.cells[other].slot = entry

cdef inline uint64_t next_random(uint64_t* state) noexcept nogil:
    """Advance a splitmix64 generator (Steele, Lea, Flood 2014) and return 64 random bits."""
    cdef uint64_t z
    state[0] += <uint64_t>0x9E3779B97F4A7C15
    z = state[0]
    z = (z ^ (z >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    z = (z ^ (z >> 27)) * <uint64_t>0x94D049BB133111EB
    return z ^ (z >> 31)

cdef inline uint32_t vital(int colour, int liberties) noexcept nogil:
    """A chain's colour and pseudo-liberties in one number; they are often wanted together."""
    return <uint32_t>colour << 24 | liberties

cdef inline int liberties_of(const Board* board, int head) noexcept nogil:
    """Pseudo-liberties of the chain at `head`."""
    return board.cells[head].vital & 0xFFFFFF

cdef inline int threat(uint32_t chain, int links, int colour) noexcept nogil:
    """What a stone of `colour` means to a chain, given by its `vital`, that it touches so often.

    The stone takes the chain's last liberty exactly when all its pseudo-liberties are those
    links. Returns 1 for a chain that lets the stone live, 2 for an own one that would die with
    it, else 0.
    """
    cdef uint32_t left = (chain - links) ^ vital(colour, 0)
    cdef bint own_lives = left - 1 < 0xFFFFFF
    cdef bint enemy_dies = left == vital(BLACK ^ WHITE, 0)
    return own_lives | enemy_dies | (left == 0) << 1

cdef inline int tight_signs(const Board* board, int point, int colour) noexcept nogil:
    """What a stone at a point with no empty neighbour would meet; free of branches.

    Bit 0 is set if the stone lives, bit 1 if own chains would die with it where it doesn't.
    """
    cdef const Cell* cells = board.cells
    cdef int stride = board.stride
    cdef int a = cells[point - stride].chain
    cdef int b = cells[point - 1].chain
    cdef int c = cells[point + 1].chain
    cdef int d = cells[point + stride].chain
    cdef bint ab = a == b, ac = a == c, ad = a == d, bc = b == c, bd = b == d, cd = c == d
    return (
        threat(cells[a].vital, 1 + ab + ac + ad, colour)
        | threat(cells[b].vital, 1 + ab + bc + bd, colour)
        | threat(cells[c].vital, 1 + ac + bc + cd, colour)
        | threat(cells[d].vital, 1 + ad + bd + cd, colour)
    )

cdef inline bint board_allows(
    const Board* board, int point, int colour, bint suicide
) noexcept nogil:
    """Whether a stone at the empty `point` is legal but for ko."""
    cdef int signs
    if board.cells[point].around >> 8:
        return True
    signs = tight_signs(board, point, colour)
    return (signs & 1) | (suicide & (signs != 0))

cdef inline bint is_suicide(const Board* board, int point, int colour) noexcept nogil:
    """Whether a stone at the empty `point` would take its own chain off."""
    return board.cells[point].around < 256 and tight_signs(board, point, colour) == 2

cdef void board_clear(Board* board, int width, int height) noexcept nogil
cdef void board_put(Board* board, int point, int colour) noexcept nogil
cdef int board_play(Board* board, int point, int colour) noexcept nogil
cdef uint64_t board_hash_after(const Board* board, int point, int colour) noexcept nogil
cdef bint has_eye_corners(const Board* board, int point, int colour) noexcept nogil
cdef int board_liberties(const Board* board, int stone, uint16_t* found, int limit) noexcept nogil
cdef void board_area(const Board* board, uint8_t* owner, int* black, int* white) noexcept nogil
cdef int board_check(const Board* board) noexcept nogil
