"""Alpha-beta search as chess programs do it, over the static evaluation that `influence` uses.

Search: iterative deepening; principal variation search over a transposition table of bounded size;
move ordering by table, captures and rescues, killers, history, centre; late move reductions for
quiet moves; quiescence at the leaves, which captures or saves chains in atari. The same position
gives the same move, unless a time limit ends the search.

Under superko a position's value depends on its history (graph history interaction, Campbell 1985;
Kishimoto and Müller 2004). Each line carries the whole game, so that no repetition is missed. Only
the table can be wrong. On solvable boards two nodes share an entry only if the same situations came
before them: no error, but few transpositions. A value there that rests on no estimate is solved.
On larger boards nodes share an entry if board, player, passes and ko are the same, and a value is
stored only if it does not depend on a repetition of a situation before the node. Two errors are
left. A stored value may be used where another history forbids a move below the node. And two nodes
may have the same key of 64 bits, by chance or in a game made for it. Moves are legal in any case.

Sources: Knuth and Moore 1975 (alpha-beta); Marsland and Campbell 1982 (principal variation search);
Akl and Newborn 1977 (killers); Schaeffer 1983 (history); van der Werf, van den Herik and Uiterwijk
2003, "Solving Go on small boards" (limits by unconditional life).
"""

from libc.stdint cimport uint16_t, uint64_t
from libc.string cimport memcpy

from insei.engine.board cimport (
    BLACK,
    BORDER,
    EMPTY,
    MAX_POINTS,
    MOVE_AT,
    POINT_OF,
    WHITE,
    Board,
    board_allows,
    board_is_eye,
    board_liberties,
    next_random,
    size_of,
)
from insei.engine.state cimport (
    NO_CAPTURE_GOAL,
    SIMPLE,
    State,
    StateRules,
    state_allows,
    state_bans_repeat,
    state_is_over,
    state_play,
    state_rewind,
)

from insei.agents.handwritten.solver_bounds cimport (
    POINT,
    end_value,
    repeated_situation,
    set_bounds,
)
from insei.agents.handwritten.static_evaluation cimport static_evaluation
from insei.agents.handwritten.stopwatch cimport now


cdef inline uint64_t mixed(uint64_t number) noexcept nogil:
    return next_random(&number)


cdef uint64_t key_of(const Search* search) noexcept nogil:
    """The table's key; equal for nodes that may share an entry."""
    cdef const State* walk = search.walk
    cdef const StateRules* rules
    cdef uint64_t rest = 4 * walk.to_play + walk.passes
    if walk.rules.ko_rule == SIMPLE:
        rest |= <uint64_t>walk.board.ko << 8
    rules = &walk.rules
    if rules.captures_to_win != NO_CAPTURE_GOAL or rules.territory or rules.pass_stones:
        # prisoners count
        rest |= <uint64_t>walk.board.prisoners[1] << 24 | <uint64_t>walk.board.prisoners[2] << 40
    return walk.board.hash ^ mixed(rest) ^ search.past


cdef int static_value(const State* walk) noexcept nogil:
    """The static evaluation for the player to move, komi counted."""
    cdef int value = <int>(static_evaluation(&walk.board, walk.to_play) * POINT)
    value -= walk.rules.half_komi * (POINT // 2)
    return value if walk.to_play == BLACK else -value


cdef int count_liberties(const Board* board, int stone) noexcept nogil:
    """Liberties of the chain at `stone`, 3 at most."""
    cdef uint16_t[3] found
    return board_liberties(board, stone, found, 3)


cdef int tactical_score(const State* walk, int point) noexcept nogil:
    """What a stone at `point` captures, saves and threatens at once."""
    cdef const Board* board = &walk.board
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int i, near, worth = 0, liberties
    for i in range(4):
        near = point + steps[i]
        if board.cells[near].colour == EMPTY or board.cells[near].colour == BORDER:
            continue
        liberties = count_liberties(board, near)
        near = board.cells[near].chain
        if liberties == 1:
            worth += 2000 + 10 * size_of(board, near)
            if board.cells[near].colour != walk.to_play:
                worth += 1000
        elif liberties == 2:
            worth += 20 + size_of(board, near)
    return worth


cdef int list_moves(
    Search* search, int ply, int first, uint16_t* moves, int* order, ValueBasis* basis
) noexcept nogil:
    """Write the moves to search and their order; returns how many.

    Args:
        first: the table's move, or -1.
        basis: is updated for moves that a repetition forbids.
    """
    cdef const State* walk = search.walk
    cdef const Board* board = &walk.board
    cdef int width = board.width, height = board.height
    cdef int num_points = width * height, entry, point, move, count = 0, row, column
    for entry in range(board.num_empty):
        point = board.cells[entry].empty
        if not board_allows(board, point, walk.to_play, walk.rules.suicide):
            continue
        if state_bans_repeat(walk, point):
            if walk.rules.ko_rule != SIMPLE:
                basis.oldest_repeat = min(basis.oldest_repeat, repeated_situation(walk, point))
            continue
        if not search.is_solvable and board_is_eye(board, point, walk.to_play):
            continue
        move = MOVE_AT[width][point]
        row, column = move // width, move % width
        moves[count] = move
        order[count] = min(min(row, height - 1 - row), 3) + min(min(column, width - 1 - column), 3)
        order[count] += search.history[walk.to_play][move] + 64 * tactical_score(walk, point)
        if move == search.killers[ply][0] or move == search.killers[ply][1]:
            order[count] += 100_000
        if move == first:
            order[count] = INFINITE
        count += 1
    moves[count] = num_points
    order[count] = INFINITE if first == num_points else -1
    return count + 1


cdef inline void pick_best(uint16_t* moves, int* order, int at, int count) noexcept nogil:
    """Swap the best of the moves from `at` on to place `at`; ties go to the lower move."""
    cdef int best = at, i, order_here
    cdef uint16_t move
    for i in range(at + 1, count):
        if order[i] > order[best] or (order[i] == order[best] and moves[i] < moves[best]):
            best = i
    move, order_here = moves[best], order[best]
    moves[best], order[best] = moves[at], order[at]
    moves[at], order[at] = move, order_here


cdef bint is_out_of_budget(Search* search) noexcept nogil:
    """Whether the limit of nodes or of time is reached; reads the clock now and then."""
    if search.stopped:
        return True
    if search.max_nodes and search.nodes >= search.max_nodes:
        search.stopped = True
    elif search.deadline and search.nodes % 256 == 0 and now() >= search.deadline:
        search.stopped = True
    return search.stopped


cdef bint play_move(Search* search, int move, int ply) noexcept nogil:
    """Save the position and play a move; False without memory."""
    cdef State* walk = search.walk
    memcpy(search.saved + ply * search.state_bytes, walk, search.state_bytes)
    if search.is_solvable and walk.rules.ko_rule != SIMPLE:
        search.past += mixed(walk.situations[walk.num_moves])
    if state_play(walk, move) < 0:
        search.stopped = True
        return False
    return True


cdef void undo_move(Search* search, int ply) noexcept nogil:
    """Undo the last `play_move`."""
    cdef State* walk = search.walk
    state_rewind(walk, <State*>(search.saved + ply * search.state_bytes))
    if search.is_solvable and walk.rules.ko_rule != SIMPLE:
        search.past -= mixed(walk.situations[walk.num_moves])


cdef int quiescence(Search* search, int alpha, int beta, int left, int ply) noexcept nogil:
    """The static evaluation once no chain in atari is worth capturing or saving."""
    cdef State* walk = search.walk
    cdef const Board* board = &walk.board
    cdef uint16_t[1] found
    cdef uint16_t[MAX_POINTS] points
    cdef int[MAX_POINTS] order
    cdef int point, best, value, count = 0, at
    if state_is_over(walk):
        return end_value(walk)
    best = static_value(walk)
    if best >= beta or left == 0 or ply >= MAX_PLIES - 1 or is_out_of_budget(search):
        return best
    for point in range(board.num_cells):
        if board.cells[point].colour != BLACK and board.cells[point].colour != WHITE:
            continue
        if board.cells[point].chain != point or count_liberties(board, point) != 1:
            continue
        if board.cells[point].colour == walk.to_play and size_of(board, point) < 2:
            continue  # a single stone is not saved
        board_liberties(board, point, found, 1)
        if not state_allows(walk, MOVE_AT[board.width][found[0]]):
            continue
        points[count] = MOVE_AT[board.width][found[0]]
        order[count] = size_of(board, point)
        count += 1
    for at in range(count):
        pick_best(points, order, at, count)
        if at and points[at] == points[at - 1]:
            continue
        search.nodes += 1
        if not play_move(search, points[at], ply):
            return best
        if walk.board.num_taken == 0 and is_in_atari(walk, points[at]):
            undo_move(search, ply)
            continue
        value = -quiescence(search, -beta, -max(alpha, best), left - 1, ply + 1)
        undo_move(search, ply)
        best = max(best, value)
        if best >= beta:
            break
    return best


cdef bint is_in_atari(const State* walk, int move) noexcept nogil:
    """Whether the stone just played there has one liberty."""
    return count_liberties(&walk.board, POINT_OF[walk.board.width][move]) == 1


cdef bint probe(
    Search* search, const Entry* entry, int depth, int alpha, int beta, int* value,
    ValueBasis* basis
) noexcept nogil:
    """Whether the table's entry gives this node's value."""
    cdef int bound = entry.bound & EXACT
    if not bound or (entry.depth < depth and not entry.bound & SOLVED):
        return False
    if bound == LOWER and entry.value < beta or bound == UPPER and entry.value > alpha:
        return False
    value[0] = entry.value
    if not entry.bound & SOLVED:
        basis.is_estimate = True
    return True


cdef void store(
    Search* search, Entry* entry, uint64_t key, int depth, int bound, int value, int move,
    const ValueBasis* basis
) noexcept nogil:
    """Store a node's move, and its value unless it depends on a situation before the node."""
    if entry.key == key and entry.bound & SOLVED:
        return
    entry.key = key
    entry.move = move
    entry.value = value
    entry.depth = depth
    entry.bound = 0
    if search.is_solvable or basis.oldest_repeat >= search.walk.num_moves:
        entry.bound = bound if basis.is_estimate else bound | SOLVED


cdef int child_value(
    Search* search, int depth, int alpha, int beta, int ply, int number, bint is_quiet,
    ValueBasis* basis
) noexcept nogil:
    """The value of the move just played, for who played it: a null window, then the full one."""
    cdef int value, less = 0
    if number == 0:
        return -alpha_beta(search, depth - 1, -beta, -alpha, ply + 1, basis)
    if not search.is_solvable and is_quiet and depth >= 3 and number >= REDUCED_FROM:
        less = 1
    value = -alpha_beta(search, depth - 1 - less, -alpha - 1, -alpha, ply + 1, basis)
    if value > alpha and (less or value < beta):
        value = -alpha_beta(search, depth - 1, -beta, -alpha, ply + 1, basis)
    return value


cdef void reward_history(Search* search, int move, int colour, int depth, int ply) noexcept nogil:
    """Update killers and history for a quiet move that caused a cutoff."""
    if search.killers[ply][0] != move:
        search.killers[ply][1] = search.killers[ply][0]
        search.killers[ply][0] = move
    search.history[colour][move] = min(search.history[colour][move] + depth * depth, 60_000)


cdef int alpha_beta(
    Search* search, int depth, int alpha, int beta, int ply, ValueBasis* above
) noexcept nogil:
    """The node's value for the player to move, exact between alpha and beta."""
    cdef State* walk = search.walk
    cdef ValueBasis basis
    cdef Entry* entry
    cdef uint64_t key
    cdef int value = 0, low, high
    basis.is_estimate = False
    basis.oldest_repeat = NO_SITUATION
    if state_is_over(walk):
        return end_value(walk)
    if search.is_solvable and ply:  # the root needs a move, even if its value is known
        set_bounds(walk, &low, &high)
        if low >= beta or low == high:
            return low
        if high <= alpha:
            return high
        alpha, beta = max(alpha, low), min(beta, high)
    if is_out_of_budget(search) or ply >= MAX_PLIES - 1:
        above.is_estimate = True
        return static_value(walk)
    if depth <= 0:
        above.is_estimate = True
        return quiescence(search, alpha, beta, 0 if search.is_solvable else QUIESCENCE_PLIES, ply)
    key = key_of(search)
    entry = &search.table[key >> (64 - TABLE_BITS)]
    if ply and entry.key == key and probe(search, entry, depth, alpha, beta, &value, above):
        return value
    value = search_moves(search, entry, key, depth, alpha, beta, ply, &basis)
    above.is_estimate |= basis.is_estimate
    if basis.oldest_repeat < walk.num_moves:  # other repetitions lie within the node's own lines
        above.oldest_repeat = min(above.oldest_repeat, basis.oldest_repeat)
    return value


cdef int search_moves(
    Search* search, Entry* entry, uint64_t key, int depth, int alpha, int beta, int ply,
    ValueBasis* basis
) noexcept nogil:
    """Search a node's moves and store the result in the table."""
    cdef State* walk = search.walk
    cdef uint16_t[MAX_POINTS + 1] moves
    cdef int[MAX_POINTS + 1] order
    cdef int first = entry.move if entry.key == key else -1
    cdef int count = list_moves(search, ply, first, moves, order, basis)
    cdef int at, move, value, best = -INFINITE, best_move = -1, low = alpha, number = 0
    cdef int num_points = walk.board.width * walk.board.height
    cdef bint is_quiet
    for at in range(count):
        pick_best(moves, order, at, count)
        move = moves[at]
        search.nodes += 1
        if not play_move(search, move, ply):
            break
        is_quiet = move == num_points or (walk.board.num_taken == 0 and order[at] < 100_000)
        if (
            not search.is_solvable and move != num_points and walk.board.num_taken == 0
            and is_in_atari(walk, move)
        ):
            undo_move(search, ply)
            continue
        value = child_value(search, depth, low, beta, ply, number, is_quiet, basis)
        undo_move(search, ply)
        if search.stopped:
            break
        number += 1
        if value > best:
            best, best_move = value, move
            if ply == 0:
                search.root_move, search.root_value = move, value
        low = max(low, value)
        if low >= beta:
            if is_quiet and move != num_points:
                reward_history(search, move, walk.to_play, depth, ply)
            break
    if not search.stopped:
        store(
            search, entry, key, depth,
            UPPER if best <= alpha else LOWER if best >= beta else EXACT, best, best_move, basis
        )
    return best
