"""UCT with RAVE and wise playouts, from before nets; see uct.pyx."""

from insei.agents.player import Choice
from insei.engine.position import Position
from insei.engine.rules import Rules

class Grown:
    """A tree grown from a position: how often each move was tried, and how often that won."""

    def __init__(self, root: Position, playouts: int, seed: int) -> None: ...
    @property
    def played(self) -> int: ...
    def grow(self, seconds: float = 0.0) -> None: ...
    def tallies(self) -> dict[int, tuple[int, float, float]]: ...

class UctPlayer:
    """UCT with RAVE, patterns and tactics; so many playouts a move."""

    name: str
    num_parameters: int
    fingerprint: str
    playouts: int
    threads: int
    seconds: float

    def __init__(
        self, name: str = "uct", playouts: int = 5000, threads: int = 1, seconds: float = 0.0
    ) -> None: ...
    def set_time_limit(self, seconds: float | None) -> None: ...
    def new_game(self, rules: Rules, seed: int) -> None: ...
    def choose(self, position: Position) -> Choice: ...
    def close(self) -> None: ...
