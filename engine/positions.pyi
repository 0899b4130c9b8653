"""Positions: a batch of games stepped in one call; see positions.pyx."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position
from insei.engine.rules import Rules

LEAVE: int

class Positions:
    """`len(positions)` games, B in the shapes below, that go on side by side.

    A batch is one thread's at a time, for its planes too; loops over games let others run. Where
    `games` are asked for they are numbers, or a mask, bool `[B]`.

    Raises:
        ValueError: `rules` is no Rules, or `num_games` is below 1.
    """

    def __init__(self, rules: Rules, num_games: int) -> None: ...
    def __len__(self) -> int: ...
    def __getitem__(self, game: int) -> Position:
        """Return one game as a Position of its own."""

    @property
    def rules(self) -> Rules:
        """What all the games are played under."""

    @property
    def is_over(self) -> NDArray[np.bool_]:
        """Which games two passes have ended, `[B]`."""

    @property
    def to_play(self) -> NDArray[np.uint8]:
        """BLACK or WHITE for each game, `[B]`."""

    @property
    def num_moves(self) -> NDArray[np.int32]:
        """Plies of each game, `[B]`."""

    def reset(self, games: Iterable[int] | None = None) -> None:
        """Begin all games anew, or those named."""

    def check(self, moves: Sequence[int] | NDArray[np.integer]) -> NDArray[np.int64]:
        """Return moves that `play` would take as an array, `[B]`.

        Raises:
            IllegalMove, GameOver: a move is illegal, with the game named.
            ValueError: not one move a game, or no integers.
        """

    def play(self, moves: Sequence[int] | NDArray[np.integer]) -> None:
        """Play one move in each game, `[B]`; LEAVE (-1) leaves a game as it is.

        Raises:
            IllegalMove, GameOver: a move is illegal, with the game named; no move was played.
            ValueError: not one move a game.
        """

    def step(
        self,
        moves: Sequence[int] | NDArray[np.integer],
        masks: NDArray[np.bool_] | None = None,
        planes: NDArray[np.float32] | NDArray[np.uint8] | None = None,
        reply_seed: int | None = None,
        max_plies: int = 0,
    ) -> None:
        """Play one move in each game and write what comes of it, all in one pass.

        Args:
            masks: as `legal_masks` fills it.
            planes: as `planes` fills it.
            reply_seed: where given, each game that was moved in and goes on is answered by a move
                that fills no own eye, drawn uniformly.
            max_plies: no answer where a game is as long; 0 for no such end.

        Raises:
            as `play` and `planes`; no move was played.
        """

    def play_random(self, seed: int, games: Iterable[int] | None = None) -> NDArray[np.int64]:
        """Play a move that fills no own eye, drawn uniformly, in each game not over.

        Returns:
            the moves, `[B]`; LEAVE where none was played.
        """

    def legal_masks(
        self, out: NDArray[np.bool_] | None = None, games: Iterable[int] | None = None
    ) -> NDArray[np.bool_]:
        """Write which moves are legal, `[B, A]`; none in a game that is over.

        Args:
            games: whose rows to write, all by default.

        Raises:
            ValueError: `out` has another shape, type or layout.
        """

    def planes(
        self,
        out: NDArray[np.float32] | NDArray[np.uint8] | None = None,
        games: Iterable[int] | None = None,
    ) -> NDArray[Any]:
        """Write the planes that a net sees.

        Args:
            out: float32 `[B, C, H, W]`, in a frame of the board's size or more, by default; or
                uint8 `[B, 12, H, W]` of the board's size, for the binary planes alone.
            games: whose rows to write, all by default.

        Raises:
            ValueError: `out` has another shape, type or layout.
        """

    def scores(
        self, games: Sequence[int] | NDArray[np.integer] | None = None
    ) -> NDArray[np.float32]:
        """Black's area less White's and komi, as the boards stand, of all games or those named."""
