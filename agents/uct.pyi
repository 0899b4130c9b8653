"""UCT with RAVE and wise playouts, from before nets; see uct.pyx."""

from agents.player import Choice
from engine.position import Position
from engine.rules import Rules

PATTERNS: tuple[str, ...]

def pattern_codes() -> set[int]:
    """The neighbourhoods that are patterns, as codes of two bits a point, row by row."""

class UctPlayer:
    """UCT with RAVE, patterns and tactics; so many playouts a move."""

    name: str
    num_parameters: int
    fingerprint: str
    playouts: int

    def __init__(self, name: str = "uct", playouts: int = 5000) -> None: ...
    def new_game(self, rules: Rules, seed: int) -> None: ...
    def choose(self, position: Position) -> Choice: ...
    def close(self) -> None: ...
