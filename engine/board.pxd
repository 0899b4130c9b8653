"""Board: stones without history, one C struct that memcpy copies; see board.pyx."""

from libc.stdint cimport uint8_t, uint16_t, uint64_t

cdef extern from *:
    int count_bits "__builtin_popcountll"(unsigned long long bits) noexcept nogil
    int lowest_bit "__builtin_ctzll"(unsigned long long bits) noexcept nogil

cdef enum:
    EMPTY = 0
    BLACK = 1
    WHITE = 2
    BORDER = 3
    MAX_SIDE = 19
    MAX_POINTS = 361
    MAX_CELLS = 421  # (19 + 2) rows of 19 + 1 cells, and the last row's right neighbour
    WORDS = 8  # of a set of points: 6 words of 64 bits, and a zero on either side

ctypedef struct Cell:
    # A point of the padded board, or of its border. What belongs to a chain stands in the cell
    # of its head. 24 bytes, so that a point and its chain cost a cache line each.
    uint64_t hash  # head: the exclusive or of its stones' keys
    uint64_t vital  # head, or empty point: its stones and pseudo-liberties; see `liberty`
    uint16_t chain  # the head of the chain; a point without a stone is its own
    uint16_t next  # the chain's next stone, in a ring; of an empty point, its place in the list
    uint16_t empty  # the list of empty points: entry i stands in cell i
    uint8_t opens  # the colours that may play on an empty point beside it; see `board_allows`
    uint8_t colour

ctypedef struct Board:
    # Sets of points have bit m % 64 of word 1 + m / 64 for move m.
    uint64_t hash  # Zobrist hash of the stones
    int width
    int height
    int stride  # from a point to the one below: width + 1, for one border column serves two sides
    int num_cells
    int num_words  # that a set of points fills
    int num_empty
    int ko  # the point where taking back would repeat, or 0
    int num_taken  # stones that the last move took off, suicides included
    int prisoners[3]  # by the colour that took them
    uint64_t empty[WORDS]
    uint64_t stones[2][WORDS]  # by colour - 1
    uint64_t atari[WORDS]  # stones of chains with one liberty
    uint64_t lost[2][WORDS]  # by colour - 1, where a stone was ever taken off
    Cell cells[MAX_CELLS]  # the last field: a small board ends after `num_cells`

cdef uint64_t[3][MAX_CELLS] KEYS
cdef uint64_t[MAX_CELLS] LIBERTY
cdef uint16_t[MAX_SIDE + 1][MAX_CELLS] MOVE_AT
cdef uint16_t[MAX_SIDE + 1][MAX_POINTS] POINT_OF
cdef uint64_t[MAX_SIDE + 1][WORDS] HAS_LEFT  # by width, the points with another to their left
cdef uint64_t[MAX_SIDE + 1][WORDS] HAS_RIGHT

cdef inline size_t board_bytes(const Board* board) noexcept nogil:
    return sizeof(Board) - (MAX_CELLS - board.num_cells) * sizeof(Cell)

cdef inline int opponent_of(int colour) noexcept nogil:
    return BLACK + WHITE - colour

cdef inline bint is_in(const uint64_t* points, int move) noexcept nogil:
    return points[1 + (move >> 6)] >> (move & 63) & 1

cdef inline bint was_lost(const Board* board, int point, int colour) noexcept nogil:
    """Whether a stone of `colour` was ever taken off at `point`."""
    return is_in(board.lost[colour - 1], MOVE_AT[board.width][point])

cdef inline uint64_t neighbours(
    const Board* board, const uint64_t* points, int word
) noexcept nogil:
    """One word of the points beside those of a set; bits below the board mean nothing."""
    cdef int width = board.width
    cdef uint64_t here = points[word]
    return (
        ((here << 1 | points[word - 1] >> 63) & HAS_LEFT[width][word])
        | ((here >> 1 | points[word + 1] << 63) & HAS_RIGHT[width][word])
        | (here << width | points[word - 1] >> (64 - width))
        | (here >> width | points[word + 1] << (64 - width))
    )

cdef inline uint64_t liberty(int point) noexcept nogil:
    """What an empty `point` adds to the `vital` of a chain, once for each stone beside it.

    One to the pseudo-liberties (9 bits), the point to their sum (18 bits), its square to the sum
    of squares (27 bits); stones are counted above. A chain of n stones has at most 2 n + 2 pairs
    of a stone and an empty point, and at most 4 for each empty point, so no sum overflows. The
    empty points around an empty one are summed up in the same way, for the stone that may come.
    """
    return <uint64_t>point * point << 27 | point << 9 | 1

cdef inline int liberties_of(const Board* board, int head) noexcept nogil:
    """Pseudo-liberties of the chain at `head`."""
    return board.cells[head].vital & 511

cdef inline int size_of(const Board* board, int head) noexcept nogil:
    """Stones of the chain at `head`."""
    return board.cells[head].vital >> 54

cdef inline bint has_one_liberty(uint64_t vital) noexcept nogil:
    """Whether a chain with this `vital` has one liberty, or none.

    Then all pseudo-liberties are at the same point; and by the inequality of Cauchy and Schwarz
    their number times the sum of squares is the square of their sum then alone.
    """
    cdef uint64_t total = vital >> 9 & 0x3FFFF
    return (vital & 511) * (vital >> 27 & 0x7FFFFFF) == total * total

cdef inline int empties_around(const Board* board, int point) noexcept nogil:
    """Empty neighbours of an empty `point`."""
    return board.cells[point].vital & 511

cdef inline int opens_around(const Board* board, int point) noexcept nogil:
    cdef const Cell* cell = &board.cells[point]
    cdef int stride = board.stride
    return (cell - stride).opens | (cell - 1).opens | (cell + 1).opens | (cell + stride).opens

cdef inline bint is_enclosed(const Board* board, int point, int colour) noexcept nogil:
    """Whether all neighbours are of `colour` or border, which is both colours."""
    cdef const Cell* cell = &board.cells[point]
    cdef int stride = board.stride
    return (
        (cell - stride).colour & (cell - 1).colour & (cell + 1).colour & (cell + stride).colour
        & colour
    ) != 0

cdef inline bint board_is_eye(const Board* board, int point, int colour) noexcept nogil:
    """Whether the empty `point` is a one-point eye of `colour`.

    All neighbours are own or border; of the diagonal points fewer than two are the enemy's, and
    none at the border: the usual test of playouts (Gelly et al. 2006).
    """
    return is_enclosed(board, point, colour) and has_eye_corners(board, point, colour)

cdef inline void set_aside(Board* board, int entry, int last) noexcept nogil:
    """Swap two entries of the list of empty points: what was tried goes behind what is left."""
    cdef int point = board.cells[entry].empty, other = board.cells[last].empty
    board.cells[last].empty = point
    board.cells[point].next = last
    board.cells[entry].empty = other
    board.cells[other].next = entry

cdef inline uint64_t next_random(uint64_t* state) noexcept nogil:
    """Advance a splitmix64 generator (Steele, Lea, Flood 2014) and return 64 random bits."""
    cdef uint64_t z
    state[0] += <uint64_t>0x9E3779B97F4A7C15
    z = state[0]
    z = (z ^ (z >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    z = (z ^ (z >> 27)) * <uint64_t>0x94D049BB133111EB
    return z ^ (z >> 31)

cdef inline bint is_beside(const Board* board, int point, int colour) noexcept nogil:
    return (
        board.cells[point - board.stride].colour == colour
        or board.cells[point - 1].colour == colour
        or board.cells[point + 1].colour == colour
        or board.cells[point + board.stride].colour == colour
    )

cdef inline bint is_suicide(const Board* board, int point, int colour) noexcept nogil:
    """Whether a stone at the empty `point` would take a chain of its colour off with it."""
    return not opens_around(board, point) & colour and is_beside(board, point, colour)

cdef inline bint board_allows(
    const Board* board, int point, int colour, bint suicide
) noexcept nogil:
    """Whether a stone at the empty `point` is legal but for ko.

    It lives where it touches an empty point, a chain of its colour with another liberty, or one
    of the enemy's without. What touches a point is known beforehand: it `opens` the point.
    """
    if opens_around(board, point) & colour:
        return True
    return suicide and is_beside(board, point, colour)

cdef void board_clear(Board* board, int width, int height) noexcept nogil
cdef void board_put(Board* board, int point, int colour) noexcept nogil
cdef void board_find_ataris(Board* board) noexcept nogil
cdef int board_play(Board* board, int point, int colour) noexcept nogil
cdef uint64_t board_hash_after(const Board* board, int point, int colour) noexcept nogil
cdef bint has_eye_corners(const Board* board, int point, int colour) noexcept nogil
cdef int board_liberties(const Board* board, int stone, uint16_t* found, int limit) noexcept nogil
cdef void board_area(const Board* board, uint8_t* owner, int* black, int* white) noexcept nogil
cdef int board_check(const Board* board) noexcept nogil
