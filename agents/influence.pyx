"""`influence`: looks one ply ahead and judges each position that it could make.

The judge, in points for the player who has just moved:

* territory: each stone radiates influence that spreads over empty points in four steps, averaged
  at each; an empty point belongs to whoever radiates clearly more, with a weight that grows with
  the margin (after Zobrist's spread of influence, 1969, and Bouzy's territory, 2003);
* safety: a chain in atari with the opponent to move counts as taken, one with two liberties as
  partly so, unless it has eyes; liberties beyond are worth a little;
* eyes: a point whose neighbours are all own is worth more than territory, a second one more still;
* shape: each chain costs a little, so that cutting and connecting pay.

The board as it stands decides the end: when no move betters it, and it is won, it passes.
"""

from libc.math cimport fabs
from libc.stdint cimport uint16_t, uint64_t
from libc.string cimport memcpy

from engine.board cimport (
    BLACK,
    EMPTY,
    MAX_CELLS,
    POINT_OF,
    WHITE,
    Board,
    Cell,
    board_bytes,
    board_is_eye,
    board_liberties,
    board_play,
    next_random,
    opponent_of,
)
from engine.position cimport Position
from engine.state cimport (
    State,
    state_allows,
    wins_by_passing,
)

from agents.player import Choice

cdef enum:
    STEPS = 4  # how far influence spreads
    MANY = 6  # liberties beyond which a chain is at ease

cdef float NEVER = -1e30


cdef void spread(const Board* board, float* influence) noexcept nogil:
    """Write each point's influence, black's positive, `[num_cells]`."""
    cdef const Cell* cells = board.cells
    cdef int[4] near = [-board.stride, -1, 1, board.stride]
    cdef float[MAX_CELLS] wave, next_wave
    cdef int point, i
    cdef float total
    for point in range(board.num_cells):
        wave[point] = influence[point] = 0
        if cells[point].colour == BLACK:
            wave[point] = 64
        elif cells[point].colour == WHITE:
            wave[point] = -64
    for _ in range(STEPS):
        for point in range(board.num_cells):
            next_wave[point] = 0
            if cells[point].colour != EMPTY:
                continue
            total = 0
            for i in range(4):
                total += wave[point + near[i]]
            next_wave[point] = total / 4
        for point in range(board.num_cells):
            if cells[point].colour == EMPTY:
                wave[point] = next_wave[point]
                influence[point] += wave[point]


cdef float chain_danger(int liberties, int eyes, bint is_to_move) noexcept nogil:
    """The share of a chain that is as good as taken."""
    if eyes >= 2:
        return 0
    if liberties == 1:
        return 0.35 if is_to_move else 1
    if liberties == 2:
        return 0.1 if is_to_move else 0.3
    if liberties == 3:
        return 0.08
    return 0


cdef float judge(const Board* board, int to_play) noexcept nogil:
    """The board's worth for Black in points, `to_play` to move."""
    cdef const Cell* cells = board.cells
    cdef int[4] near = [-board.stride, -1, 1, board.stride]
    cdef float[MAX_CELLS] influence
    cdef int[MAX_CELLS] eyes
    cdef uint16_t[MANY] found
    cdef int row, column, point, side, liberties, i, head, last
    cdef float total = 0, worth, sign
    spread(board, influence)
    for point in range(board.num_cells):
        eyes[point] = 0
    for row in range(board.height):
        for column in range(board.width):
            point = (row + 1) * board.stride + column
            if cells[point].colour != EMPTY:
                continue
            for side in range(BLACK, WHITE + 1):
                if board_is_eye(board, point, side):
                    last = -1
                    for i in range(4):
                        head = cells[point + near[i]].chain
                        if cells[head].colour == side and head != last:
                            eyes[head] += 1
                            last = head
    for row in range(board.height):
        for column in range(board.width):
            point = (row + 1) * board.stride + column
            if cells[point].colour == EMPTY:
                worth = influence[point]
                total += worth / (12 + fabs(worth))
                continue
            sign = 1 if cells[point].colour == BLACK else -1
            total += sign
            if cells[point].chain != point:
                continue
            liberties = board_liberties(board, point, found, MANY)
            worth = chain_danger(liberties, eyes[point], cells[point].colour == to_play)
            total -= sign * 2 * worth * cells[point].size
            total += sign * 0.08 * liberties
            total += sign * 0.6 * (2 if eyes[point] > 2 else eyes[point])
            total -= sign * 0.3
    return total


cdef int choose_move(const State* state, uint64_t* rng, float* value) noexcept nogil:
    """The move after which the board is worth most; the pass where every stone would cost."""
    cdef Board after
    cdef int num_points = state.board.width * state.board.height
    cdef int colour = state.to_play
    cdef float sign = 1 if colour == BLACK else -1
    cdef int best = num_points, move, point
    cdef uint16_t[2] found
    cdef float worth, highest
    value[0] = sign * judge(&state.board, colour)
    highest = NEVER
    for move in range(num_points):
        point = POINT_OF[state.board.width][move]
        if state.board.cells[point].colour != EMPTY or not state_allows(state, move):
            continue
        if board_is_eye(&state.board, point, colour):
            continue
        memcpy(&after, &state.board, board_bytes(&state.board))
        if board_play(&after, point, colour) == 0 and board_liberties(&after, point, found, 2) < 2:
            continue  # self-atari that takes nothing
        worth = sign * judge(&after, opponent_of(colour))
        worth += 0.01 * ((next_random(rng) >> 40) / 16777216.0)
        if worth > highest:
            highest = worth
            best = move
    if best != num_points and is_settled(state, highest - value[0]):
        return num_points
    return best


cdef bint is_settled(const State* state, float gain) noexcept nogil:
    """Whether to pass: the opponent did, the score is won, and the best stone gains little."""
    return gain < 2 and wins_by_passing(state)


class InfluencePlayer:
    """A one-ply evaluator of territory, safety, eyes and shape."""

    num_parameters = 0
    fingerprint = ""

    def __init__(self, name="influence"):
        self.name = name
        self.state = 1

    def new_game(self, rules, seed):
        """Begin anew; equal seeds give equal games."""
        self.state = seed & 0xFFFFFFFFFFFFFFFF

    def choose(self, Position position not None):
        """Return the move after which the board is worth most."""
        cdef uint64_t rng = self.state
        cdef float value = 0
        cdef int move = choose_move(position.state, &rng, &value)
        self.state = rng
        return Choice(move, None, int(position.state.board.num_empty) + 1)

    def close(self):
        """Nothing to give back."""
