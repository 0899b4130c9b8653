"""`capture`: takes and saves stones; see capture.pyx."""

from insei.agents.player import Choice
from insei.engine.position import Position
from insei.engine.rules import Rules

class CapturePlayer:
    """Captures and saves stones."""

    num_parameters: int
    fingerprint: str
    name: str

    def __init__(self, name: str = "capture") -> None: ...
    def new_game(self, rules: Rules, seed: int) -> None: ...
    def choose(self, position: Position) -> Choice: ...
    def close(self) -> None: ...
