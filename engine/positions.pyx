"""Positions: a batch of games under the same rules, each step one call for all of them.

Moves are checked before any is played: a batch with one illegal move stays as it was. All loops
over games run without the GIL.
"""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free

import numpy as np

from engine.planes cimport PLANES, state_planes
from engine.playouts cimport random_move
from engine.position cimport Position, new_state
from engine.state cimport (
    State,
    state_allows,
    state_copy,
    state_free,
    state_half_score,
    state_is_over,
    state_mask,
    state_play,
)

from engine.errors import GameOver, IllegalMove
from engine.position import Position as position_of
from engine.rules import Rules

cdef enum:
    LEFT = -1  # as a move: the game is left as it is

LEAVE = LEFT


cdef class Positions:
    """`len(positions)` games, B in the shapes below, that go on side by side."""

    cdef State** states
    cdef State* empty  # what a game is reset to
    cdef int num_games
    cdef object _rules

    def __init__(self, rules, int num_games):
        cdef int game
        if not isinstance(rules, Rules):
            raise ValueError(f"rules {rules!r}: wanted a Rules")
        if num_games < 1:
            raise ValueError(f"num_games {num_games}: wanted 1 or more")
        self._free()
        self.states = <State**>calloc(num_games, sizeof(State*))
        if self.states == NULL:
            raise MemoryError
        self.num_games = num_games
        self._rules = rules
        self.empty = new_state(rules)
        for game in range(num_games):
            self.states[game] = new_state(rules)

    def __dealloc__(self):
        self._free()

    cdef _free(self):
        cdef int game
        if self.states != NULL:
            for game in range(self.num_games):
                state_free(self.states[game])
            free(self.states)
        state_free(self.empty)
        self.states = NULL
        self.empty = NULL

    @property
    def rules(self):
        return self._rules

    def __len__(self):
        return self.num_games

    def __getitem__(self, int game):
        cdef Position position = position_of(self._rules)
        game = self._game(game)
        if state_copy(position.state, self.states[game]) < 0:
            raise MemoryError
        return position

    cdef int _game(self, int game) except -1:
        if not -self.num_games <= game < self.num_games:
            raise IndexError(f"game {game}: wanted 0 to {self.num_games - 1}")
        return game + self.num_games if game < 0 else game

    def reset(self, games=None):
        cdef int game
        for each in range(self.num_games) if games is None else games:
            game = self._game(each)
            if state_copy(self.states[game], self.empty) < 0:
                raise MemoryError

    def play(self, moves):
        cdef int64_t[::1] wanted = np.ascontiguousarray(moves, np.int64)
        cdef int game, wrong = -1, failed = 0
        cdef int last = self._rules.pass_move
        if wanted.shape[0] != self.num_games:
            raise ValueError(f"{wanted.shape[0]} moves: wanted {self.num_games}, one a game")
        with nogil:
            for game in range(self.num_games):
                if wanted[game] == LEFT:
                    continue
                if not 0 <= wanted[game] <= last or not state_allows(
                    self.states[game], wanted[game]
                ):
                    wrong = game
                    break
            if wrong < 0:
                for game in range(self.num_games):
                    if wanted[game] != LEFT:
                        failed |= state_play(self.states[game], wanted[game])
        if wrong >= 0:
            self._refuse(wrong, wanted[wrong])
        if failed:
            raise MemoryError

    cdef _refuse(self, int game, int64_t move):
        try:
            self[game].play(move)
        except (IllegalMove, GameOver) as error:
            raise type(error)(f"game {game}: {error}") from None

    def play_random(self, uint64_t seed, games=None):
        cdef uint64_t rng = seed
        cdef int game, failed = 0
        cdef uint8_t[::1] chosen = np.zeros(self.num_games, np.uint8)
        moves = np.full(self.num_games, LEAVE, np.int64)
        cdef int64_t[::1] played = moves
        if games is None:
            chosen[:] = 1
        else:
            for each in games:
                chosen[self._game(each)] = 1
        with nogil:
            for game in range(self.num_games):
                if chosen[game] and not state_is_over(self.states[game]):
                    played[game] = random_move(self.states[game], &rng, NULL)
                    failed |= state_play(self.states[game], played[game])
        if failed:
            raise MemoryError
        return moves

    def legal_masks(self, out=None):
        cdef int game
        cdef uint8_t[:, ::1] view
        shape = (self.num_games, self._rules.num_actions)
        if out is None:
            out = np.empty(shape, np.bool_)
        _check(out, shape, np.bool_)
        view = out.view(np.uint8)
        with nogil:
            for game in range(self.num_games):
                state_mask(self.states[game], &view[game, 0])
        return out

    def planes(self, out=None):
        cdef int game, height = self._rules.height, width = self._rules.width
        cdef float[:, :, :, ::1] view
        if out is None:
            out = np.empty((self.num_games, PLANES, height, width), np.float32)
        if isinstance(out, np.ndarray) and out.ndim == 4 and out.shape[2:] >= (height, width):
            height, width = out.shape[2:]
        _check(out, (self.num_games, PLANES, height, width), np.float32)
        if height < self._rules.height or width < self._rules.width:
            raise ValueError(f"frame {width}x{height}: wanted {self._rules.size_name} or more")
        view = out
        with nogil:
            for game in range(self.num_games):
                state_planes(self.states[game], &view[game, 0, 0, 0], height, width, 0)
        return out

    @property
    def is_over(self):
        found = np.empty(self.num_games, np.bool_)
        cdef uint8_t[::1] view = found.view(np.uint8)
        cdef int game
        for game in range(self.num_games):
            view[game] = state_is_over(self.states[game])
        return found

    @property
    def to_play(self):
        found = np.empty(self.num_games, np.uint8)
        cdef uint8_t[::1] view = found
        cdef int game
        for game in range(self.num_games):
            view[game] = self.states[game].to_play
        return found

    @property
    def num_moves(self):
        found = np.empty(self.num_games, np.int32)
        cdef int[::1] view = found
        cdef int game
        for game in range(self.num_games):
            view[game] = self.states[game].num_moves
        return found

    def scores(self, games=None):
        cdef int i
        if games is None:
            games = range(self.num_games)
        found = np.empty(len(games), np.float32)
        cdef float[::1] view = found
        for i, game in enumerate(games):
            view[i] = state_half_score(self.states[self._game(game)]) / 2.0
        return found


cdef _check(out, shape, kind):
    if not isinstance(out, np.ndarray) or out.dtype != kind or not out.flags.c_contiguous:
        raise ValueError(f"out {type(out).__name__}: wanted a contiguous {kind.__name__} array")
    if out.shape != shape:
        raise ValueError(f"out of shape {out.shape}: wanted {shape}")
