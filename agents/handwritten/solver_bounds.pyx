"""What can be known of a game without judgement: its end, unconditional life, what repeats."""

from libc.stdint cimport uint8_t, uint64_t

from insei.engine.reading.benson cimport board_pass_alive
from insei.engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    POINT_OF,
    WHITE,
    Board,
    board_hash_after,
    is_enclosed,
)
from insei.engine.state cimport POSITIONAL, State, state_half_score


cdef int value_of(const State* walk, int half) noexcept nogil:
    """The value, for the player to move, of an end that Black wins by so many half points."""
    cdef int value = half * (POINT // 2) + (WON if half > 0 else -WON if half < 0 else 0)
    return value if walk.to_play == BLACK else -value


cdef int score_of(const State* walk) noexcept nogil:
    """An ended game's value for the player to move."""
    return value_of(walk, state_half_score(walk))


cdef void set_limits(const State* walk, int* low, int* high) noexcept nogil:
    """The values between which the game must end for the player to move, if both play well.

    Stones that live unconditionally count, and eyes where the enemy has no move; where each point
    is somebody's by Benson's algorithm, both limits are that score.
    """
    cdef uint8_t[MAX_CELLS] owner
    cdef const Board* board = &walk.board
    cdef int num_points = board.width * board.height, move, point, colour
    cdef int[3] sure, owned
    sure[BLACK] = sure[WHITE] = owned[BLACK] = owned[WHITE] = 0
    board_pass_alive(board, walk.rules.suicide, owner)
    for move in range(num_points):
        point = POINT_OF[board.width][move]
        colour = owner[point]
        if colour == EMPTY:
            continue
        owned[colour] += 1
        if board.cells[point].colour == colour or (
            board.cells[point].colour == EMPTY and is_enclosed(board, point, colour)
        ):
            sure[colour] += 1
    if owned[BLACK] + owned[WHITE] == num_points:
        sure[BLACK], sure[WHITE] = owned[BLACK], owned[WHITE]
    low[0] = value_of(walk, 2 * (2 * sure[BLACK] - num_points) - walk.rules.half_komi)
    high[0] = value_of(walk, 2 * (num_points - 2 * sure[WHITE]) - walk.rules.half_komi)
    if walk.to_play == WHITE:
        low[0], high[0] = high[0], low[0]


cdef int repeated_by(const State* walk, int point) noexcept nogil:
    """The index of the situation that a forbidden stone repeats; 0, the safe one, if unsure."""
    cdef uint64_t then = board_hash_after(&walk.board, point, walk.to_play)
    cdef int i
    if walk.rules.ko_rule == POSITIONAL:
        for i in range(walk.num_moves, -1, -1):
            if walk.situations[i] == then:
                return i
    return 0
