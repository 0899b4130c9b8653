"""Board: stones without history, one C struct that memcpy copies; see board.pyx."""

from libc.stdint cimport uint8_t, uint16_t, uint64_t

cdef enum:
    EMPTY = 0
    BLACK = 1
    WHITE = 2
    BORDER = 3
    MAX_SIDE = 19
    MAX_POINTS = 361
    MAX_CELLS = 421  # (19 + 2) rows of 19 + 1 cells, and the last row's right neighbour

ctypedef struct Cell:
    # A point of the padded board, or of its border. What belongs to a chain stands in the cell
    # of its head. 24 bytes, so that a point and its chain cost a cache line each.
    uint64_t hash  # head: the exclusive or of its stones' keys
    uint16_t liberties  # head: pseudo-liberties, that is pairs of a stone and an empty neighbour
    uint16_t size  # head: stones
    uint16_t next  # the chain's next stone, in a ring
    uint16_t chain  # the head of the chain; a point without a stone is its own
    uint16_t around  # neighbours: 15 & black, 15 & white >> 4, empty >> 8; border is both colours
    uint16_t slot  # an empty point's place in the list of empty points
    uint16_t empty  # the list itself: entry i stands in cell i
    uint8_t colour
    uint8_t lost  # 1 << colour for each colour whose stone was ever taken off here

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
    Cell cells[MAX_CELLS]  # the last field: a small board ends after `num_cells`

cdef uint64_t[3][MAX_CELLS] KEYS
cdef uint16_t[MAX_SIDE + 1][MAX_CELLS] MOVE_AT
cdef uint16_t[MAX_SIDE + 1][MAX_POINTS] POINT_OF

cdef inline size_t board_bytes(const Board* board) noexcept nogil:
    return sizeof(Board) - (MAX_CELLS - board.num_cells) * sizeof(Cell)

cdef inline int opponent_of(int colour) noexcept nogil:
    return BLACK + WHITE - colour

cdef inline int empties_around(const Board* board, int point) noexcept nogil:
    return board.cells[point].around >> 8

cdef inline int own_around(const Board* board, int point, int colour) noexcept nogil:
    return (board.cells[point].around >> (4 * (colour - 1))) & 15

cdef inline int threat(const Board* board, int head, int links, int colour) noexcept nogil:
    """What a stone of `colour` means to the chain at `head`, which it would touch `links` times.

    The stone takes the chain's last liberty exactly when all its pseudo-liberties are those
    links. Returns 1 for a chain that lets the stone live, 2 for an own one that would die with
    it, else 0.
    """
    cdef const Cell* chain = &board.cells[head]
    cdef bint last = chain.liberties == links
    cdef bint own = chain.colour == colour
    cdef bint enemy = chain.colour == BLACK + WHITE - colour
    return (own ^ (own & last)) | (enemy & last) | (own & last) << 1

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
        threat(board, a, 1 + ab + ac + ad, colour)
        | threat(board, b, 1 + ab + bc + bd, colour)
        | threat(board, c, 1 + ac + bc + cd, colour)
        | threat(board, d, 1 + ad + bd + cd, colour)
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

cdef uint64_t next_random(uint64_t* state) noexcept nogil
cdef void board_clear(Board* board, int width, int height) noexcept nogil
cdef void board_put(Board* board, int point, int colour) noexcept nogil
cdef int board_play(Board* board, int point, int colour) noexcept nogil
cdef uint64_t board_hash_after(const Board* board, int point, int colour) noexcept nogil
cdef bint board_is_eye(const Board* board, int point, int colour) noexcept nogil
cdef int board_liberties(const Board* board, int stone, uint16_t* found, int limit) noexcept nogil
cdef void board_area(const Board* board, uint8_t* owner, int* black, int* white) noexcept nogil
cdef int board_check(const Board* board) noexcept nogil
