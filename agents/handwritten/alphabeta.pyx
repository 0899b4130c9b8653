"""`alphabeta`: reads ahead as chess programs do, and judges as `influence` does.

lookahead.pyx says how it reads. What it knows: the judge's territory, safety, eyes and shape; the
rules, superko and score included, at every node; on boards of up to `SMALL` points also what lives
unconditionally (Benson), and there it leaves no move out, so that it can solve them. Elsewhere it
fills no own one-point eye and plays no stone that could be taken at once, unless that takes
something.

The same position gives the same move, but where seconds end a search.
"""

from libc.math cimport tanh
from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from insei.engine.position cimport Position
from insei.engine.state cimport NO_CAPTURE_GOAL, state_is_over, state_size, wins_by_passing

from insei.agents.handwritten.solver_bounds cimport POINT, WON
from insei.agents.handwritten.alphabeta_search cimport (
    DEEPEST,
    ENDLESS,
    MOST_PLIES,
    NO_SITUATION,
    SMALL,
    TABLE_BITS,
    Entry,
    Grounds,
    Search,
    visit,
)
from insei.agents.handwritten.stopwatch cimport now

from typing import NamedTuple

from insei.agents.player import Choice


class Reading(NamedTuple):
    """What a search found."""

    move: int
    points: float  # for the player to move, komi counted; of the end if solved, else as judged
    depth: int  # plies of the last complete iteration
    nodes: int
    is_solved: bool


class AlphaBetaPlayer:
    """Alpha-beta over the judge of `influence`; the first limit reached ends a search.

    One ply is read whatever the limits are, so that some move is found.

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
            ("depth", depth, DEEPEST), ("seconds", seconds, 86_400), ("nodes", nodes, 10**12)
        ):
            if not 0 <= value <= highest:
                raise ValueError(f"player {name!r}: {limit} {value}: wanted 0 to {highest}")
        self.name = name
        self.depth = depth or (DEEPEST if seconds or nodes else 4)
        self.seconds = seconds
        self.nodes = nodes
        self.given = None

    def set_time_limit(self, seconds):
        """Limit the time of each move from now on; None restores the player's own limit."""
        self.given = seconds

    def new_game(self, rules, seed):
        """Nothing to begin: a move depends on the position alone."""

    def choose(self, Position position not None):
        """Return the best move found, and how sure of winning it looks."""
        cdef int pass_move = position.state.board.width * position.state.board.height
        if wins_by_passing(position.state):
            return Choice(pass_move, 1.0, 1)
        found = self.read(position)
        return Choice(found.move, tanh(found.points / 10), found.nodes)

    def read(self, Position position not None):
        """Read ahead until a limit is reached or the position is solved."""
        cdef Position walked = position.copy()
        cdef Search search
        cdef Grounds grounds
        cdef int depth, deepest = self.depth, complete = 0
        cdef int64_t max_nodes = self.nodes
        cdef double deadline
        cdef size_t bytes_of_table = sizeof(Entry) << TABLE_BITS
        if state_is_over(walked.state):
            raise ValueError("read: the game is over; wanted one under way")
        memset(&search, 0, sizeof(search))
        search.walk = walked.state
        search.state_bytes = state_size(&walked.state.board)
        search.is_small = (
            walked.state.board.width * walked.state.board.height <= SMALL
            and walked.state.rules.captures_to_win == NO_CAPTURE_GOAL
            and not walked.state.rules.territory  # what lives is then no limit of the score
        )
        given = [limit for limit in (self.seconds or None, self.given) if limit is not None]
        deadline = now() + min(given) if given else 0
        search.root_move = walked.state.board.width * walked.state.board.height
        search.table = <Entry*>malloc(bytes_of_table)
        search.saved = <char*>malloc(MOST_PLIES * search.state_bytes)
        try:
            if search.table == NULL or search.saved == NULL:
                raise MemoryError
            with nogil:
                memset(search.table, 0, bytes_of_table)
                for depth in range(1, deepest + 1):
                    if depth > 1:  # some move must be found before any limit counts
                        search.deadline = deadline
                        search.max_nodes = max_nodes
                    grounds.judged = False
                    grounds.oldest = NO_SITUATION
                    visit(&search, depth, -ENDLESS, ENDLESS, 0, &grounds)
                    if search.stopped:
                        break
                    complete = depth
                    if not grounds.judged:
                        break
            return Reading(
                search.root_move, points_of(search.root_value), complete, search.nodes,
                search.is_small and complete > 0 and not search.stopped and not grounds.judged,
            )
        finally:
            free(search.table)
            free(search.saved)

    def close(self):
        """Nothing to give back."""


def points_of(int value):
    """A value in points, without what winning is worth beside."""
    if value > WON // 2:
        value -= WON
    elif value < -WON // 2:
        value += WON
    return value / <double>POINT
