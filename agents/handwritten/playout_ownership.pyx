"""Who will own each point, as playouts with patterns end: for boards that no net knows."""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memset

import numpy as np

from insei.agents.handwritten.pattern_playouts cimport play_out
from insei.engine.board cimport BLACK, MAX_CELLS, MAX_POINTS, POINT_OF, WHITE, board_area
from insei.engine.position cimport Position
from insei.engine.state cimport State, state_rewind

MOST_PLAYOUTS = 1_000_000


cdef int count_owners(
    const State* root, State* scratch, int64_t playouts, uint64_t* rng, int64_t* leads
) noexcept nogil:
    """Play out so many games; add to each point's lead those that Black owns, minus White's.

    Returns -1 without memory.
    """
    cdef uint8_t[MAX_POINTS + 1] first
    cdef uint8_t[MAX_CELLS] owner
    cdef int width = root.board.width, num_points = width * root.board.height
    cdef int point, black, white, cell
    cdef int64_t _
    for _ in range(playouts):
        state_rewind(scratch, root)
        memset(first, 0, sizeof(first))
        if play_out(scratch, rng, first) < 0:
            return -1
        board_area(&scratch.board, owner, &black, &white)
        for point in range(num_points):
            cell = POINT_OF[width][point]
            leads[point] += (owner[cell] == BLACK) - (owner[cell] == WHITE)
    return 0


def playout_ownership(Position position not None, int64_t playouts=400, uint64_t seed=1):
    """Who owns each point when playouts from a position have ended.

    In half of the playouts Black moves first, in the others White. A game that has ended goes on.

    Args:
        playouts: how many, 2 to 1,000,000; an odd one is left out.

    Returns:
        `[H, W]` float32, from 1, always Black's, to -1, always White's.

    Raises:
        ValueError: `playouts` is out of bounds.
    """
    if not 2 <= playouts <= MOST_PLAYOUTS:
        raise ValueError(f"playouts {playouts}: wanted 2 to {MOST_PLAYOUTS}")
    cdef Position root, scratch
    cdef int64_t[MAX_POINTS] leads
    cdef int64_t half = playouts // 2
    cdef uint64_t rng = seed
    cdef int failed, point
    memset(leads, 0, sizeof(leads))
    for colour in (BLACK, WHITE):
        root = position.resumed().with_to_play(colour)
        scratch = root._copy()
        with nogil:
            failed = count_owners(root.state, scratch.state, half, &rng, leads)
        if failed:
            raise MemoryError
    height, width = position.rules.height, position.rules.width
    found = np.array([leads[point] for point in range(height * width)], np.float32)
    return found.reshape(height, width) / (2 * half)
