"""`capture`: captures what it can, saves what it can, and otherwise plays at random.

Its preferences, strongest first: to capture a chain (a larger one first, and one that holds an own
chain in atari before others); to save an own chain from atari; to put an enemy chain in atari
without self-atari. It fills no own eye and plays no self-atari, unless that captures something. It
passes if no other move is left, or if the opponent has passed and the score is won.
"""

from libc.stdint cimport uint16_t, uint64_t
from libc.string cimport memcpy

from insei.engine.board cimport (
    BLACK,
    EMPTY,
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
    size_of,
)
from insei.engine.position cimport Position
from insei.engine.state cimport (
    State,
    state_allows,
    wins_by_passing,
)

from insei.agents.player import Choice

cdef enum:
    CAPTURE = 1000
    SAVE = 300
    ATARI = 20


cdef bint is_first_of_chain(const Board* board, const int* near, int i) noexcept nogil:
    """Whether neighbour `i` is the first of its chain among the four."""
    cdef int j
    for j in range(i):
        if board.cells[near[j]].chain == board.cells[near[i]].chain:
            return False
    return True


cdef int urgency_of(const State* state, int point, int* liberties_after) noexcept nogil:
    """The worth of a legal stone at `point` by what it captures, saves and threatens."""
    cdef Board after
    cdef const Board* board = &state.board
    cdef const Cell* cells = board.cells
    cdef int colour = state.to_play
    cdef int enemy = opponent_of(colour)
    cdef int[4] near = [point - board.stride, point - 1, point + 1, point + board.stride]
    cdef uint16_t[3] found
    cdef int i, size, count, worth = 0
    memcpy(&after, board, board_bytes(board))
    board_play(&after, point, colour)
    # A suicide of several stones leaves the point empty, and an empty point has no chain.
    liberties_after[0] = 0
    if after.cells[point].colour == colour:
        liberties_after[0] = board_liberties(&after, point, found, 3)
    for i in range(4):
        if cells[near[i]].colour not in (BLACK, WHITE) or not is_first_of_chain(board, near, i):
            continue
        size = size_of(board, cells[near[i]].chain)
        if cells[near[i]].colour == enemy:
            count = board_liberties(board, near[i], found, 3)
            if count == 1:
                worth += CAPTURE + 10 * size + SAVE * frees_atari(board, near[i], colour)
            elif count == 2 and liberties_after[0] >= 2:
                worth += ATARI + size
        elif cells[near[i]].colour == colour:
            if board_liberties(board, near[i], found, 2) == 1 and liberties_after[0] >= 2:
                worth += SAVE + 10 * size
    return worth


cdef int frees_atari(const Board* board, int stone, int colour) noexcept nogil:
    """Whether the enemy chain at `stone` touches a chain of `colour` with one liberty."""
    cdef int[4] steps = [-board.stride, -1, 1, board.stride]
    cdef uint16_t[2] found
    cdef int here = stone, i, neighbour
    while True:
        for i in range(4):
            neighbour = here + steps[i]
            if board.cells[neighbour].colour == colour:
                if board_liberties(board, neighbour, found, 2) == 1:
                    return 1
        here = board.cells[here].next
        if here == stone:
            return 0


cdef int choose_move(const State* state, uint64_t* rng) noexcept nogil:
    """The most urgent move, ties broken at random; the pass if no stone is worth playing."""
    cdef int num_points = state.board.width * state.board.height
    cdef int best = num_points, highest = -1, ties = 0, move, point, worth, liberties
    for move in range(num_points):
        point = POINT_OF[state.board.width][move]
        if state.board.cells[point].colour != EMPTY or not state_allows(state, move):
            continue
        if board_is_eye(&state.board, point, state.to_play):
            continue
        worth = urgency_of(state, point, &liberties)
        if liberties < 2 and worth < CAPTURE:
            continue
        if worth > highest:
            highest = worth
            ties = 0
        if worth == highest:
            ties += 1
            if next_random(rng) % <uint64_t>ties == 0:
                best = move
    return best


class CapturePlayer:
    """Captures and saves stones, avoids self-atari; otherwise random.

    Args:
        name: what reports call it.
    """

    num_parameters = 0
    fingerprint = ""

    def __init__(self, name="capture"):
        self.name = name
        self.state = 1

    def new_game(self, rules, seed):
        """Begin anew; equal seeds give equal games."""
        self.state = seed & 0xFFFFFFFFFFFFFFFF

    def choose(self, Position position not None):
        """Return the most urgent move."""
        cdef uint64_t rng = self.state
        cdef int move = position.state.board.width * position.state.board.height
        if not wins_by_passing(position.state):
            move = choose_move(position.state, &rng)
        self.state = rng
        return Choice(move, None, int(position.state.board.num_empty))

    def close(self):
        """Nothing to give back."""
