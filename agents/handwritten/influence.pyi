"""`influence`: a static evaluation, one ply ahead; see influence.pyx."""

from insei.agents.player import Choice
from insei.engine.position import Position
from insei.engine.rules import Rules

class InfluencePlayer:
    """Plays by a static evaluation one ply ahead."""

    num_parameters: int
    fingerprint: str
    name: str

    def __init__(self, name: str = "influence") -> None: ...
    def new_game(self, rules: Rules, seed: int) -> None: ...
    def choose(self, position: Position) -> Choice: ...
    def close(self) -> None: ...
