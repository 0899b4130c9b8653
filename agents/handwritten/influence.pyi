"""`influence`: a one-ply evaluator; see influence.pyx."""

from insei.agents.player import Choice
from insei.engine.position import Position
from insei.engine.rules import Rules

class InfluencePlayer:
    """A one-ply evaluator of territory, safety, eyes and shape."""

    num_parameters: int
    fingerprint: str
    name: str

    def __init__(self, name: str = "influence") -> None: ...
    def new_game(self, rules: Rules, seed: int) -> None: ...
    def choose(self, position: Position) -> Choice: ...
    def close(self) -> None: ...
