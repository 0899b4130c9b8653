"""What a player is: it has a name, and it chooses a move for a position."""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from insei.engine.position import Position
from insei.engine.rules import Rules

if TYPE_CHECKING:
    from insei.agents.clock import Clock
    from insei.agents.search.analysis import Avoided
    from insei.agents.search.search import Search

RESIGN = -1
T = TypeVar("T")


class PlayerFailed(RuntimeError):
    """A player can't go on: its program ended, timed out or gave a bad answer. It loses."""


class ProgramMissing(PlayerFailed):
    """A player's program can't be started."""


class Choice(NamedTuple):
    """A move, and what the player knew when it chose it."""

    move: int  # 0 to H·W, the last one the pass; RESIGN gives the game up
    value: float | None = None  # for the player to move, -1 to 1; None if unknown
    operations: int = 1  # positions or nets evaluated for this move


class Player(Protocol):
    """Chooses moves. A player is used by one thread."""

    name: str  # as reports write it
    num_parameters: int  # learned numbers, 0 for a handwritten player
    fingerprint: str  # the hash of its weights, empty for a handwritten player

    def new_game(self, rules: Rules, seed: int) -> None:
        """Begin a game. Equal seeds give equal games.

        Raises:
            ValueError: the player can't play under these rules.
        """

    def choose(self, position: Position) -> Choice:
        """Return a legal move for the player to move, or RESIGN. `position` stays unchanged.

        Raises:
            PlayerFailed: the player can't go on.
        """

    def close(self) -> None:
        """Release processes, files and memory."""


@runtime_checkable
class ExternalPlayer(Player, Protocol):
    """A player that runs in a process of its own."""

    def cpu_seconds(self) -> float:
        """Processor time that its process has used; NaN if unknown."""

    def process_id(self) -> int:
        """The id of its process, which runs from the first game on."""


@runtime_checkable
class TimedPlayer(Player, Protocol):
    """A player whose time per move can be limited."""

    def set_time_limit(self, seconds: float | None) -> None:
        """Limit the time of each move from now on; None restores the player's own limit."""


@runtime_checkable
class ClockedPlayer(Player, Protocol):
    """A player that divides its time among its moves by itself."""

    def set_clocks(self, clocks: "Mapping[int, Clock]") -> None:
        """Tell it both sides' clocks, by colour, before its next move; empty for no limit."""


@runtime_checkable
class SearchingPlayer(TimedPlayer, Protocol):
    """A player that searches with a net. Its search can be read."""

    def search_from(
        self, position: Position, no_pass_before: int = 0, avoided: "Avoided | None" = None
    ) -> "Search":
        """Set the player's search to a position and return it. `Search.step` continues it.

        Args:
            no_pass_before, avoided: see `search_steps`.
        """

    def search_steps(
        self, position: Position, no_pass_before: int = 0, avoided: "Avoided | None" = None
    ) -> Generator["Search", None, Choice]:
        """Choose a move step by step.

        Args:
            no_pass_before: before this ply it passes only if no other move is legal.
            avoided: moves that the search leaves out; see `Forest.start`.

        Yields:
            the search, after each step, and at least once.

        Returns:
            the choice.
        """


def run_to_end(steps: Generator[Any, None, T]) -> T:
    """Run a generator to its end and return its value."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
