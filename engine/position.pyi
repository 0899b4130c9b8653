"""Position: stones, player to move and history; see position.pyx."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules

class Position:
    """A game at one moment: stones, player to move, and all that superko needs to remember.

    Immutable in use: `play` returns the next position. `play_in_place` changes this one.
    Moves are ints, `row * width + column` from the top left; `rules.pass_move` passes.
    Colours are BLACK 1 and WHITE 2, EMPTY 0.
    """

    def __init__(
        self, rules: Rules, board: NDArray[np.uint8] | None = None, to_play: int = 1
    ) -> None:
        """Start an empty board, or from `board` `[H, W]` of 0, 1, 2, every chain with a liberty.

        Raises:
            ValueError: `board` has another shape, other values, or a chain without liberties.
        """

    @property
    def rules(self) -> Rules: ...
    @property
    def to_play(self) -> int: ...
    @property
    def num_moves(self) -> int:
        """Plies played since the start, passes included."""

    @property
    def moves(self) -> list[int]:
        """The moves since the start, passes included."""

    @property
    def movers(self) -> list[int]:
        """Who played each of `moves`; colours alternate unless `with_to_play` was used."""

    @property
    def initial_board(self) -> NDArray[np.uint8]:
        """The stones before the first move, `[H, W]`."""

    @property
    def initial_to_play(self) -> int: ...
    @property
    def board(self) -> NDArray[np.uint8]:
        """A copy of the stones, `[H, W]` of 0, 1, 2."""

    @property
    def passes(self) -> int:
        """Passes in a row just now, 0 to 2."""

    @property
    def is_over(self) -> bool: ...
    @property
    def last_move(self) -> int | None: ...
    @property
    def ko_point(self) -> int | None:
        """The point that simple ko bans for the player to move, under rules with simple ko."""

    @property
    def prisoners(self) -> tuple[int, int]:
        """Stones that black took and that white took, suicides counted for the opponent."""

    @property
    def hash(self) -> int:
        """64-bit Zobrist hash of the stones."""

    def play(self, move: int) -> Position:
        """Return the position after `move`.

        Raises:
            IllegalMove: the rules forbid it; the message says why.
            GameOver: two passes have ended the game.
        """

    def play_in_place(self, move: int) -> None: ...
    def play_all(self, moves: Sequence[int]) -> Position: ...
    def with_to_play(self, colour: int) -> Position:
        """The same stones and history with `colour` to move; a simple-ko ban is lifted."""

    def resumed(self) -> Position:
        """The same position with its passes forgotten, so that a finished game goes on."""

    def is_legal(self, move: int) -> bool: ...
    def why_illegal(self, move: int) -> str | None:
        """The reason that `move` is illegal, or None.

        "occupied", "ko", "superko", "suicide", "off the board, ...", or "the game is over".
        """

    def legal_mask(self) -> NDArray[np.bool_]:
        """Which moves are legal, `[A]`; superko is exact; the pass is last and always legal.

        All False once the game is over.
        """

    def legal_moves(self) -> list[int]: ...
    def fills_own_eye(self, move: int) -> bool:
        """Whether `move` is a one-point eye of the player to move, by the usual diagonal test."""

    def area(self, dead: Iterable[int] | None = None) -> tuple[int, int]:
        """Points of black and of white by area, dead stones as for `score`."""

    def score(self, dead: Iterable[int] | None = None) -> float:
        """Black's points minus White's and komi, as the rules score; positive if Black is ahead.

        Args:
            dead: points of dead stones, one of each chain at least; they are taken off, and are
                prisoners where territory is scored. None: under area scoring each stone is alive
                (Tromp-Taylor), under territory scoring `dead_stones` are dead.

        Raises:
            ValueError: a point named as dead is empty or off the board.
        """

    def winner(self, dead: Iterable[int] | None = None) -> int:
        """BLACK or WHITE by `score`, or 0 where it is a tie."""

    def ownership(self, dead: Iterable[int] | None = None) -> NDArray[np.int8]:
        """`[H, W]`: 1 black's, -1 white's, 0 nobody's, by area, dead stones as for `score`."""

    def pass_alive(self) -> NDArray[np.uint8]:
        """Whose each point is for good, `[H, W]`: BLACK, WHITE, or EMPTY where it is open.

        A point is a colour's if it holds a stone of a chain that the enemy can't take, even if its
        owner passes for ever, or lies in a region closed by such chains where the enemy can't live.

        Source: Benson, Life in the game of Go, 1976.
        """

    def is_settled(self) -> bool:
        """Whether every point is somebody's for good, by `pass_alive`: nothing is left to play for.

        Never where the first captures win.
        """

    def dead_stones(self) -> list[int]:
        """The stones that stand in what is the enemy's for good, by `pass_alive`.

        They are dead for certain; others may be dead too, which only the players can say.
        """

    def chain(self, point: int) -> list[int]:
        """The points of the chain at `point`, empty where no stone stands."""

    def liberties(self, point: int) -> list[int]:
        """The liberties of the chain at `point`, sorted."""

    def check(self) -> None:
        """Walk the invariants; raises AssertionError where one is broken."""

    def copy(self) -> Position: ...
    def __copy__(self) -> Position: ...
    def __deepcopy__(self, memo: dict[int, Any]) -> Position: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __eq__(self, other: object) -> bool:
        """Equal rules, initial stones and moves."""

    def __hash__(self) -> int: ...
