"""State: a board with its game so far, as a C struct and free functions.

Superko costs little because of one fact: a move at a point can only repeat an earlier situation
if a stone of the same colour stood there before and was taken off, or if the move is a suicide.
Points are marked when stones leave the board; for those alone the hash after the move is formed
(from the chains' own hashes) and looked up, first in a Bloom filter, then newest first in the list
of past situations.
"""

from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

from engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    MOVE_AT,
    POINT_OF,
    WHITE,
    WORDS,
    Board,
    Cell,
    board_allows,
    board_area,
    board_clear,
    board_hash_after,
    board_play,
    liberties_of,
    opponent_of,
    tight_signs,
    was_lost,
)
from engine.territory cimport board_dead, board_owners, board_territory

cdef extern from *:
    int lowest_bit "__builtin_ctzll"(unsigned long long bits) noexcept nogil

cdef uint64_t[256] SPREAD  # byte i of entry b is bit i of b


cdef void fill_spread() noexcept:
    cdef int bits, i
    for bits in range(256):
        SPREAD[bits] = 0
        for i in range(8):
            (<uint8_t*>&SPREAD[bits])[i] = bits >> i & 1


fill_spread()

WHITE_MOVED = 0x8000
cdef uint64_t WHITE_TO_PLAY = 0x9D39247E33776D41  # the side's key under situational superko


cdef State* state_new(
    int width, int height, int ko_rule, bint suicide, int half_komi, int captures_to_win
) noexcept nogil:
    """An empty board, Black to play; NULL where there is no memory."""
    cdef int num_cells = (height + 2) * (width + 1) + 1
    cdef State* state = <State*>malloc(sizeof(State) - (MAX_CELLS - num_cells) * sizeof(Cell))
    if state == NULL:
        return NULL
    state.situations = NULL
    state.moves = NULL
    state.capacity = 0
    if state_reserve(state, 2 * width * height + 16) < 0:
        state_free(state)
        return NULL
    board_clear(&state.board, width, height)
    state.to_play = BLACK
    state.ko_rule = ko_rule
    state.suicide = suicide
    state.half_komi = half_komi
    state.captures_to_win = captures_to_win or NEVER
    state.territory = state.pass_stones = False
    state_forget(state)
    return state


cdef void state_free(State* state) noexcept nogil:
    if state != NULL:
        free(state.situations)
        free(state.moves)
        free(state)


cdef int state_reserve(State* state, int capacity) noexcept nogil:
    """Make room for `capacity` moves; -1 where there is no memory, and all stays as it was."""
    cdef void* block
    if capacity <= state.capacity:
        return 0
    block = realloc(state.situations, (capacity + 1) * sizeof(uint64_t))
    if block == NULL:
        return -1
    state.situations = <uint64_t*>block
    block = realloc(state.moves, capacity * sizeof(uint16_t))
    if block == NULL:
        return -1
    state.moves = <uint16_t*>block
    state.capacity = capacity
    return 0


cdef inline uint64_t situation(const State* state, uint64_t stones, int to_play) noexcept nogil:
    if state.ko_rule == SITUATIONAL and to_play == WHITE:
        return stones ^ WHITE_TO_PLAY
    return stones


cdef void state_forget(State* state) noexcept nogil:
    """Make the present situation the first of the history."""
    state.num_moves = 0
    state.passes = 0
    memset(state.seen, 0, sizeof(state.seen))
    remember(state)


cdef inline void remember(State* state) noexcept nogil:
    """Note the present situation; simple ko needs none."""
    if state.ko_rule == SIMPLE:
        return
    cdef uint64_t now = situation(state, state.board.hash, state.to_play)
    state.situations[state.num_moves] = now
    state.seen[now & 31] |= (<uint64_t>1 << (now >> 58)) | (<uint64_t>1 << ((now >> 52) & 63))


cdef inline bint was_there(const State* state, uint64_t then) noexcept nogil:
    cdef uint64_t bits = (<uint64_t>1 << (then >> 58)) | (<uint64_t>1 << ((then >> 52) & 63))
    cdef int i
    if state.seen[then & 31] & bits != bits:
        return False
    for i in range(state.num_moves, -1, -1):
        if state.situations[i] == then:
            return True
    return False


cdef int state_copy(State* target, const State* source) noexcept nogil:
    """Copy `source` over `target`, made for the same size; -1 where there is no memory."""
    if state_reserve(target, source.num_moves + 1) < 0:
        return -1
    memcpy(target.situations, source.situations, (source.num_moves + 1) * sizeof(uint64_t))
    memcpy(target.moves, source.moves, source.num_moves * sizeof(uint16_t))
    state_rewind(target, source)
    return 0


cdef void state_rewind(State* scratch, const State* root) noexcept nogil:
    """Take `scratch`, a copy of `root` that has played on, back to `root`."""
    cdef uint64_t* situations = scratch.situations
    cdef uint16_t* moves = scratch.moves
    cdef int capacity = scratch.capacity
    memcpy(scratch, root, sizeof(State) - (MAX_CELLS - root.board.num_cells) * sizeof(Cell))
    scratch.situations = situations
    scratch.moves = moves
    scratch.capacity = capacity


cdef int state_play(State* state, int move) noexcept nogil:
    """Play a legal move; -1 where there is no memory, and nothing is played."""
    cdef int colour = state.to_play
    if state.num_moves + 1 >= state.capacity and state_reserve(state, 2 * state.capacity + 16) < 0:
        return -1
    state.moves[state.num_moves] = move | (WHITE_MOVED if colour == WHITE else 0)
    state.num_moves += 1
    state.to_play = opponent_of(colour)
    if move == state.board.width * state.board.height:
        state.passes += 1
        state.board.ko = 0
        state.board.num_taken = 0
    else:
        state.passes = 0
        board_play(&state.board, POINT_OF[state.board.width][move], colour)
    remember(state)
    return 0


cdef bint state_repeats(const State* state, int point) noexcept nogil:
    """Whether a stone at the empty `point` would bring back an earlier situation."""
    cdef uint64_t then = board_hash_after(&state.board, point, state.to_play)
    return was_there(state, situation(state, then, opponent_of(state.to_play)))


cdef inline bint may_repeat(const State* state) noexcept nogil:
    """Whether any move at all could repeat; False in nearly every position.

    Where the last move's stone stands on a point new to its colour, no earlier situation has it,
    so that only a move that takes it off could repeat one; and a chain with more than four
    pseudo-liberties dies of no single move, nor a stone alone that has two. (A suicide leaves the
    enemy's stone where it is.)
    """
    cdef const Cell* cells = state.board.cells
    cdef const Cell* stone
    cdef int last = state_last_move(state, 0)
    if last < 0:
        return False
    if last == state.board.width * state.board.height:
        return True
    stone = &cells[POINT_OF[state.board.width][last]]
    if stone.colour == EMPTY or was_lost(&state.board, stone - cells, stone.colour):
        return True
    if cells[stone.chain].size == 1:
        return liberties_of(&state.board, stone.chain) == 1
    return liberties_of(&state.board, stone.chain) <= 4


cdef bint state_allows(const State* state, int move) noexcept nogil:
    """Whether `move`, from 0 to H·W, is legal."""
    cdef int point
    if state_is_over(state):
        return False
    if move == state.board.width * state.board.height:
        return True
    point = POINT_OF[state.board.width][move]
    return (
        state.board.cells[point].colour == EMPTY
        and board_allows(&state.board, point, state.to_play, state.suicide)
        and not state_bans_repeat(state, point)
    )


cdef inline void write_open_points(
    const Board* board, uint64_t* tight, uint8_t* mask
) noexcept nogil:
    """Write which points are empty and have an empty neighbour, `[H·W]`, 64 at a time.

    Args:
        tight: `[WORDS]`, set to the empty points that have none.
    """
    cdef const uint64_t* empty = board.empty
    cdef uint64_t[WORDS] found
    cdef int stride = board.stride
    cdef int num_words = board.num_cells + 63 >> 6
    cdef int word, row, at, filled = 0
    cdef uint64_t here, bits = 0, of_row = (<uint64_t>1 << board.width) - 1
    for word in range(1, num_words + 1):
        here = empty[word]
        found[word] = here & (
            (here << 1 | empty[word - 1] >> 63)
            | (here >> 1 | empty[word + 1] << 63)
            | (here << stride | empty[word - 1] >> (64 - stride))
            | (here >> stride | empty[word + 1] << (64 - stride))
        )
        tight[word] = here & ~found[word]
    found[num_words + 1] = 0
    # Bits of a row after the other, without the border, leave as bytes, eight by eight.
    for row in range(board.height):
        at = 64 + (row + 1) * stride
        here = found[at >> 6] >> (at & 63) | found[(at >> 6) + 1] << 1 << (63 - (at & 63))
        bits |= (here & of_row) << filled
        filled += board.width
        while filled >= 8:
            memcpy(mask, &SPREAD[bits & 255], 8)
            mask += 8
            bits >>= 8
            filled -= 8
    while filled > 0:
        mask[0] = bits & 1
        mask += 1
        bits >>= 1
        filled -= 1


cdef void state_stones(const State* state, uint8_t* mask) noexcept nogil:
    """Write where a stone would be legal if the game were not over, `[H·W]`.

    Points with an empty neighbour, nearly all, are found as bits; the tight ones are looked at one
    by one, and so are those where ko or superko may forbid a stone.
    """
    cdef const Board* board = &state.board
    cdef const uint16_t* move_at = MOVE_AT[board.width]
    cdef int colour = state.to_play
    cdef uint64_t[WORDS] tight
    cdef int num_words = board.num_cells + 63 >> 6
    cdef int word, point, signs
    cdef bint hunts = state.ko_rule != SIMPLE and may_repeat(state)
    cdef uint64_t bits, suspects
    write_open_points(board, tight, mask)
    for word in range(1, num_words + 1):
        suspects = board.empty[word] & board.lost[colour - 1][word] if hunts else 0
        bits = tight[word]
        while bits:
            point = 64 * (word - 1) + lowest_bit(bits)
            signs = tight_signs(board, point, colour)
            mask[move_at[point]] = (signs & 1) | (state.suicide & (signs != 0))
            if signs == 2 and hunts:
                suspects |= bits & -bits
            bits &= bits - 1
        while suspects:
            point = 64 * (word - 1) + lowest_bit(suspects)
            if mask[move_at[point]] and state_repeats(state, point):
                mask[move_at[point]] = 0
            suspects &= suspects - 1
    if state.ko_rule == SIMPLE and board.ko:
        mask[move_at[board.ko]] = 0


cdef void state_mask(const State* state, uint8_t* mask) noexcept nogil:
    """Write which moves are legal, `[A]`; none once the game is over."""
    cdef int num_points = state.board.width * state.board.height
    if state_is_over(state):
        memset(mask, 0, num_points + 1)
        return
    state_stones(state, mask)
    mask[num_points] = 1


cdef int state_half_score(const State* state) noexcept nogil:
    """Black's points minus White's and komi, in half points; two where captures have won.

    Under area scoring each stone counts as alive; under territory scoring those are dead that
    Benson's algorithm proves to be.
    """
    cdef uint8_t[MAX_CELLS] owner
    cdef int black, white
    if state.board.prisoners[BLACK] >= state.captures_to_win:
        return 2
    if state.board.prisoners[WHITE] >= state.captures_to_win:
        return -2
    if state.territory:
        board_dead(&state.board, state.suicide, owner)
        return state_half_score_without(state, owner)
    board_area(&state.board, owner, &black, &white)
    return 2 * (black - white) - state.half_komi


cdef int handed_over(const State* state) noexcept nogil:
    """Stones that passes gave to Black, less those they gave to White.

    White passes last, once more if need be, so that both sides have played equally often and
    territory comes to what area would (AGA Concise Rules of Go).
    """
    cdef uint16_t pass_move = state.board.width * state.board.height
    cdef int ply, stones = 0
    for ply in range(state.num_moves):
        if state.moves[ply] & 0x7FFF == pass_move:
            stones += 1 if state.moves[ply] & WHITE_MOVED else -1
    if state.num_moves and not state.moves[state.num_moves - 1] & WHITE_MOVED:
        stones += 1
    return stones


cdef int state_half_score_without(const State* state, const uint8_t* dead) noexcept nogil:
    """As `state_half_score`, the dead stones, `[num_cells]`, taken off."""
    cdef uint8_t[MAX_CELLS] owner
    cdef int point, points = 0
    if state.board.prisoners[BLACK] >= state.captures_to_win:
        return 2
    if state.board.prisoners[WHITE] >= state.captures_to_win:
        return -2
    if state.territory:
        points = board_territory(&state.board, dead)
        if state.pass_stones:
            points += handed_over(state)
    else:
        board_owners(&state.board, dead, owner)
        for point in range(state.board.num_cells):
            points += (owner[point] == BLACK) - (owner[point] == WHITE)
    return 2 * points - state.half_komi
