"""State: a board with its game so far, as a C struct and free functions.

Superko costs little because of two facts. First, a move can repeat an earlier situation only if a
stone of its colour was once removed from that point, or if the move is a suicide. Second, a stone
on a point new to its colour, played with or after the last capture, rules out all earlier
situations while it stands; see `may_repeat`. For the moves that are left, the hash after the move
is computed from the chains' hashes. It is looked up in a Bloom filter, then in the list of past
situations. Hashes of 64 bits can be made to collide, so a hit is confirmed by the boards
themselves: see `confirmed`.
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memcmp, memcpy, memset

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
    add_to,
    board_allows,
    board_area,
    board_bytes,
    board_clear,
    board_find_ataris,
    board_hash_after,
    board_play,
    board_put,
    is_in,
    is_suicide,
    lowest_bit,
    neighbours,
    opponent_of,
    remove_from,
    was_lost,
)
from insei.engine.reading.territory cimport board_dead, board_owners, board_territory

cdef extern from "insei/engine/spread.h":
    void spread_bytes(const uint64_t* words, int count, uint8_t* out) noexcept nogil

cdef enum:
    # The moves that may repeat an earlier situation, suicides left aside.
    NO_MOVE
    CAPTURES
    ANY_MOVE

cdef uint64_t WHITE_TO_PLAY = 0x9D39247E33776D41  # the side's key under situational superko


cdef State* state_new(int width, int height, StateRules rules) noexcept nogil:
    """An empty board, Black to play; NULL without memory."""
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
    state.rules = rules
    state_forget(state)
    return state


cdef State* state_duplicate(const State* source) noexcept nogil:
    """A copy of `source` with room for a few more moves; NULL without memory."""
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
    """Make room for `capacity` moves; -1 without memory, and nothing changes."""
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
    if state.rules.ko_rule == SITUATIONAL and to_play == WHITE:
        return stones ^ WHITE_TO_PLAY
    return stones


cdef void state_forget(State* state) noexcept nogil:
    """Make the present situation the first of the history."""
    state.num_moves = 0
    state.passes = 0
    state.repeat_guard = NOTHING_CAPTURED
    memset(state.seen, 0, sizeof(state.seen))
    memcpy(state.first, state.board.stones, sizeof(state.first))
    remember(state)


cdef inline uint64_t filter_bits(uint64_t hash) noexcept nogil:
    """Two bits of a word of the Bloom filter."""
    return (<uint64_t>1 << (hash >> 58)) | (<uint64_t>1 << ((hash >> 52) & 63))


cdef inline void remember(State* state) noexcept nogil:
    """Record the present situation; simple ko needs no record."""
    if state.rules.ko_rule == SIMPLE:
        return
    cdef uint64_t now = situation(state, state.board.hash, state.to_play)
    state.situations[state.num_moves] = now
    state.seen[now & (SEEN_WORDS - 1)] |= filter_bits(now)


cdef inline bint was_seen(const State* state, uint64_t then, int point) noexcept nogil:
    """Whether the situation after a stone at `point`, with the hash `then`, is an earlier one."""
    cdef uint64_t bits = filter_bits(then)
    if state.seen[then & (SEEN_WORDS - 1)] & bits != bits:
        return False
    if not is_listed(state, then):
        return False
    # To retake a ko at once brings back the board before the last move: that needs no proof.
    return point == state.board.ko or confirmed(state, then, point)


cdef bint is_listed(const State* state, uint64_t then) noexcept nogil:
    cdef int i
    for i in range(state.num_moves, -1, -1):
        if state.situations[i] == then:
            return True
    return False


cdef bint confirmed(const State* state, uint64_t then, int point) noexcept nogil:
    """Whether a stone at `point` really brings back a situation of the hash `then`.

    The game is played once more, and the boards of that hash are compared stone by stone. Where
    boards and hashes are equal, the player to move is.
    """
    cdef Board after, board
    cdef int ply, move, width = state.board.width
    memcpy(&after, &state.board, board_bytes(&state.board))
    board_play(&after, point, state.to_play)
    put_first(state, &board)
    for ply in range(state.num_moves + 1):
        if state.situations[ply] == then:
            if memcmp(board.stones, after.stones, sizeof(board.stones)) == 0:
                return True
        if ply < state.num_moves:
            move = move_played(state, ply)
            if move != width * state.board.height:
                board_play(&board, POINT_OF[width][move], mover_of(state, ply))
    return False


cdef void put_first(const State* state, Board* board) noexcept nogil:
    """Set up the stones of the first situation."""
    cdef int width = state.board.width, colour, move
    board_clear(board, width, state.board.height)
    for colour in range(BLACK, WHITE + 1):
        for move in range(width * state.board.height):
            if is_in(state.first[colour - 1], move):
                board_put(board, POINT_OF[width][move], colour)
    board_find_ataris(board)


cdef int state_copy(State* target, const State* source) noexcept nogil:
    """Copy `source` over `target`, made for the same size; -1 without memory."""
    if state_reserve(target, source.num_moves + 1) < 0:
        return -1
    if source.rules.ko_rule != SIMPLE:
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
    """Play a legal move; -1 without memory, and nothing is played."""
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
        if state.rules.ko_rule != SIMPLE:
            if not is_in(state.board.lost[colour - 1], move):
                state.repeat_guard = point
            elif state.board.num_taken:
                state.repeat_guard = NO_GUARD
    remember(state)
    return 0


cdef inline int may_repeat(const State* state) noexcept nogil:
    """Which moves could repeat a situation, suicides left aside: NO_MOVE in most positions.

    The guard is the newest stone that was put on a point new to its colour, with or after the last
    capture. Situations before it lack that stone, so only its capture can lead back to one. The
    situations since then are subsets of the present stones. None of them has the stone of the next
    move, so no move repeats one. The same holds for all situations while nothing was captured.
    """
    if state.repeat_guard == NO_GUARD:
        return ANY_MOVE
    if state.repeat_guard == NOTHING_CAPTURED:
        return NO_MOVE
    cdef const Cell* guard = &state.board.cells[state.repeat_guard]
    cdef bint in_atari = guard.allows_beside == state.to_play
    return CAPTURES if guard.colour != state.to_play and in_atari else NO_MOVE


cdef inline bint repeats(const State* state, int point) noexcept nogil:
    """Whether a stone at the empty `point` would bring back an earlier situation."""
    cdef uint64_t then = board_hash_after(&state.board, point, state.to_play)
    return was_seen(state, situation(state, then, opponent_of(state.to_play)), point)


cdef bint state_bans_repeat(const State* state, int point) noexcept nogil:
    """Whether ko or superko forbids a stone at the empty `point`, legal otherwise."""
    cdef const Board* board = &state.board
    if state.rules.ko_rule == SIMPLE:
        return point == board.ko
    if may_repeat(state) != NO_MOVE and was_lost(board, point, state.to_play):
        return repeats(state, point)
    return state.rules.suicide and is_suicide(board, point, state.to_play) and repeats(state, point)


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
        and board_allows(&state.board, point, state.to_play, state.rules.suicide)
        and not state_bans_repeat(state, point)
    )


cdef inline void find_legal_but_for_ko(
    const State* state, uint64_t* legal, uint64_t* suicides, int num_words
) noexcept nogil:
    """Find the points that are legal, ko left aside: suicides apart from the others."""
    cdef const Board* board = &state.board
    cdef const uint64_t* own = board.stones[state.to_play - 1]
    cdef uint64_t[WORDS] allowing
    cdef int word
    # A stone is legal beside an empty point, an own chain not in atari, an enemy chain in atari.
    for word in range(num_words + 2):
        allowing[word] = board.empty[word] | (own[word] ^ board.atari[word])
    for word in range(1, num_words + 1):
        legal[word] = board.empty[word] & neighbours(board, allowing, word)
    legal[num_words + 1] = 0
    if state.rules.suicide:
        for word in range(1, num_words + 1):
            suicides[word] = board.empty[word] & ~legal[word] & neighbours(board, own, word)


cdef void state_legal_points(const State* state, uint64_t* legal) noexcept nogil:
    """Find the points where a stone is legal, as a set `[WORDS]`; the game's end is left aside."""
    cdef const Board* board = &state.board
    cdef uint64_t[WORDS] suicides
    cdef int word, move
    if board.num_words == 2:  # boards from 9x8 to 11x11: the compiler unrolls the loop
        find_legal_but_for_ko(state, legal, suicides, 2)
    else:
        find_legal_but_for_ko(state, legal, suicides, board.num_words)
    if state.rules.ko_rule == SIMPLE:
        if board.ko:
            move = MOVE_AT[board.width][board.ko]
            remove_from(legal, move)
    elif may_repeat(state) != NO_MOVE:
        ban_repeats(state, legal)
    if state.rules.suicide:
        for word in range(1, board.num_words + 1):
            if suicides[word]:
                ban_repeats_in_word(state, &suicides[word], word)
                legal[word] |= suicides[word]


cdef void ban_repeats(const State* state, uint64_t* legal) noexcept nogil:
    """Remove the moves that repeat from a set of moves without suicides, legal otherwise."""
    cdef const Board* board = &state.board
    cdef int colour = state.to_play
    cdef const uint16_t* point_of = POINT_OF[board.width]
    cdef const uint64_t* enemies = board.stones[opponent_of(colour) - 1]
    cdef uint64_t[WORDS] dying
    cdef uint64_t suspects, taking, quiet, then
    cdef uint64_t stones = situation(state, board.hash, opponent_of(colour))
    cdef bint all_suspect = state.repeat_guard == NO_GUARD
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
            ban_repeats_in_word(state, &taking, word)
            legal[word] |= taking
        while quiet:
            move = 64 * (word - 1) + lowest_bit(quiet)
            then = stones ^ KEYS[colour][point_of[move]]
            if was_seen(state, then, point_of[move]):
                legal[word] &= ~(quiet & -quiet)
            quiet &= quiet - 1


cdef void ban_repeats_in_word(const State* state, uint64_t* moves, int word) noexcept nogil:
    """Remove the moves that repeat from one word of a set of moves legal otherwise."""
    cdef uint64_t bits = moves[0]
    cdef int move
    while bits:
        move = 64 * (word - 1) + lowest_bit(bits)
        if repeats(state, POINT_OF[state.board.width][move]):
            moves[0] &= ~(bits & -bits)
        bits &= bits - 1


cdef void state_mask(const State* state, uint8_t* mask) noexcept nogil:
    """Write the legal moves, `[A]` of 0 and 1; none once the game is over."""
    cdef uint64_t[WORDS] legal
    state_legal_points(state, legal)
    write_mask(state, legal, mask)


cdef void write_mask(const State* state, uint64_t* legal, uint8_t* mask) noexcept nogil:
    """As `state_mask`, from the set of `state_legal_points`; the pass is added to it."""
    cdef int num_points = state.board.width * state.board.height
    if state_is_over(state):
        memset(mask, 0, num_points + 1)
        return
    add_to(legal, num_points)
    spread_bytes(legal + 1, num_points + 1, mask)


cdef int state_half_score(const State* state) noexcept nogil:
    """Black's points minus White's and komi, in half points; 2 or -2 where captures have won.

    Under area scoring all stones are alive. Under territory scoring the dead stones are those that
    Benson's algorithm proves dead.
    """
    cdef uint8_t[MAX_CELLS] owner
    cdef int black, white
    if state.board.prisoners[BLACK] >= state.rules.captures_to_win:
        return 2
    if state.board.prisoners[WHITE] >= state.rules.captures_to_win:
        return -2
    if state.rules.territory:
        board_dead(&state.board, state.rules.suicide, owner)
        return state_half_score_without(state, owner)
    board_area(&state.board, owner, &black, &white)
    return 2 * (black - white) - state.rules.half_komi


cdef int handed_over(const State* state) noexcept nogil:
    """Stones that passes handed to Black, minus those handed to White.

    White passes last, once more if need be. Both sides have then played equally often, and the
    score by territory equals that by area (AGA Concise Rules of Go).
    """
    cdef int pass_move = state.board.width * state.board.height
    cdef int ply, stones = 0
    for ply in range(state.num_moves):
        if move_played(state, ply) == pass_move:
            stones += 1 if mover_of(state, ply) == WHITE else -1
    if state.num_moves and mover_of(state, state.num_moves - 1) == BLACK:
        stones += 1
    return stones


cdef int state_half_score_without(const State* state, const uint8_t* dead) noexcept nogil:
    """As `state_half_score`, with the dead stones, marked in `[num_cells]`, removed."""
    cdef uint8_t[MAX_CELLS] owner
    cdef int point, points = 0
    if state.board.prisoners[BLACK] >= state.rules.captures_to_win:
        return 2
    if state.board.prisoners[WHITE] >= state.rules.captures_to_win:
        return -2
    if state.rules.territory:
        points = board_territory(&state.board, dead)
        if state.rules.pass_stones:
            points += handed_over(state)
    else:
        board_owners(&state.board, dead, owner)
        for point in range(state.board.num_cells):
            points += (owner[point] == BLACK) - (owner[point] == WHITE)
    return 2 * points - state.rules.half_komi
