"""Recorded games, replayed to any ply: the positions that records teach.

A game is its moves, two bytes each. Positions and planes are made anew whenever they are wanted,
which takes microseconds, so that millions of games fit into memory.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

import numpy as np

from insei.engine.board cimport (
    BLACK,
    EMPTY,
    MAX_POINTS,
    MAX_SIDE,
    POINT_OF,
    WORDS,
    Board,
    board_clear,
    board_find_ataris,
    board_put,
    pseudo_liberties_of,
)
from insei.engine.planes.extra_planes cimport ALL_GROUPS, new_scratch, num_extra, state_extra
from insei.engine.planes.net_planes cimport NUM_PLANES, Frame, lay_out, state_floats
from insei.engine.reading.liberties cimport Liberties
from insei.engine.state cimport (
    MOVE_BITS,
    WHITE_MOVED,
    SIMPLE,
    State,
    plain_rules,
    state_allows,
    state_forget,
    state_free,
    state_legal_points,
    state_new,
    state_play,
)
from insei.engine.symmetries cimport num_symmetries_of

WHITE_BIT = WHITE_MOVED  # of a recorded move or stone: it is White's
POINT_BITS = MOVE_BITS  # the others

cdef struct Recorded:
    # One game of a Replays, and how it is played.
    const uint16_t* stones  # set up before the first move
    int num_stones
    const uint16_t* moves
    int num_moves
    int height
    int width
    int half_komi
    bint suicide


cdef struct Scratch:
    # What one thread plays on.
    State* state
    Board* boards  # to read extra planes on; NULL without them


cdef bint replay(State* state, const Recorded* game, int ply, bint checks) noexcept nogil:
    """Play a game's first `ply` moves on `state`, made for its size.

    Args:
        checks: whether to stop at a move that is not legal.

    Returns:
        whether all were played; `state.num_moves` tells how many were. Without memory, not all.
    """
    cdef const uint16_t* point_of = POINT_OF[game.width]
    cdef int i, move
    board_clear(&state.board, game.width, game.height)
    for i in range(game.num_stones):
        move = game.stones[i]
        board_put(&state.board, point_of[move & MOVE_BITS], BLACK + (move >= WHITE_MOVED))
    board_find_ataris(&state.board)
    state.rules.half_komi = game.half_komi
    state.rules.suicide = game.suicide
    state_forget(state)
    for i in range(ply):
        move = game.moves[i]
        state.to_play = BLACK + (move >= WHITE_MOVED)
        state.passes = 0  # games go on after two passes
        move &= MOVE_BITS
        if checks and not state_allows(state, move):
            return False
        if state_play(state, move) < 0:
            return False
    if ply < game.num_moves:
        state.to_play = BLACK + (game.moves[ply] >= WHITE_MOVED)
    return True


cdef bint is_playable(const State* state) noexcept nogil:
    """Whether every chain has a liberty."""
    cdef int move, point
    for move in range(state.board.width * state.board.height):
        point = POINT_OF[state.board.width][move]
        if state.board.cells[point].colour != EMPTY:
            if pseudo_liberties_of(&state.board, state.board.cells[point].chain) == 0:
                return False
    return True


cdef class Replays:
    """Games of any sizes under simple ko, G in all.

    A move is `row * width + column`, or `width * height` for a pass, with WHITE_BIT added if it is
    White's; so is a stone that was set up. The games' moves, and their stones, lie one game after
    the other.

    Args:
        sizes: uint8 `[G, 2]`, height and width of each board.
        komi: float32 `[G]`, in half points.
        suicide: bool `[G]`, whether suicides of several stones are legal.
        moves: uint16 `[N]`.
        starts: int64 `[G + 1]`, where each game's moves begin; the last one is N.
        stones: uint16 `[S]`, set up before the first move.
        stone_starts: int64 `[G + 1]`, likewise.

    Raises:
        ValueError: arrays of other shapes, numbers that are no moves of their boards, or stones
            on one another or without a liberty.
    """

    cdef const uint16_t[::1] moves, stones
    cdef const int64_t[::1] starts, stone_starts
    cdef const uint8_t[:, ::1] sizes
    cdef const uint8_t[::1] suicide
    cdef const int16_t[::1] half_komi
    cdef bint is_made
    cdef readonly int num_games
    cdef readonly int height, width  # of the smallest frame that holds all boards

    def __init__(self, sizes, komi, suicide, moves, starts, stones, stone_starts):
        if self.is_made:
            raise ValueError("games are given once: wanted new Replays")
        sizes = integers("sizes", sizes, np.uint8)
        if sizes.ndim != 2 or sizes.shape[1:] != (2,):
            raise ValueError(f"sizes of shape {sizes.shape}: wanted [G, 2]")
        if len(sizes) and not (1 <= sizes.min() and sizes.max() <= MAX_SIDE):
            raise ValueError(f"sizes {sizes.min()} to {sizes.max()}: wanted 1 to {MAX_SIDE}")
        games = len(sizes)
        areas = sizes.prod(1, dtype=np.int64)
        self.sizes = sizes
        self.height, self.width = (sizes.max(0) if games else (1, 1))
        half = np.array(komi, np.float32) * 2
        if half.shape != (games,) or not (np.abs(half) < 2000).all() or (half % 1).any():
            raise ValueError("komi: wanted [G] half points, below 1000")
        self.half_komi = half.astype(np.int16)
        flags = np.array(suicide, np.bool_)
        if flags.shape != (games,):
            raise ValueError(f"suicide of shape {flags.shape}: wanted [{games}]")
        self.suicide = flags.view(np.uint8)
        self.moves, self.starts = checked_runs("moves", moves, starts, areas + 1)
        self.stones, self.stone_starts = checked_runs("stones", stones, stone_starts, areas)
        self.num_games = games
        self._check_setups()
        self.is_made = True

    def _check_setups(self):
        """Raise ValueError for stones on one another, or chains without liberties."""
        counts = np.diff(np.asarray(self.stone_starts))
        cdef State* state = state_new(MAX_SIDE, MAX_SIDE, plain_rules())
        cdef Recorded game
        if state == NULL:
            raise MemoryError
        try:
            for number in np.flatnonzero(counts):
                at = slice(self.stone_starts[number], self.stone_starts[number + 1])
                placed = np.asarray(self.stones)[at] & MOVE_BITS
                if len(np.unique(placed)) != len(placed):
                    raise ValueError(f"game {number}: stones set up on one another")
                self._find(number, &game)
                replay(state, &game, 0, False)
                if not is_playable(state):
                    raise ValueError(f"game {number}: stones set up without a liberty")
        finally:
            state_free(state)

    cdef void _find(self, int64_t number, Recorded* game) noexcept nogil:
        game.num_stones = self.stone_starts[number + 1] - self.stone_starts[number]
        game.stones = &self.stones[self.stone_starts[number]] if game.num_stones else NULL
        game.num_moves = self.starts[number + 1] - self.starts[number]
        game.moves = &self.moves[self.starts[number]] if game.num_moves else NULL
        game.height = self.sizes[number, 0]
        game.width = self.sizes[number, 1]
        game.half_komi = self.half_komi[number]
        game.suicide = self.suicide[number]

    cdef int _check_made(self) except -1:
        if not self.is_made:
            raise ValueError("no games: wanted Replays that were made with some")
        return 0

    def __len__(self):
        return self.num_games

    @property
    def lengths(self):
        """Moves of each game, int64 `[G]`."""
        self._check_made()
        return np.diff(np.asarray(self.starts))

    def num_legal(self, int threads=1):
        """Return how many moves of each game are legal, one after the other, int32 `[G]`."""
        self._check_made()
        found = np.zeros(self.num_games, np.int32)
        cdef int32_t[::1] out = found
        cdef Scratch* scratch = scratch_for(threads, False)
        cdef int64_t number
        cdef int num_threads = threads
        try:
            for number in prange(
                self.num_games, nogil=True, num_threads=num_threads, schedule="dynamic",
                chunksize=64,
            ):
                out[number] = self._legal(scratch[threadid()].state, number)
        finally:
            free_scratch(scratch, threads)
        return found

    cdef int _legal(self, State* state, int64_t number) noexcept nogil:
        cdef Recorded game
        self._find(number, &game)
        replay(state, &game, game.num_moves, True)
        return state.num_moves

    def write_planes(self, games, plies, symmetries, out, int groups=0, int threads=1):
        """Write the planes of B positions, each as the player of the move at its ply sees it.

        The moves before the ply must be legal: see `num_legal`.

        Args:
            games, plies, symmetries: integers `[B]`; a ply from 0 to the game's moves less one.
            out: contiguous float32 `[B, C, H, W]`; boards lie at the top left.
            groups: of extra_planes, which follow the 14 of net_planes in C.
            threads: to write with.

        Raises:
            ValueError: a game, ply or symmetry that is not there, or `out` of another shape.
        """
        self._check_made()
        cdef const int64_t[::1] at_game = integers("games", games, np.int64)
        cdef const int32_t[::1] at_ply = integers("plies", plies, np.int32)
        cdef const uint8_t[::1] turns = integers("symmetries", symmetries, np.uint8)
        cdef float[:, :, :, ::1] frames = out
        cdef int64_t row, count = len(at_game)
        cdef int num_threads = threads
        if len(at_ply) != count or len(turns) != count:
            raise ValueError("games, plies, symmetries: wanted as many of each")
        if groups & ~ALL_GROUPS:
            raise ValueError(f"groups {groups}: wanted bits of extra_planes")
        if out.shape[:2] != (count, NUM_PLANES + num_extra(groups)):
            planes = NUM_PLANES + num_extra(groups)
            raise ValueError(f"out of shape {out.shape}: wanted [{count}, {planes}, H, W]")
        if frames.shape[2] < self.height or frames.shape[3] < self.width:
            raise ValueError(f"out of shape {out.shape}: wanted {self.height} x {self.width}")
        for row in range(count):
            if not 0 <= at_game[row] < self.num_games:
                raise ValueError(f"game {at_game[row]}: wanted 0 to {self.num_games - 1}")
            length = self.starts[at_game[row] + 1] - self.starts[at_game[row]]
            if not 0 <= at_ply[row] < length:
                raise ValueError(f"ply {at_ply[row]}: wanted 0 to {length - 1}")
            height, width = self.sizes[at_game[row], 0], self.sizes[at_game[row], 1]
            if turns[row] >= num_symmetries_of(height, width):
                raise ValueError(f"symmetry {turns[row]} of {width}x{height}: wanted fewer")
        if not count:
            return
        cdef Scratch* scratch = scratch_for(threads, groups != 0)
        try:
            for row in prange(
                count, nogil=True, num_threads=num_threads, schedule="dynamic"
            ):
                self._write(
                    &scratch[threadid()], at_game[row], at_ply[row], turns[row],
                    groups, frames.shape[2], frames.shape[3], &frames[row, 0, 0, 0],
                )
        finally:
            free_scratch(scratch, threads)

    cdef void _write(
        self, Scratch* scratch, int64_t number, int ply, int symmetry, int groups,
        int height, int width, float* out,
    ) noexcept nogil:
        cdef State* state = scratch.state
        cdef Recorded game
        cdef int[MAX_POINTS] target
        cdef uint64_t[WORDS] legal
        cdef Liberties liberties
        cdef Frame frame = Frame(height, width, symmetry & 4, &target[0])
        self._find(number, &game)
        replay(state, &game, ply, False)
        lay_out(target, game.height, game.width, width, symmetry)
        memset(&liberties, 0, sizeof(liberties))
        state_legal_points(state, legal)
        state_floats(state, legal, &liberties, &frame, out)
        if groups:
            out += NUM_PLANES * height * width
            state_extra(state, legal, groups, scratch.boards, &frame, out)


cdef Scratch* scratch_for(int threads, bint reads) except NULL:
    """What each of the threads plays on: a state for the largest board, under simple ko.

    Args:
        reads: whether extra planes are to be read, on boards of their own.
    """
    cdef int i
    cdef Scratch* scratch
    if not 1 <= threads <= 1024:
        raise ValueError(f"threads {threads}: wanted 1 to 1024")
    scratch = <Scratch*>calloc(threads, sizeof(Scratch))
    if scratch == NULL:
        raise MemoryError
    for i in range(threads):
        scratch[i].state = state_new(MAX_SIDE, MAX_SIDE, plain_rules())
        scratch[i].boards = new_scratch() if reads else NULL
        if scratch[i].state == NULL or (reads and scratch[i].boards == NULL):
            free_scratch(scratch, threads)
            raise MemoryError
        scratch[i].state.rules.ko_rule = SIMPLE
    return scratch


cdef void free_scratch(Scratch* scratch, int threads) noexcept:
    cdef int i
    for i in range(threads):
        state_free(scratch[i].state)
        free(scratch[i].boards)
    free(scratch)


def integers(what, numbers, kind):
    """A copy of whole numbers as an array of this kind, which nobody else can change.

    Raises:
        ValueError: they are no whole numbers, or beyond the kind's.
    """
    given = np.asarray(numbers)
    if given.size and given.dtype.kind not in "iu":
        raise ValueError(f"{what} of type {given.dtype}: wanted whole numbers")
    limits = np.iinfo(kind)
    if given.size and not (limits.min <= int(given.min()) and int(given.max()) <= limits.max):
        raise ValueError(f"{what} {given.min()} to {given.max()}: wanted {np.dtype(kind).name}")
    return np.array(given, kind, order="C")


def checked_runs(what, numbers, starts, limits):
    """Runs of moves or stones, one a game, checked.

    Args:
        what: they are, for messages.
        limits: `[G]`, a game's numbers lie below its limit.

    Returns:
        the numbers uint16 `[N]` and the starts int64 `[G + 1]`.
    """
    numbers = integers(what, numbers, np.uint16)
    starts = integers(f"{what}: starts", starts, np.int64)
    if starts.shape != (len(limits) + 1,) or starts[0] or starts[-1] != len(numbers):
        raise ValueError(f"{what}: wanted [G + 1] starts from 0 to {len(numbers)}")
    counts = np.diff(starts)
    if (counts < 0).any():
        raise ValueError(f"{what}: starts that fall")
    wrong = (numbers & MOVE_BITS) >= np.repeat(limits, counts)
    if wrong.any():
        raise ValueError(f"{what}: {numbers[wrong][0] & MOVE_BITS} is off the board")
    return numbers, starts
