"""Which chains have two and three liberties, updated from one position to another.

The number of a chain's liberties depends only on the stones of the chain and beside it. Between two
positions of one size, only the chains that hold a changed point, or lie beside one, are counted
again. The positions need not follow each other; after one move these chains are few.
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
    add_to,
    board_liberties,
    count_bits,
    lowest_bit,
    neighbours,
    pseudo_liberties_of,
    size_of,
)

cdef enum:
    MANY = 12  # pseudo-liberties of three liberties at most, as each is counted up to 4 times


cdef void liberties_update(Liberties* liberties, const Board* board) noexcept nogil:
    """Make `liberties` those of `board`; they may be of any position of its size, or all zero."""
    cdef uint64_t[WORDS] changed
    cdef uint64_t[WORDS] recount
    cdef uint64_t black, white
    cdef LibertyWord* here
    cdef int num_words = board.num_words
    cdef int word
    changed[0] = changed[num_words + 1] = recount[2] = 0
    for word in range(1, num_words + 1):
        black, white = board.stones[0][word], board.stones[1][word]
        here = &liberties.words[word]
        changed[word] = (here.black ^ black) | (here.white ^ white)
        here.black, here.white = black, white
    for word in range(1, num_words + 1):
        recount[word] = (board.stones[0][word] | board.stones[1][word]) & (
            changed[word] | neighbours(board, changed, word)
        )
        liberties.words[word].two &= ~changed[word]
        liberties.words[word].three &= ~changed[word]
    for word in range(1, num_words + 1):
        while recount[word]:
            if num_words <= 2:
                count_small(liberties, board, word, recount)
            else:
                count(liberties, board, word, recount)


cdef inline void enter(
    Liberties* liberties, int word, uint64_t stones, int num_liberties, uint64_t* recount
) noexcept nogil:
    """Record one word of a chain, which is then counted."""
    cdef LibertyWord* here = &liberties.words[word]
    recount[word] &= ~stones
    here.two = (here.two & ~stones) | (stones if num_liberties == 2 else 0)
    here.three = (here.three & ~stones) | (stones if num_liberties == 3 else 0)


cdef inline void count_small(
    Liberties* liberties, const Board* board, int word, uint64_t* recount
) noexcept nogil:
    """Count one chain of `recount`, which has a stone in `word`, on a board of two words.

    The chain is grown from the stone, all points at a time, without reading a cell.
    """
    cdef const uint64_t* left = HAS_LEFT[board.width]
    cdef const uint64_t* right = HAS_RIGHT[board.width]
    cdef int width = board.width, num_liberties
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
    num_liberties = count_bits(low_beside & board.empty[1])
    num_liberties += count_bits(high_beside & board.empty[2])
    enter(liberties, 1, low, num_liberties, recount)
    enter(liberties, 2, high, num_liberties, recount)


cdef inline void count(
    Liberties* liberties, const Board* board, int word, uint64_t* recount
) noexcept nogil:
    """As `count_small` on any board, but from stone to stone, which is faster with many words."""
    cdef const uint16_t* move_at = MOVE_AT[board.width]
    cdef const Cell* cells = board.cells
    cdef int head = cells[POINT_OF[board.width][64 * (word - 1) + lowest_bit(recount[word])]].chain
    cdef int stone = head, num_liberties
    cdef uint64_t[WORDS] chain
    cdef uint16_t[4] found
    for word in range(1, board.num_words + 1):
        chain[word] = 0
    while True:
        add_to(chain, move_at[stone])
        stone = cells[stone].next
        if stone == head:
            break
    # Up to two stones, liberties and pseudo-liberties are equal: no point is beside both stones.
    num_liberties = pseudo_liberties_of(board, head)
    if size_of(board, head) > 2 and num_liberties <= MANY:
        num_liberties = board_liberties(board, head, found, 4)
    for word in range(1, board.num_words + 1):
        enter(liberties, word, chain[word], num_liberties, recount)
