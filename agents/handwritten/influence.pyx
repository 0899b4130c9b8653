"""`influence`: plays the move whose board has the best static evaluation.

It passes if the opponent has passed, the score is won as it stands, and no move gains much.
"""

from libc.stdint cimport uint16_t, uint64_t
from libc.string cimport memcpy

from insei.engine.board cimport (
    BLACK,
    EMPTY,
    POINT_OF,
    Board,
    board_bytes,
    board_is_eye,
    board_liberties,
    board_play,
    next_random,
    opponent_of,
)
from insei.engine.position cimport Position
from insei.engine.state cimport (
    State,
    state_allows,
    wins_by_passing,
)

from insei.agents.handwritten.static_evaluation cimport static_evaluation

from insei.agents.player import Choice

cdef float LOWEST = -1e30  # below every evaluation


cdef int choose_move(const State* state, uint64_t* rng, float* value) noexcept nogil:
    """The move after which the board is worth most; the pass if there is no other."""
    cdef Board after
    cdef int num_points = state.board.width * state.board.height
    cdef int colour = state.to_play
    cdef float sign = 1 if colour == BLACK else -1
    cdef int best = num_points, move, point
    cdef uint16_t[2] found
    cdef float worth, highest
    value[0] = sign * static_evaluation(&state.board, colour)
    highest = LOWEST
    for move in range(num_points):
        point = POINT_OF[state.board.width][move]
        if state.board.cells[point].colour != EMPTY or not state_allows(state, move):
            continue
        if board_is_eye(&state.board, point, colour):
            continue
        memcpy(&after, &state.board, board_bytes(&state.board))
        if board_play(&after, point, colour) == 0 and board_liberties(&after, point, found, 2) < 2:
            continue  # self-atari that captures nothing
        worth = sign * static_evaluation(&after, opponent_of(colour))
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
    """Plays by a static evaluation one ply ahead: territory, safety, eyes and shape.

    Args:
        name: what reports call it.
    """

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
