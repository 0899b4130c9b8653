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
    STONES_SHIFT = 54  # of `packed_liberties`: where its number of stones begins
    MAX_CELLS = 421  # (19 + 2) rows of 19 + 1 cells, and the last row's right neighbour
    WORDS = 8  # of a set of points: 6 words of 64 bits, and a zero on either side

ctypedef struct Cell:
    # A point of the padded board, or of its border. A chain's fields are those of its head's cell.
    # 24 bytes, so that a point and its chain cost a cache line each.
    uint64_t hash  # head: the exclusive or of its stones' keys
    uint64_t packed_liberties  # head or empty point: stones and pseudo-liberties; see `liberty`
    uint16_t chain  # the head of the chain; a point without a stone is its own
    uint16_t next  # the chain's next stone, in a ring; an empty point's place in the list
    uint16_t empty  # entry i of the list of empty points is in cell i
    uint8_t allows_beside  # colours that may play on an empty point beside it; see `board_allows`
    uint8_t colour

ctypedef struct Board:
    # In a set of points, move m is bit m % 64 of word 1 + m / 64: see `add_to`.
    uint64_t hash  # Zobrist hash of the stones
    int width
    int height
    int stride  # from a point to the one below: width + 1; one border column serves both sides
    int num_cells
    int num_words  # words that a set of points fills
    int num_empty
    int ko  # the point where recapturing would repeat the board, or 0
    int num_taken  # stones that the last move removed, suicides included
    int prisoners[3]  # by the colour that took them
    uint64_t empty[WORDS]
    uint64_t stones[2][WORDS]  # by colour - 1
    uint64_t atari[WORDS]  # stones of chains with one liberty
    uint64_t lost[2][WORDS]  # by colour - 1: points where a stone was ever removed
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

cdef inline int word_of(int move) noexcept nogil:
    """The word of a set of points that holds `move`."""
    return 1 + (move >> 6)

cdef inline uint64_t bit_of(int move) noexcept nogil:
    """The bit of `move` in its word."""
    return <uint64_t>1 << (move & 63)

cdef inline bint is_in(const uint64_t* points, int move) noexcept nogil:
    return points[word_of(move)] >> (move & 63) & 1

cdef inline void add_to(uint64_t* points, int move) noexcept nogil:
    points[word_of(move)] |= bit_of(move)

cdef inline void remove_from(uint64_t* points, int move) noexcept nogil:
    points[word_of(move)] &= ~bit_of(move)

cdef inline void toggle_in(uint64_t* points, int move) noexcept nogil:
    points[word_of(move)] ^= bit_of(move)

cdef inline bint was_lost(const Board* board, int point, int colour) noexcept nogil:
    """Whether a stone of `colour` was ever removed from `point`."""
    return is_in(board.lost[colour - 1], MOVE_AT[board.width][point])

cdef inline uint64_t neighbours(
    const Board* board, const uint64_t* points, int word
) noexcept nogil:
    """One word of the set of points beside those of `points`; bits past the board are undefined."""
    cdef int width = board.width
    cdef uint64_t here = points[word]
    return (
        ((here << 1 | points[word - 1] >> 63) & HAS_LEFT[width][word])
        | ((here >> 1 | points[word + 1] << 63) & HAS_RIGHT[width][word])
        | (here << width | points[word - 1] >> (64 - width))
        | (here >> width | points[word + 1] << (64 - width))
    )

cdef inline uint64_t liberty(int point) noexcept nogil:
    """What an empty `point` adds to a chain's `packed_liberties`, once for each stone beside it.

    ===== ==============================
    bits  field
    ===== ==============================
    0-8   pseudo-liberties
    9-26  sum of their points
    27-53 sum of their points' squares
    54-63 stones of the chain
    ===== ==============================

    A chain of n stones has at most 2 n + 2 pairs of a stone and an empty point, and an empty point
    is in at most 4 of them: no sum overflows. An empty point packs the empty points around it in
    the same way; a stone put there starts with them.
    """
    return <uint64_t>point * point << 27 | point << 9 | 1

cdef inline int pseudo_liberties_of(const Board* board, int head) noexcept nogil:
    """Pseudo-liberties of the chain at `head`."""
    return board.cells[head].packed_liberties & 511

cdef inline int size_of(const Board* board, int head) noexcept nogil:
    """Stones of the chain at `head`."""
    return board.cells[head].packed_liberties >> STONES_SHIFT

cdef inline bint has_one_liberty(uint64_t packed) noexcept nogil:
    """Whether a chain has at most one liberty.

    Its pseudo-liberties are then all at one point. By the Cauchy-Schwarz inequality, exactly then
    their number times the sum of squares equals the square of the sum.
    """
    cdef uint64_t total = packed >> 9 & 0x3FFFF
    return (packed & 511) * (packed >> 27 & 0x7FFFFFF) == total * total

cdef inline int empties_around(const Board* board, int point) noexcept nogil:
    """Empty neighbours of an empty `point`."""
    return board.cells[point].packed_liberties & 511

cdef inline int colours_allowed(const Board* board, int point) noexcept nogil:
    """The colours whose stone at the empty `point` would have a liberty."""
    cdef const Cell* cell = &board.cells[point]
    cdef int stride = board.stride
    return (
        (cell - stride).allows_beside | (cell - 1).allows_beside
        | (cell + 1).allows_beside | (cell + stride).allows_beside
    )

cdef inline bint is_enclosed(const Board* board, int point, int colour) noexcept nogil:
    """Whether all neighbours are of `colour` or border; the border has the bits of both colours."""
    cdef const Cell* cell = &board.cells[point]
    cdef int stride = board.stride
    return (
        (cell - stride).colour & (cell - 1).colour & (cell + 1).colour & (cell + stride).colour
        & colour
    ) != 0

cdef inline bint board_is_eye(const Board* board, int point, int colour) noexcept nogil:
    """Whether the empty `point` is a one-point eye of `colour`.

    All neighbours are of `colour` or border. Fewer than two diagonal points are the enemy's; at the
    border, none is. This is the usual test of playouts (Gelly et al. 2006).
    """
    return is_enclosed(board, point, colour) and has_eye_corners(board, point, colour)

cdef inline void set_aside(Board* board, int entry, int last) noexcept nogil:
    """Swap two entries of the list of empty points: a tried point goes behind the others."""
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
    """Whether a stone at the empty `point` would be captured with a chain of its colour."""
    return not colours_allowed(board, point) & colour and is_beside(board, point, colour)

cdef inline bint board_allows(
    const Board* board, int point, int colour, bint suicide
) noexcept nogil:
    """Whether a stone at the empty `point` is legal, ko left aside.

    It has a liberty if it touches an empty point, a chain of its colour with another liberty, or
    an enemy chain in atari. Each cell keeps the colours that it gives a liberty: `allows_beside`.
    """
    if colours_allowed(board, point) & colour:
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
