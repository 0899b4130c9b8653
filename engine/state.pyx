"""State: a board with its game so far, as a C struct and free functions.

Superko costs little because of two facts. A move at a point can only repeat an earlier situation
if a stone of the same colour stood there before and was taken off, or if the move is a suicide.
And a stone on a point new to its colour, put down after the last capture, rules all earlier
situations out for as long as it stands; see `may_repeat`. For what is left the hash after the move
is formed (from the chains' own hashes) and looked up, first in a Bloom filter, then newest first in
the list of past situations.
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from insei.engine.board cimport (
    BLACK,
    EMPTY,
    KEYS,
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
    is_in,
    is_suicide,
    lowest_bit,
    neighbours,
    opponent_of,
    was_lost,
)
from insei.engine.reading.territory cimport board_dead, board_owners, board_territory

cdef extern from "insei/engine/spread.h":
    void spread_bytes(const uint64_t* words, int count, uint8_t* out) noexcept nogil

cdef enum:
    # What may repeat an earlier situation, besides suicides.
    NOTHING
    TAKING  # moves that take stones off
    ANYTHING

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
    state.capacity = state.num_moves = 0
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


cdef State* state_duplicate(const State* source) noexcept nogil:
    """A copy of `source` with room for a few moves more; NULL where there is no memory."""
    cdef State* state = <State*>malloc(state_size(&source.board))
    if state == NULL:
        return NULL
    state.situations = NULL
    state.moves = NULL
    state.capacity = state.num_moves = 0
    if state_reserve(state, source.num_moves + 16) < 0:
        state_free(state)
        return NULL
    state_copy(state, source)
    return state


cdef void state_free(State* state) noexcept nogil:
    if state != NULL:
        free(state.situations)
        free(state)


cdef int state_reserve(State* state, int capacity) noexcept nogil:
    """Make room for `capacity` moves; -1 where there is no memory, and all stays as it was."""
    cdef uint64_t* situations
    cdef uint16_t* moves
    if capacity <= state.capacity:
        return 0
    situations = <uint64_t*>malloc(
        (capacity + 1) * sizeof(uint64_t) + capacity * sizeof(uint16_t)
    )
    if situations == NULL:
        return -1
    moves = <uint16_t*>(situations + capacity + 1)
    if state.situations != NULL:
        memcpy(situations, state.situations, (state.num_moves + 1) * sizeof(uint64_t))
        memcpy(moves, state.moves, state.num_moves * sizeof(uint16_t))
        free(state.situations)
    state.situations = situations
    state.moves = moves
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
    state.anchor = FRESH
    memset(state.seen, 0, sizeof(state.seen))
    remember(state)


cdef inline uint64_t marks_of(uint64_t hash) noexcept nogil:
    """Two bits of a word of the Bloom filter."""
    return (<uint64_t>1 << (hash >> 58)) | (<uint64_t>1 << ((hash >> 52) & 63))


cdef inline void remember(State* state) noexcept nogil:
    """Note the present situation; simple ko needs none."""
    if state.ko_rule == SIMPLE:
        return
    cdef uint64_t now = situation(state, state.board.hash, state.to_play)
    state.situations[state.num_moves] = now
    state.seen[now & (SEEN_WORDS - 1)] |= marks_of(now)


cdef inline bint was_there(const State* state, uint64_t then) noexcept nogil:
    cdef uint64_t marks = marks_of(then)
    if state.seen[then & (SEEN_WORDS - 1)] & marks != marks:
        return False
    return was_listed(state, then)


cdef bint was_listed(const State* state, uint64_t then) noexcept nogil:
    cdef int i
    for i in range(state.num_moves, -1, -1):
        if state.situations[i] == then:
            return True
    return False


cdef int state_copy(State* target, const State* source) noexcept nogil:
    """Copy `source` over `target`, made for the same size; -1 where there is no memory."""
    if state_reserve(target, source.num_moves + 1) < 0:
        return -1
    if source.ko_rule != SIMPLE:
        memcpy(target.situations, source.situations, (source.num_moves + 1) * sizeof(uint64_t))
    memcpy(target.moves, source.moves, source.num_moves * sizeof(uint16_t))
    state_rewind(target, source)
    return 0


cdef void state_rewind(State* scratch, const State* root) noexcept nogil:
    """Take `scratch`, a copy of `root` that has played on, back to `root`."""
    cdef uint64_t* situations = scratch.situations
    cdef uint16_t* moves = scratch.moves
    cdef int capacity = scratch.capacity
    memcpy(scratch, root, state_size(&root.board))
    scratch.situations = situations
    scratch.moves = moves
    scratch.capacity = capacity


cdef int state_play(State* state, int move) noexcept nogil:
    """Play a legal move; -1 where there is no memory, and nothing is played."""
    cdef int colour = state.to_play, point
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
        point = POINT_OF[state.board.width][move]
        board_play(&state.board, point, colour)
        if state.ko_rule != SIMPLE:
            if not is_in(state.board.lost[colour - 1], move):
                state.anchor = point
            elif state.board.num_taken:
                state.anchor = 0
    remember(state)
    return 0


cdef inline int may_repeat(const State* state) noexcept nogil:
    """What could repeat at all, suicides left aside: NOTHING in most positions.

    The anchor is a stone put on a point new to its colour, with or after the last capture: the
    newest. Situations before it lack it, so that only a move which takes it off can lead there;
    and those since then are subsets of the present stones, so that no move can, for its own stone
    is not among them. The same holds for all situations while nothing was ever taken off.
    """
    if state.anchor == 0:
        return ANYTHING
    if state.anchor == FRESH:
        return NOTHING
    # The mover's enemy stands there, in atari.
    cdef const Cell* stone = &state.board.cells[state.anchor]
    return TAKING if stone.colour != state.to_play and stone.opens == state.to_play else NOTHING


cdef inline bint repeats(const State* state, int point) noexcept nogil:
    """Whether a stone at the empty `point` would bring back an earlier situation."""
    cdef uint64_t then = board_hash_after(&state.board, point, state.to_play)
    return was_there(state, situation(state, then, opponent_of(state.to_play)))


cdef bint state_bans_repeat(const State* state, int point) noexcept nogil:
    """Whether ko or superko forbids a stone at the empty `point`, legal otherwise."""
    cdef const Board* board = &state.board
    if state.ko_rule == SIMPLE:
        return point == board.ko
    if may_repeat(state) != NOTHING and was_lost(board, point, state.to_play):
        return repeats(state, point)
    return state.suicide and is_suicide(board, point, state.to_play) and repeats(state, point)


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


cdef inline void find_openings(
    const State* state, uint64_t* legal, uint64_t* suicides, int num_words
) noexcept nogil:
    """Find what is legal but for ko: stones that live, and those that take their own chain off."""
    cdef const Board* board = &state.board
    cdef const uint64_t* own = board.stones[state.to_play - 1]
    cdef uint64_t[WORDS] opens
    cdef int word
    # An own chain not in atari, or an enemy's in atari, opens the empty points beside it.
    for word in range(num_words + 2):
        opens[word] = board.empty[word] | (own[word] ^ board.atari[word])
    for word in range(1, num_words + 1):
        legal[word] = board.empty[word] & neighbours(board, opens, word)
    legal[num_words + 1] = 0
    if state.suicide:
        for word in range(1, num_words + 1):
            suicides[word] = board.empty[word] & ~legal[word] & neighbours(board, own, word)


cdef void state_stones(const State* state, uint64_t* legal) noexcept nogil:
    """Find where a stone would be legal if the game were not over, as a set `[WORDS]`."""
    cdef const Board* board = &state.board
    cdef uint64_t[WORDS] suicides
    cdef int word, move
    if board.num_words == 2:  # unrolled by the compiler; all boards from 9x8 to 11x11
        find_openings(state, legal, suicides, 2)
    else:
        find_openings(state, legal, suicides, board.num_words)
    if state.ko_rule == SIMPLE:
        if board.ko:
            move = MOVE_AT[board.width][board.ko]
            legal[1 + (move >> 6)] &= ~(<uint64_t>1 << (move & 63))
    elif may_repeat(state) != NOTHING:
        ban_returns(state, legal)
    if state.suicide:
        for word in range(1, board.num_words + 1):
            if suicides[word]:
                ban_repeats(state, &suicides[word], word)
                legal[word] |= suicides[word]


cdef void ban_returns(const State* state, uint64_t* legal) noexcept nogil:
    """Take off what repeats, no suicides, from a set of moves legal otherwise."""
    cdef const Board* board = &state.board
    cdef int colour = state.to_play
    cdef const uint16_t* point_of = POINT_OF[board.width]
    cdef const uint64_t* enemies = board.stones[opponent_of(colour) - 1]
    cdef uint64_t[WORDS] dying
    cdef uint64_t suspects, taking, quiet, then
    cdef uint64_t stones = situation(state, board.hash, opponent_of(colour))
    cdef bint all_suspect = state.anchor == 0
    cdef int word, move
    for word in range(WORDS):
        dying[word] = enemies[word] & board.atari[word]
    for word in range(1, board.num_words + 1):
        suspects = legal[word] & board.lost[colour - 1][word]
        if not suspects:
            continue
        taking = suspects & neighbours(board, dying, word)
        quiet = suspects & ~taking if all_suspect else 0
        if taking:
            legal[word] &= ~taking
            ban_repeats(state, &taking, word)
            legal[word] |= taking
        while quiet:
            move = 64 * (word - 1) + lowest_bit(quiet)
            then = stones ^ KEYS[colour][point_of[move]]
            if was_there(state, then):
                legal[word] &= ~(quiet & -quiet)
            quiet &= quiet - 1


cdef void ban_repeats(const State* state, uint64_t* moves, int word) noexcept nogil:
    """Take off what repeats from one word of a set of moves legal otherwise."""
    cdef uint64_t bits = moves[0]
    cdef int move
    while bits:
        move = 64 * (word - 1) + lowest_bit(bits)
        if repeats(state, POINT_OF[state.board.width][move]):
            moves[0] &= ~(bits & -bits)
        bits &= bits - 1


cdef void state_mask(const State* state, uint8_t* mask) noexcept nogil:
    """Write which moves are legal, `[A]`; none once the game is over."""
    cdef uint64_t[WORDS] legal
    state_stones(state, legal)
    write_mask(state, legal, mask)


cdef void write_mask(const State* state, uint64_t* legal, uint8_t* mask) noexcept nogil:
    """As `state_mask`, from what `state_stones` found, to which the pass is added."""
    cdef int num_points = state.board.width * state.board.height
    if state_is_over(state):
        memset(mask, 0, num_points + 1)
        return
    legal[1 + (num_points >> 6)] |= <uint64_t>1 << (num_points & 63)
    spread_bytes(legal + 1, num_points + 1, mask)


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
