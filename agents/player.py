"""What a player is: a name, and a move for each position."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from insei.engine.position import Position
from insei.engine.rules import Rules

if TYPE_CHECKING:
    from insei.agents.search.search import Search

RESIGN = -1
T = TypeVar("T")


class PlayerFailed(RuntimeError):
    """A player can't go on: its program ended, is silent or makes no sense. It loses the game."""


class ProgramMissing(PlayerFailed):
    """A player's program can't even be started."""


class Choice(NamedTuple):
    """A move, and what the player knew when it chose it."""

    move: int  # 0 to H·W, the last one the pass; RESIGN gives the game up
    value: float | None = None  # its own view of the game, -1 to 1, where it has one
    operations: int = 1  # boards judged or nets evaluated for this move


class Player(Protocol):
    """A seat at the table. Players are not shared between threads."""

    name: str  # as reports write it
    num_parameters: int  # learned numbers, 0 for a handwritten player
    fingerprint: str  # the hash of its weights, empty for a handwritten player

    def new_game(self, rules: Rules, seed: int) -> None:
        """Begin a game; equal seeds give equal games.

        Raises:
            ValueError: the player can't play under these rules.
        """

    def choose(self, position: Position) -> Choice:
        """Return a legal move for the player to move, or RESIGN; `position` stays unchanged.

        Raises:
            PlayerFailed: the player can't go on.
        """

    def close(self) -> None:
        """Give back what the player holds."""


@runtime_checkable
class Elsewhere(Player, Protocol):
    """A player that works in a process of its own."""

    def cpu_seconds(self) -> float:
        """Processor time that its process has used; not a number where that can't be known."""

    def process_id(self) -> int:
        """Of the process at work, since the first game."""


@runtime_checkable
class Hurried(Player, Protocol):
    """A player that can be told how long to think."""

    def give_time(self, seconds: float | None) -> None:
        """Think at most so long about each move from now on; None for what it does by itself."""


@runtime_checkable
class Thinker(Hurried, Protocol):
    """A player that searches with a net: its thoughts can be read."""

    def look_at(self, position: Position, no_pass_before: int = 0) -> "Search":
        """The search, set to a position, to be taken further by its `step`."""

    def thinking(
        self, position: Position, no_pass_before: int = 0
    ) -> Generator["Search", None, Choice]:
        """As `choose`, a step at a time, and the search after each; returns the choice.

        Args:
            no_pass_before: plies before which it passes only where nothing else is legal.
        """


def last_of(steps: Generator[Any, None, T]) -> T:
    """Take all steps; what the generator returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
