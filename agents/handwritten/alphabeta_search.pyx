"""Reading ahead as chess programs do, over the judge that `influence` uses.

Search: iterative deepening; principal variation search over a transposition table of bounded size;
moves in the order table, captures and rescues, killers, history, centre; late quiet moves are read
a ply less deep unless they surprise; at the leaves chains in atari are taken or saved until the
board is quiet. The same position gives the same move, but where seconds end a search.

Superko makes a position's worth depend on how it came about (graph history interaction, Campbell
1985; Kishimoto and Müller 2004). The whole game goes along each line, so that no repetition is
missed; it is the table that may err. On small boards two nodes are one only if the same situations
came before them: no error, and few transpositions. A value there that rests on no judgement is
solved. On larger boards nodes are one if board, player, passes and ko are, and a value is kept only
if no repetition of a situation before its node bore on it; what is left of the error is a kept
value used where the other way to the node forbids a move below it.

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

from insei.agents.handwritten.solver_bounds cimport POINT, repeated_by, score_of, set_limits
from insei.agents.handwritten.static_evaluation cimport judge
from insei.agents.handwritten.stopwatch cimport now


cdef inline uint64_t mixed(uint64_t number) noexcept nogil:
    return next_random(&number)


cdef uint64_t key_of(const Search* search) noexcept nogil:
    """What makes two nodes one."""
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


cdef int judged(const State* walk) noexcept nogil:
    """The judge's value for the player to move."""
    cdef int value = <int>(judge(&walk.board, walk.to_play) * POINT)
    value -= walk.rules.half_komi * (POINT // 2)
    return value if walk.to_play == BLACK else -value


cdef int lives_of(const Board* board, int stone) noexcept nogil:
    """Liberties of the chain at `stone`, up to 3."""
    cdef uint16_t[3] found
    return board_liberties(board, stone, found, 3)


cdef int urgency(const State* walk, int point) noexcept nogil:
    """What a stone at `point` takes, saves and threatens at once."""
    cdef const Board* board = &walk.board
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef int i, near, worth = 0, lives
    for i in range(4):
        near = point + steps[i]
        if board.cells[near].colour == EMPTY or board.cells[near].colour == BORDER:
            continue
        lives = lives_of(board, near)
        near = board.cells[near].chain
        if lives == 1:
            worth += 2000 + 10 * size_of(board, near)
            if board.cells[near].colour != walk.to_play:
                worth += 1000
        elif lives == 2:
            worth += 20 + size_of(board, near)
    return worth


cdef int list_moves(
    Search* search, int ply, int first, uint16_t* moves, int* order, Grounds* grounds
) noexcept nogil:
    """Write the moves worth reading and their order; returns how many.

    Args:
        first: the table's move, or -1.
        grounds: told of moves that a repetition forbids.
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
                grounds.oldest = min(grounds.oldest, repeated_by(walk, point))
            continue
        if not search.is_small and board_is_eye(board, point, walk.to_play):
            continue
        move = MOVE_AT[width][point]
        row, column = move // width, move % width
        moves[count] = move
        order[count] = min(min(row, height - 1 - row), 3) + min(min(column, width - 1 - column), 3)
        order[count] += search.history[walk.to_play][move] + 64 * urgency(walk, point)
        if move == search.killers[ply][0] or move == search.killers[ply][1]:
            order[count] += 100_000
        if move == first:
            order[count] = ENDLESS
        count += 1
    moves[count] = num_points
    order[count] = ENDLESS if first == num_points else -1
    return count + 1


cdef inline void pick(uint16_t* moves, int* order, int at, int count) noexcept nogil:
    """Bring the first of the rest to place `at`; equal ones in the order of their numbers."""
    cdef int best = at, i, order_here
    cdef uint16_t move
    for i in range(at + 1, count):
        if order[i] > order[best] or (order[i] == order[best] and moves[i] < moves[best]):
            best = i
    move, order_here = moves[best], order[best]
    moves[best], order[best] = moves[at], order[at]
    moves[at], order[at] = move, order_here


cdef bint is_over_budget(Search* search) noexcept nogil:
    """Whether nodes or seconds are spent; looks at the clock now and then."""
    if search.stopped:
        return True
    if search.max_nodes and search.nodes >= search.max_nodes:
        search.stopped = True
    elif search.deadline and search.nodes % 256 == 0 and now() >= search.deadline:
        search.stopped = True
    return search.stopped


cdef bint step(Search* search, int move, int ply) noexcept nogil:
    """Play a move, the position before it saved; False without memory."""
    cdef State* walk = search.walk
    memcpy(search.saved + ply * search.state_bytes, walk, search.state_bytes)
    if search.is_small and walk.rules.ko_rule != SIMPLE:
        search.past += mixed(walk.situations[walk.num_moves])
    if state_play(walk, move) < 0:
        search.stopped = True
        return False
    return True


cdef void step_back(Search* search, int ply) noexcept nogil:
    """Take the last `step` back."""
    cdef State* walk = search.walk
    state_rewind(walk, <State*>(search.saved + ply * search.state_bytes))
    if search.is_small and walk.rules.ko_rule != SIMPLE:
        search.past -= mixed(walk.situations[walk.num_moves])


cdef int quiet_value(Search* search, int alpha, int beta, int left, int ply) noexcept nogil:
    """The judge's value once no chain in atari is worth taking or saving."""
    cdef State* walk = search.walk
    cdef const Board* board = &walk.board
    cdef uint16_t[1] found
    cdef uint16_t[MAX_POINTS] points
    cdef int[MAX_POINTS] order
    cdef int point, best, value, count = 0, at
    if state_is_over(walk):
        return score_of(walk)
    best = judged(walk)
    if best >= beta or left == 0 or ply >= MOST_PLIES - 1 or is_over_budget(search):
        return best
    for point in range(board.num_cells):
        if board.cells[point].colour != BLACK and board.cells[point].colour != WHITE:
            continue
        if board.cells[point].chain != point or lives_of(board, point) != 1:
            continue
        if board.cells[point].colour == walk.to_play and size_of(board, point) < 2:
            continue  # a stone alone is let go
        board_liberties(board, point, found, 1)
        if not state_allows(walk, MOVE_AT[board.width][found[0]]):
            continue
        points[count] = MOVE_AT[board.width][found[0]]
        order[count] = size_of(board, point)
        count += 1
    for at in range(count):
        pick(points, order, at, count)
        if at and points[at] == points[at - 1]:
            continue
        search.nodes += 1
        if not step(search, points[at], ply):
            return best
        if walk.board.num_taken == 0 and is_in_atari(walk, points[at]):
            step_back(search, ply)
            continue
        value = -quiet_value(search, -beta, -max(alpha, best), left - 1, ply + 1)
        step_back(search, ply)
        best = max(best, value)
        if best >= beta:
            break
    return best


cdef bint is_in_atari(const State* walk, int move) noexcept nogil:
    """Whether the stone just played there has one liberty."""
    return lives_of(&walk.board, POINT_OF[walk.board.width][move]) == 1


cdef bint is_known(
    Search* search, const Entry* entry, int depth, int alpha, int beta, int* value, Grounds* grounds
) noexcept nogil:
    """Whether the table's entry for this node settles it."""
    cdef int bound = entry.bound & EXACT
    if not bound or (entry.depth < depth and not entry.bound & SOLVED):
        return False
    if bound == LOWER and entry.value < beta or bound == UPPER and entry.value > alpha:
        return False
    value[0] = entry.value
    if not entry.bound & SOLVED:
        grounds.judged = True
    return True


cdef void keep(
    Search* search, Entry* entry, uint64_t key, int depth, int bound, int value, int move,
    const Grounds* grounds
) noexcept nogil:
    """Put a node in the table: its move always, its value where no older situation bore on it."""
    if entry.key == key and entry.bound & SOLVED:
        return
    entry.key = key
    entry.move = move
    entry.value = value
    entry.depth = depth
    entry.bound = 0
    if search.is_small or grounds.oldest >= search.walk.num_moves:
        entry.bound = bound if grounds.judged else bound | SOLVED


cdef int child_value(
    Search* search, int depth, int alpha, int beta, int ply, int number, bint is_quiet,
    Grounds* grounds
) noexcept nogil:
    """The value of the move just played, for who played it: a scout first, then in full."""
    cdef int value, less = 0
    if number == 0:
        return -visit(search, depth - 1, -beta, -alpha, ply + 1, grounds)
    if not search.is_small and is_quiet and depth >= 3 and number >= REDUCED_FROM:
        less = 1
    value = -visit(search, depth - 1 - less, -alpha - 1, -alpha, ply + 1, grounds)
    if value > alpha and (less or value < beta):
        value = -visit(search, depth - 1, -beta, -alpha, ply + 1, grounds)
    return value


cdef void praise(Search* search, int move, int colour, int depth, int ply) noexcept nogil:
    """Remember a quiet move that refuted a line."""
    if search.killers[ply][0] != move:
        search.killers[ply][1] = search.killers[ply][0]
        search.killers[ply][0] = move
    search.history[colour][move] = min(search.history[colour][move] + depth * depth, 60_000)


cdef int visit(
    Search* search, int depth, int alpha, int beta, int ply, Grounds* above
) noexcept nogil:
    """The node's value for the player to move, exact between alpha and beta."""
    cdef State* walk = search.walk
    cdef Grounds grounds
    cdef Entry* entry
    cdef uint64_t key
    cdef int value = 0, low, high
    grounds.judged = False
    grounds.oldest = NO_SITUATION
    if state_is_over(walk):
        return score_of(walk)
    if search.is_small and ply:  # the root wants a move, however sure its value
        set_limits(walk, &low, &high)
        if low >= beta or low == high:
            return low
        if high <= alpha:
            return high
        alpha, beta = max(alpha, low), min(beta, high)
    if is_over_budget(search) or ply >= MOST_PLIES - 1:
        above.judged = True
        return judged(walk)
    if depth <= 0:
        above.judged = True
        return quiet_value(search, alpha, beta, 0 if search.is_small else QUIET_PLIES, ply)
    key = key_of(search)
    entry = &search.table[key >> (64 - TABLE_BITS)]
    if ply and entry.key == key and is_known(search, entry, depth, alpha, beta, &value, above):
        return value
    value = visit_moves(search, entry, key, depth, alpha, beta, ply, &grounds)
    above.judged |= grounds.judged
    if grounds.oldest < walk.num_moves:  # a repetition within the node's own lines is its own
        above.oldest = min(above.oldest, grounds.oldest)
    return value


cdef int visit_moves(
    Search* search, Entry* entry, uint64_t key, int depth, int alpha, int beta, int ply,
    Grounds* grounds
) noexcept nogil:
    """Read a node's moves; keeps what was found in the table."""
    cdef State* walk = search.walk
    cdef uint16_t[MAX_POINTS + 1] moves
    cdef int[MAX_POINTS + 1] order
    cdef int first = entry.move if entry.key == key else -1
    cdef int count = list_moves(search, ply, first, moves, order, grounds)
    cdef int at, move, value, best = -ENDLESS, best_move = -1, low = alpha, number = 0
    cdef int num_points = walk.board.width * walk.board.height
    cdef bint is_quiet
    for at in range(count):
        pick(moves, order, at, count)
        move = moves[at]
        search.nodes += 1
        if not step(search, move, ply):
            break
        is_quiet = move == num_points or (walk.board.num_taken == 0 and order[at] < 100_000)
        if (
            not search.is_small and move != num_points and walk.board.num_taken == 0
            and is_in_atari(walk, move)
        ):
            step_back(search, ply)
            continue
        value = child_value(search, depth, low, beta, ply, number, is_quiet, grounds)
        step_back(search, ply)
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
                praise(search, move, walk.to_play, depth, ply)
            break
    if not search.stopped:
        keep(
            search, entry, key, depth,
            UPPER if best <= alpha else LOWER if best >= beta else EXACT, best, best_move, grounds
        )
    return best
