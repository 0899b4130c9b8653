"""What a pool knows of its tasks, its actors, and the calls that are under way."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from insei.system.actors.backend import Birth
from insei.system.actors.signs import Signs

Kind: TypeAlias = Literal["start", "broadcast", "pulse", "task"]


@dataclass(eq=False)
class Task:
    """A call of an actor's method, to be made on whichever actor is free."""

    method: str
    arguments: tuple[Any, ...]
    num_deaths: int = 0  # actors that failed with it


@dataclass(frozen=True)
class Done:
    """A task that has ended."""

    task: Task
    result: Any


@dataclass(eq=False)
class Actor:
    """An actor as the pool sees it."""

    number: int  # as notices name it; a replacement keeps it
    handle: Any
    index: int  # how many were started before it
    started: float
    birth: Birth | None = None  # None until it has started
    tasks: deque[Task] = field(default_factory=deque)  # the first is under way
    signs: Signs = field(default_factory=Signs)  # while the first task is under way
    is_silent: bool = False
    is_leaving: bool = False  # to be ended once its tasks are done

    @property
    def task(self) -> Task | None:
        """What it works on."""
        return self.tasks[0] if self.tasks else None

    @property
    def node(self) -> str:
        """The id of its node; empty until it has started."""
        return self.birth.node if self.birth else ""


@dataclass(frozen=True)
class Call:
    """A call under way."""

    order: int
    actor: Actor
    kind: Kind
