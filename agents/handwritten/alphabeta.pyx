"""`alphabeta`: searches as chess programs do, with the static evaluation of `influence`.

alphabeta_search.pyx is the search. It evaluates territory, safety, eyes and shape, and applies all
rules, superko and score included, at every node. On boards of up to `SOLVABLE_POINTS` points it
also knows unconditional life (Benson) and searches every move, so that it can solve them. Elsewhere
it fills no own one-point eye and plays no self-atari, unless that captures something.

The same position gives the same move, unless a time limit ends the search.
"""

from libc.math cimport tanh
from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from insei.engine.position cimport Position
from insei.engine.state cimport NO_CAPTURE_GOAL, state_is_over, state_size, wins_by_passing

from insei.agents.handwritten.solver_bounds cimport POINT, WON
from insei.agents.handwritten.alphabeta_search cimport (
    MAX_DEPTH,
    INFINITE,
    MAX_PLIES,
    NO_SITUATION,
    SOLVABLE_POINTS,
    TABLE_BITS,
    Entry,
    ValueBasis,
    Search,
    alpha_beta,
)
from insei.agents.handwritten.stopwatch cimport now

from typing import NamedTuple

from insei.agents.player import Choice
from insei.system.errors import UserError


class Reading(NamedTuple):
    """The result of a search."""

    move: int
    points: float  # for the player to move, komi counted; final if solved, else an estimate
    depth: int  # plies of the last complete iteration
    nodes: int
    is_solved: bool


class AlphaBetaPlayer:
    """Alpha-beta over the static evaluation of `influence`.

    The first limit reached ends a search, but one ply is always searched.

    Args:
        name: what reports call it.
        depth: plies, 1 to 100; 0 for 4, or without end where another limit is given.
        seconds: of a move, 0 to 86,400; 0 for none.
        nodes: positions played to a move, 0 to 10^12; 0 for none.

    Raises:
        ValueError: a limit is out of bounds.
    """

    num_parameters = 0
    fingerprint = ""

    def __init__(self, name="alphabeta", depth=0, seconds=0.0, nodes=0):
        for limit, value, highest in (
            ("depth", depth, MAX_DEPTH), ("seconds", seconds, 86_400), ("nodes", nodes, 10**12)
        ):
            if not 0 <= value <= highest:
                raise UserError(f"player {name!r}: {limit} {value}: wanted 0 to {highest}")
        self.name = name
        self.depth = depth or (MAX_DEPTH if seconds or nodes else 4)
        self.seconds = seconds
        self.nodes = nodes
        self.move_seconds = None

    def set_time_limit(self, seconds):
        """Limit the time of each move from now on; None restores the player's own limit."""
        self.move_seconds = seconds

    def new_game(self, rules, seed):
        """Do nothing: a move depends on the position alone."""

    def choose(self, Position position not None):
        """Return the best move found, and its value squeezed into -1 to 1."""
        cdef int pass_move = position.state.board.width * position.state.board.height
        if wins_by_passing(position.state):
            return Choice(pass_move, 1.0, 1)
        found = self.read(position)
        return Choice(found.move, tanh(found.points / 10), found.nodes)

    def read(self, Position position not None):
        """Search until a limit is reached or the position is solved.

        Raises:
            ValueError: the game is over.
        """
        cdef Position walked = position._copy()
        cdef Search search
        cdef ValueBasis basis
        cdef int depth, deepest = self.depth, complete = 0
        cdef int64_t max_nodes = self.nodes
        cdef double deadline
        cdef size_t bytes_of_table = sizeof(Entry) << TABLE_BITS
        if state_is_over(walked.state):
            raise ValueError("read: the game is over; wanted one under way")
        memset(&search, 0, sizeof(search))
        search.walk = walked.state
        search.state_bytes = state_size(&walked.state.board)
        search.is_solvable = (
            walked.state.board.width * walked.state.board.height <= SOLVABLE_POINTS
            and walked.state.rules.captures_to_win == NO_CAPTURE_GOAL
            and not walked.state.rules.territory  # unconditional life does not bound the score then
        )
        limits = [limit for limit in (self.seconds or None, self.move_seconds) if limit is not None]
        deadline = now() + min(limits) if limits else 0
        search.root_move = walked.state.board.width * walked.state.board.height
        search.table = <Entry*>malloc(bytes_of_table)
        search.saved = <char*>malloc(MAX_PLIES * search.state_bytes)
        try:
            if search.table == NULL or search.saved == NULL:
                raise MemoryError
            with nogil:
                memset(search.table, 0, bytes_of_table)
                for depth in range(1, deepest + 1):
                    if depth > 1:  # the limits apply once some move is found
                        search.deadline = deadline
                        search.max_nodes = max_nodes
                    basis.is_estimate = False
                    basis.oldest_repeat = NO_SITUATION
                    alpha_beta(&search, depth, -INFINITE, INFINITE, 0, &basis)
                    if search.stopped:
                        break
                    complete = depth
                    if not basis.is_estimate:
                        break
            return Reading(
                search.root_move, points_of(search.root_value), complete, search.nodes,
                search.is_solvable and complete > 0 and not (search.stopped or basis.is_estimate),
            )
        finally:
            free(search.table)
            free(search.saved)

    def close(self):
        """Nothing to give back."""


def points_of(int value):
    """A value in points, without the value of winning."""
    if value > WON // 2:
        value -= WON
    elif value < -WON // 2:
        value += WON
    return value / <double>POINT
