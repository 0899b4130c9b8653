"""Where the actors of a pool live: what the pool asks of it, and what it answers."""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

OUT_OF_MEMORY = "OutOfMemoryError"  # the cause of an actor's end that the pool answers by fewer


class ActorLost(Exception):
    """An actor's process, node or memory is gone.

    Args:
        cause: in a word, as "OutOfMemoryError".
        detail: in a line; empty if nothing more is known.
    """

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause = cause


class NodeUnfit(Exception):
    """A node can't run our actors, because of what is installed there.

    Args:
        node: its id.
        why: in a line that names the node.
    """

    def __init__(self, node: str, why: str) -> None:
        super().__init__(why)
        self.node = node


@dataclass(frozen=True)
class Birth:
    """An actor has started."""

    process_id: int
    node: str = ""  # its id
    node_name: str = ""  # as people know it


@dataclass(frozen=True)
class Room:
    """Where actors can be placed, less the nodes that are avoided."""

    free: int  # actors that would find a place now
    total: int  # actors that would find a place if nobody else were there
    nodes: frozenset[str]  # that can hold an actor
    scarce: str = "processor"  # what an actor needs


class Backend(Protocol):
    """Where actors live. An actor and a call are whatever the backend says; calls are hashable."""

    def start(self, make: Callable[[int], Any], index: int) -> tuple[Any, Hashable]:
        """Start a process that makes the object `make(index)`.

        Returns:
            the actor, and a call whose result is its `Birth`.
        """

    def call(self, actor: Any, method: str, arguments: Sequence[Any]) -> Hashable:
        """Call a method of the actor's object; an actor's calls run in order, one at a time."""

    def pulse(self, actor: Any) -> Hashable:
        """Ask the actor's process whether it lives; it answers while a method runs too."""

    def share(self, value: Any) -> Any:
        """A stand-in for a large argument of many calls, sent to each node once."""

    def wait(self, calls: Sequence[Hashable], seconds: float) -> list[Hashable]:
        """The calls that have ended, after waiting up to `seconds` for the first."""

    def result(self, call: Hashable) -> Any:
        """What an ended call returned.

        Raises:
            ActorLost: its actor is gone.
            NodeUnfit: the node that it was started on can't run it.
            Exception: what the method raised.
        """

    def close(self, actor: Any) -> Hashable:
        """Call the object's `close`, if it has one."""

    def kill(self, actor: Any, silent: Birth | None = None) -> None:
        """End the process at once.

        Args:
            silent: of an actor that does not answer, and so would not hear that it is to end.
        """

    def avoid(self, nodes: Collection[str]) -> None:
        """Start no more actors on these nodes, and on no others than before."""

    def room(self) -> Room:
        """Where actors can be placed now."""

    def gone(self) -> Collection[str]:
        """Nodes that have ended, though calls to their actors may still seem to be under way."""

    def check(self) -> str:
        """Check that the backend itself is there.

        Returns:
            a line that deserves to be told, if it seems to be going; else nothing.

        Raises:
            ClusterLost: it is gone.
        """
