"""Positions: a batch of games under the same rules, each step one call for all of them.

All moves are checked before one is played: a batch with an illegal move stays as it is. Loops over
games run without the GIL.
"""

from cpython.number cimport PyNumber_Index
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free

import numpy as np

from insei.engine.board cimport MAX_POINTS, WORDS
from insei.engine.reading.liberties cimport Liberties
from insei.engine.planes.net_planes cimport (
    NUM_BINARY_PLANES, NUM_PLANES, Frame, lay_out, state_bytes, state_floats
)
from insei.engine.playouts cimport random_move
from insei.engine.position cimport Position
from insei.engine.state_door cimport check_array, check_fit, check_rules, new_state, plain
from insei.engine.state cimport (
    State, state_allows, state_copy, state_duplicate, state_free, state_half_score,
    state_is_over, state_play, state_legal_points, write_mask
)

from insei.engine.errors import GameOver, IllegalMove

cdef enum:
    LEFT = -1  # as a move: the game is left as it is

LEAVE = LEFT

cdef struct Output:
    # Where the masks and planes of a batch are written; NULL for those that are not wanted.
    uint8_t* masks
    float* floats
    uint8_t* bytes
    int num_actions
    int area  # of the frame
    Frame frame


cdef inline void write(
    Output* output, const State* state, Liberties* liberties, int64_t game
) noexcept nogil:
    """Write a game's mask and planes; the legal points are found once for both."""
    cdef uint64_t[WORDS] legal
    if output.masks == NULL and output.floats == NULL and output.bytes == NULL:
        return
    state_legal_points(state, legal)
    if output.floats != NULL:
        state_floats(
            state,
            legal,
            liberties,
            &output.frame,
            output.floats + game * NUM_PLANES * output.area,
        )
    if output.bytes != NULL:
        state_bytes(state, legal, liberties, output.bytes + game * NUM_BINARY_PLANES * output.area)
    if output.masks != NULL:
        write_mask(state, legal, output.masks + game * output.num_actions)


def _restore(rules, positions):
    """Rebuild a pickled batch."""
    batch = Positions(rules, len(positions))
    for game, position in enumerate(positions):
        batch[game] = position
    return batch


cdef class Positions:
    """A batch of games under the same rules that are played side by side, one call a step.

    B is the number of games, A the number of moves. `batch[i]` is a copy of a game; `batch[i] =
    position` lets a game go on from anywhere; `batch[i:j]`, `copy` and pickle copy games with their
    history. One thread at a time may use a batch, its planes too. Loops over games let other threads run. Where there is an argument `games`, it is a
    list of numbers or a mask, bool `[B]`.

    Args:
        rules: of all the games.
        num_games: B, at least 1.

    Raises:
        ValueError: `rules` is not a Rules, or `num_games` is below 1.
    """

    cdef State** states
    cdef State* empty  # what a game is reset to
    cdef Liberties* liberties  # `[B]`, of the planes that each game had last
    cdef int[MAX_POINTS] target  # where points lie in a frame larger than the board
    cdef int num_games, width, height
    cdef bint is_busy  # with the GIL let go: another thread that comes is told so
    cdef object _rules

    def __cinit__(self, rules, int num_games):
        cdef int game
        check_rules(rules)
        if num_games < 1:
            raise ValueError(f"num_games {num_games}: wanted 1 or more")
        self.states = <State**>calloc(num_games, sizeof(State*))
        self.liberties = <Liberties*>calloc(num_games, sizeof(Liberties))
        if self.states == NULL or self.liberties == NULL:
            raise MemoryError
        self.num_games = num_games
        self._rules = rules
        self.empty = new_state(rules)
        self.width, self.height = self.empty.board.width, self.empty.board.height
        for game in range(num_games):
            self.states[game] = state_duplicate(self.empty)
            if self.states[game] == NULL:
                raise MemoryError

    def __dealloc__(self):
        cdef int game
        if self.states != NULL:
            for game in range(self.num_games):
                state_free(self.states[game])
        free(self.states)
        state_free(self.empty)
        free(self.liberties)

    @property
    def rules(self):
        """The rules of all the games."""
        return self._rules

    def __len__(self):
        return self.num_games

    def __getitem__(self, game):
        """Return a copy of one game as a Position, or of a slice's games as a batch."""
        cdef int number, count = 0
        cdef Positions batch
        if not isinstance(game, slice):
            return self._position(self._game(PyNumber_Index(game)))
        chosen = range(*game.indices(self.num_games))
        batch = Positions.__new__(Positions, self._rules, len(chosen))
        for number in chosen:
            batch._put(count, self.states[number])
            count += 1
        return batch

    def __setitem__(self, game, Position position not None):
        """Let one game go on from a position, with its history.

        Raises:
            IndexError: there is no such game.
            ValueError: the position's rules are others.
        """
        cdef int number = self._game(PyNumber_Index(game))
        if position._rules != self._rules or not (
            position.state.board.width == self.width and position.state.board.height == self.height
        ):
            raise ValueError(f"game {number}: rules {position._rules}: wanted {self._rules}")
        self._put(number, position.state)

    cdef int _begin(self) except -1:
        if self.is_busy:
            raise RuntimeError("the batch is in use: wanted one thread at a time")
        self.is_busy = True
        return 0

    cdef int _put(self, int game, const State* state) except -1:
        self._begin()
        self.is_busy = False
        if state_copy(self.states[game], state) < 0:
            raise MemoryError
        return 0

    cdef Position _position(self, int game):
        cdef Position position = Position.__new__(Position)
        cdef State* copied
        self._begin()
        self.is_busy = False
        copied = state_duplicate(self.states[game])
        if copied == NULL:
            raise MemoryError
        position.state = copied
        position._rules = self._rules
        return position

    def copy(self):
        """Return an independent copy of the batch."""
        return self[:]

    def __copy__(self):
        return self[:]

    def __deepcopy__(self, memo):
        return self[:]

    def __reduce__(self):
        return _restore, (self._rules, list(self))

    def __eq__(self, other):
        """Whether the other batch has the same rules, and equal positions in the same order."""
        if not isinstance(other, Positions):
            return NotImplemented
        return self._rules == other.rules and list(self) == list(other)

    __hash__ = None

    cdef int[::1] _chosen(self, games):
        """The numbers of the games asked for by numbers or a mask; all games for None."""
        if games is None:
            return np.arange(self.num_games, dtype=np.intc)
        given = np.asarray(games if isinstance(games, np.ndarray) else list(games))
        if given.dtype.kind == "b":
            if given.shape != (self.num_games,):
                raise ValueError(f"mask {given.shape}: wanted ({self.num_games},), one a game")
            return np.flatnonzero(given).astype(np.intc)
        if given.size and (given.dtype.kind not in "iu" or given.ndim != 1):
            raise ValueError(f"games {given.dtype}{given.shape}: wanted integers, or a mask")
        return np.array([self._game(game) for game in given.tolist()], np.intc)

    cdef int _game(self, game) except -1:
        if not -self.num_games <= game < self.num_games:
            raise IndexError(f"game {game}: wanted 0 to {self.num_games - 1}")
        return game + self.num_games if game < 0 else game

    def reset(self, games=None):
        """Start all games again, or only `games`.

        Raises:
            IndexError: there is no such game.
            ValueError: `games` are neither integers nor a mask `[B]`.
        """
        cdef int[::1] chosen = self._chosen(games)
        cdef int i, failed = 0
        self._begin()
        with nogil:
            for i in range(chosen.shape[0]):
                failed |= state_copy(self.states[chosen[i]], self.empty)
        self.is_busy = False
        if failed:
            raise MemoryError

    def check(self, moves):
        """Check moves without playing them.

        Args:
            moves: as for `play`.

        Returns:
            the moves as int64 `[B]`.

        Raises:
            IllegalMove, GameOver: a move is illegal; the message names the game.
            ValueError: there is not one move a game, or they are not integers.
        """
        return np.asarray(self._checked(moves))

    cdef int64_t[::1] _checked(self, moves):
        given = np.asarray(moves)
        if given.dtype.kind not in "iu" and given.size:
            raise ValueError(f"moves of type {given.dtype}: wanted integers")
        if given.dtype.kind == "u":
            given = np.minimum(given, MAX_POINTS + 1)  # 2**64 - 1 is no LEAVE
        # A copy: the caller's array may lie where masks and planes are written.
        cdef int64_t[::1] wanted = np.array(given, np.int64, order="C")
        cdef int game, wrong = -1
        cdef int last = self.width * self.height
        if wanted.shape[0] != self.num_games:
            raise ValueError(f"{wanted.shape[0]} moves: wanted {self.num_games}, one a game")
        self._begin()
        with nogil:
            for game in range(self.num_games):
                if wanted[game] == LEFT:
                    continue
                if not 0 <= wanted[game] <= last or not state_allows(
                    self.states[game], wanted[game]
                ):
                    wrong = game
                    break
        self.is_busy = False
        if wrong >= 0:
            self._refuse(wrong, wanted[wrong])
        return wanted

    def play(self, moves):
        """Play one move in each game.

        Args:
            moves: integers `[B]`; LEAVE (-1) leaves a game as it is.

        Raises:
            IllegalMove, GameOver: a move is illegal; the message names the game. None was played.
            ValueError: there is not one move a game, or they are not integers.
        """
        self.step(moves)

    def step(self, moves, masks=None, planes=None, reply_seed=None, int max_plies=0):
        """Play one move in each game and write the masks and planes that follow, in one pass.

        Args:
            moves: as for `play`.
            masks: filled as by `legal_masks`; None to leave them out.
            planes: filled as by `planes`; None to leave them out.
            reply_seed: if given, each game that was moved in and is not over gets a reply, a random
                move that fills no own eye.
            max_plies: games of this length get no reply; 0 for no limit.

        Raises:
            IllegalMove, GameOver, ValueError: as `play` and `planes`; no move was played.
        """
        cdef uint64_t rng = 0 if reply_seed is None else reply_seed
        cdef bint replies = reply_seed is not None
        cdef int64_t[::1] wanted = self._checked(moves)
        cdef Output output = self._output(masks, planes)
        cdef int game, failed = 0
        cdef State* state
        self._begin()
        with nogil:
            for game in range(self.num_games):
                state = self.states[game]
                if wanted[game] != LEFT:
                    failed |= state_play(state, wanted[game])
                    if replies and not state_is_over(state) and not (
                        0 < max_plies <= state.num_moves
                    ):
                        failed |= state_play(state, random_move(state, &rng, NULL))
                write(&output, state, &self.liberties[game], game)
        self.is_busy = False
        if failed:
            raise MemoryError

    cdef _refuse(self, int game, int64_t move):
        try:
            self._position(game).play(move)
        except (IllegalMove, GameOver) as error:
            raise type(error)(f"game {game}: {error}") from None

    def play_random(self, uint64_t seed, games=None):
        """Play a random move that fills no own eye in each game that is not over.

        Args:
            seed: equal seeds give equal moves.
            games: which games to play in, all by default.

        Returns:
            the moves, int64 `[B]`; LEAVE where none was played.
        """
        cdef uint64_t rng = seed
        cdef int game, failed = 0
        chosen = np.zeros(self.num_games, np.uint8)
        chosen[np.asarray(self._chosen(games))] = 1
        cdef const uint8_t[::1] plays = chosen
        moves = np.full(self.num_games, LEAVE, np.int64)
        cdef int64_t[::1] played = moves
        self._begin()
        with nogil:
            for game in range(self.num_games):
                if plays[game] and not state_is_over(self.states[game]):
                    played[game] = random_move(self.states[game], &rng, NULL)
                    failed |= state_play(self.states[game], played[game])
        self.is_busy = False
        if failed:
            raise MemoryError
        return moves

    def legal_masks(self, out=None, games=None):
        """Write which moves are legal.

        Args:
            out: bool `[B, A]`, contiguous; a new array by default.
            games: which rows to write, all by default.

        Returns:
            `out`; the row of a game that is over is all False.

        Raises:
            ValueError: `out` has the wrong shape, type or layout.
        """
        cdef int[::1] chosen = self._chosen(games)
        if out is None:
            out = np.zeros((self.num_games, self.width * self.height + 1), np.bool_)
        self._write(self._output(out, None), chosen)
        return out

    def planes(self, out=None, games=None):
        """Write the planes that a net sees.

        Args:
            out: float32 `[B, C, H, W]`, in a frame of the board's size or more; or, for the binary
                planes alone, uint8 `[B, 12, H, W]` of the board's size. By default a new float32
                array.
            games: which rows to write, all by default.

        Returns:
            `out`.

        Raises:
            ValueError: `out` has the wrong shape, type or layout.
        """
        cdef int[::1] chosen = self._chosen(games)
        if out is None:
            shape = (self.num_games, NUM_PLANES, self.height, self.width)
            out = np.zeros(shape, np.float32)
        self._write(self._output(None, out), chosen)
        return out

    cdef _write(self, Output output, int[::1] chosen):
        cdef int i, game
        self._begin()
        with nogil:
            for i in range(chosen.shape[0]):
                game = chosen[i]
                write(&output, self.states[game], &self.liberties[game], game)
        self.is_busy = False

    cdef Output _output(self, masks, planes) except *:
        """The arrays to write to, checked; None for those that are not wanted."""
        cdef Output output
        cdef int height = self.height, width = self.width
        masks, planes = plain(masks), plain(planes)  # no code of the caller runs after this
        output.masks = output.bytes = NULL
        output.floats = NULL
        output.area = height * width
        output.num_actions = height * width + 1
        if masks is not None:
            check_array(masks, (self.num_games, output.num_actions), np.bool_)
            output.masks = <uint8_t*><size_t>masks.ctypes.data
        if planes is None:
            return output
        if isinstance(planes, np.ndarray) and planes.dtype == np.uint8:
            check_array(planes, (self.num_games, NUM_BINARY_PLANES, height, width), np.uint8)
            output.bytes = <uint8_t*><size_t>planes.ctypes.data
            return output
        if isinstance(planes, np.ndarray) and planes.ndim == 4:
            height, width = planes.shape[2:]
        check_fit(&self.empty.board, height, width)
        check_array(planes, (self.num_games, NUM_PLANES, height, width), np.float32)
        output.floats = <float*><size_t>planes.ctypes.data
        output.area = height * width
        output.frame.height, output.frame.width = height, width
        output.frame.is_transposed = False
        output.frame.target = NULL
        if output.area != self.height * self.width:
            lay_out(self.target, self.height, self.width, width, 0)
            output.frame.target = &self.target[0]
        return output

    @property
    def is_over(self):
        """Which games are over, bool `[B]`."""
        found = np.empty(self.num_games, np.bool_)
        cdef uint8_t[::1] view = found.view(np.uint8)
        cdef int game
        for game in range(self.num_games):
            view[game] = state_is_over(self.states[game])
        return found

    @property
    def to_play(self):
        """The player to move in each game, uint8 `[B]` of BLACK and WHITE."""
        found = np.empty(self.num_games, np.uint8)
        cdef uint8_t[::1] view = found
        cdef int game
        for game in range(self.num_games):
            view[game] = self.states[game].to_play
        return found

    @property
    def num_moves(self):
        """Plies of each game, int32 `[B]`."""
        found = np.empty(self.num_games, np.int32)
        cdef int[::1] view = found
        cdef int game
        for game in range(self.num_games):
            view[game] = self.states[game].num_moves
        return found

    def scores(self, games=None):
        """Score the boards as they stand, as `Position.score` does without dead stones.

        Args:
            games: which games to score, all by default.

        Returns:
            float32, one a game; positive if Black is ahead.
        """
        cdef int[::1] chosen = self._chosen(games)
        cdef int i
        found = np.empty(len(chosen), np.float32)
        cdef float[::1] view = found
        self._begin()
        with nogil:
            for i in range(chosen.shape[0]):
                view[i] = <float>0.5 * state_half_score(self.states[chosen[i]])
        self.is_busy = False
        return found
