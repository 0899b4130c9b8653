"""Which chains have two liberties and which have three, kept from one position to the next.

A chain's liberties follow from the stones on it and beside it alone. So of any two positions of
one size, however they came about, only those chains need counting that hold a point which changed
or lie beside one; after a move that is a few of them.
"""

from libc.stdint cimport uint16_t, uint64_t

from insei.engine.board cimport (
    HAS_LEFT,
    HAS_RIGHT,
    MOVE_AT,
    POINT_OF,
    WORDS,
    Board,
    Cell,
    board_liberties,
    count_bits,
    liberties_of,
    lowest_bit,
    neighbours,
    size_of,
)

cdef enum:
    MANY = 12  # pseudo-liberties; more are of four liberties or more, each counted at most 4 times


cdef void liberties_update(Liberties* known, const Board* board) noexcept nogil:
    """Bring `known`, of any position of the board's size or all zero, to that of `board`."""
    cdef uint64_t[WORDS] changed
    cdef uint64_t[WORDS] recount
    cdef uint64_t black, white
    cdef int num_words = board.num_words
    cdef int word
    changed[0] = changed[num_words + 1] = recount[2] = 0
    for word in range(1, num_words + 1):
        black, white = board.stones[0][word], board.stones[1][word]
        changed[word] = (known.words[word].black ^ black) | (known.words[word].white ^ white)
        known.words[word].black, known.words[word].white = black, white
    for word in range(1, num_words + 1):
        recount[word] = (board.stones[0][word] | board.stones[1][word]) & (
            changed[word] | neighbours(board, changed, word)
        )
        known.words[word].two &= ~changed[word]
        known.words[word].three &= ~changed[word]
    for word in range(1, num_words + 1):
        while recount[word]:
            if num_words <= 2:
                count_small(known, board, word, recount)
            else:
                count(known, board, word, recount)


cdef inline void enter(
    Liberties* known, int word, uint64_t stones, int liberties, uint64_t* recount
) noexcept nogil:
    """Note one word of a chain."""
    cdef LibertyWord* here = &known.words[word]
    recount[word] &= ~stones
    here.two = (here.two & ~stones) | (stones if liberties == 2 else 0)
    here.three = (here.three & ~stones) | (stones if liberties == 3 else 0)


cdef inline void count_small(
    Liberties* known, const Board* board, int word, uint64_t* recount
) noexcept nogil:
    """Count a chain of `recount`, one with a stone in `word`, where two words hold the board.

    The chain is what grows from the stone, all points at a time, and reads no cells.
    """
    cdef const uint64_t* left = HAS_LEFT[board.width]
    cdef const uint64_t* right = HAS_RIGHT[board.width]
    cdef int width = board.width, liberties
    cdef uint64_t first = recount[word] & -recount[word]
    cdef const uint64_t* own = board.stones[0 if board.stones[0][word] & first else 1]
    cdef uint64_t low = first if word == 1 else 0, high = first if word == 2 else 0
    cdef uint64_t low_beside, high_beside, low_more, high_more
    while True:
        low_beside = (
            ((low << 1) & left[1]) | ((low >> 1 | high << 63) & right[1])
            | low << width | low >> width | high << (64 - width)
        )
        high_beside = (
            ((high << 1 | low >> 63) & left[2]) | ((high >> 1) & right[2])
            | high << width | low >> (64 - width) | high >> width
        )
        low_more = low_beside & own[1] & ~low
        high_more = high_beside & own[2] & ~high
        if not low_more | high_more:
            break
        low |= low_more
        high |= high_more
    liberties = count_bits(low_beside & board.empty[1]) + count_bits(high_beside & board.empty[2])
    enter(known, 1, low, liberties, recount)
    enter(known, 2, high, liberties, recount)


cdef inline void count(
    Liberties* known, const Board* board, int word, uint64_t* recount
) noexcept nogil:
    """As `count_small` on any board, from stone to stone: more words would cost more."""
    cdef const uint16_t* move_at = MOVE_AT[board.width]
    cdef const Cell* cells = board.cells
    cdef int head = cells[POINT_OF[board.width][64 * (word - 1) + lowest_bit(recount[word])]].chain
    cdef int stone = head, move, liberties
    cdef uint64_t[WORDS] chain
    cdef uint16_t[4] found
    for word in range(1, board.num_words + 1):
        chain[word] = 0
    while True:
        move = move_at[stone]
        chain[1 + (move >> 6)] |= <uint64_t>1 << (move & 63)
        stone = cells[stone].next
        if stone == head:
            break
    # No empty point lies beside both stones of a pair: up to two stones the two numbers agree.
    liberties = liberties_of(board, head)
    if size_of(board, head) > 2 and liberties <= MANY:
        liberties = board_liberties(board, head, found, 4)
    for word in range(1, board.num_words + 1):
        enter(known, word, chain[word], liberties, recount)
