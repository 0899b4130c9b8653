"""Who answers the agent's moves: a random player, a function, or a player.

Players live in a room above this one. They are objects with `choose`; `player_named`, which makes
one from its name, is set by `insei`.
"""

from collections.abc import Callable
from operator import index
from typing import Any, Protocol, runtime_checkable

import numpy as np

from insei.engine.errors import GameOver, IllegalMove
from insei.engine.playouts import random_reply
from insei.engine.position import Position
from insei.engine.rules import Rules

Function = Callable[[Position], int]
RANDOM = "random"


@runtime_checkable
class Chooser(Protocol):
    """What chooses moves; `new_game(rules, seed)`, if there is one, is called at each game."""

    def choose(self, position: Position) -> Any:
        """A move, or an object with the attribute `move`; a negative move resigns."""


player_named: Callable[[str], Chooser] | None = None  # set by `insei`: names by its grammar


class Opponent(Protocol):
    """Answers in one game at a time."""

    def begin(self, rules: Rules, rng: np.random.Generator) -> None:
        """Begin a game, whose chance comes from `rng`."""

    def reply(self, position: Position) -> int | None:
        """A legal move for the player to move, or None to resign; `position` stays unchanged.

        Raises:
            IllegalMove: the opponent chose an illegal move.
        """

    def close(self) -> None:
        """Release what the opponent holds."""


class RandomOpponent:
    """Plays random moves that fill no own eye."""

    def begin(self, rules: Rules, rng: np.random.Generator) -> None:
        """Take the source of chance."""
        self.rng = rng

    def reply(self, position: Position) -> int | None:
        """A random move."""
        return random_reply(position, int(self.rng.integers(2**63)))

    def close(self) -> None:
        """Nothing to release."""


class FunctionOpponent:
    """Plays what a function says."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def begin(self, rules: Rules, rng: np.random.Generator) -> None:
        """A function knows no games."""

    def reply(self, position: Position) -> int | None:
        """The move that the function says."""
        return checked(self.function(position.copy()), position)

    def close(self) -> None:
        """Nothing to release."""


class PlayerOpponent:
    """Plays what a player chooses.

    Args:
        name: of the player; a copy of the environment, pickled or deep, makes its own player of
            that name.
        player: instead of a name.
    """

    def __init__(self, name: str | None = None, player: Chooser | None = None) -> None:
        self.name = name
        self.player = named(name) if name is not None else player
        self.game: tuple[Rules, int] | None = None  # and its seed, until the player knows of it

    def begin(self, rules: Rules, rng: np.random.Generator) -> None:
        """Begin a game."""
        self.game = rules, int(rng.integers(2**31))
        self.is_told = False

    def reply(self, position: Position) -> int | None:
        """The move that the player chooses."""
        player: Any = self.player
        if self.game and not self.is_told and hasattr(player, "new_game"):
            player.new_game(*self.game)
        self.is_told = True
        return checked(player.choose(position.copy()), position)

    def close(self) -> None:
        """Close a player that was made here."""
        player: Any = self.player
        if self.name is not None and player is not None:
            player.close()

    def __getstate__(self) -> dict[str, Any]:
        if self.name is None:
            return self.__dict__.copy()
        return {"name": self.name, "game": self.game}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.name is not None:
            self.player, self.is_told = named(self.name), False


def opponent_of(said: Any) -> Opponent | None:
    """The opponent that a setting means; None if the caller plays both sides.

    Raises:
        ValueError: it is neither a player's name, nor a player, nor a function.
    """
    if said is None:
        return None
    if isinstance(said, str):
        return RandomOpponent() if said == RANDOM else PlayerOpponent(said)
    if isinstance(said, Chooser) and not isinstance(said, type):
        return PlayerOpponent(player=said)
    if callable(said) and not isinstance(said, type):
        return FunctionOpponent(said)
    raise ValueError(
        f"opponent {said!r}: wanted a player's name, an object with `choose`, a function from "
        "Position to move, or None"
    )


def named(name: str) -> Chooser:
    """The player of a name."""
    if player_named is None:
        raise ValueError(f"opponent {name!r}: wanted {RANDOM}, the one name known without insei")
    return player_named(name)


def checked(said: Any, position: Position) -> int | None:
    """The move of an opponent's answer; None for a resignation.

    Raises:
        IllegalMove: it is illegal, or no move at all.
    """
    try:
        move = index(getattr(said, "move", said))
    except TypeError:
        raise IllegalMove(f"the opponent chose {said!r}: wanted a move") from None
    if move < 0:
        return None
    try:
        position.play(move)
    except (IllegalMove, GameOver, OverflowError) as error:
        raise IllegalMove(f"the opponent chose {move}: {error}") from error
    return move
