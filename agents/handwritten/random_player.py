"""`random`: uniform over the legal moves that fill no eye of its own."""

import random

from insei.agents.player import Choice
from insei.engine.position import Position
from insei.engine.rules import Rules


class RandomPlayer:
    """Plays at random, and passes where only its own eyes are left."""

    num_parameters = 0
    fingerprint = ""

    def __init__(self, name: str = "random") -> None:
        self.name = name
        self.rng = random.Random(0)

    def new_game(self, rules: Rules, seed: int) -> None:
        """Begin anew; equal seeds give equal games."""
        self.rng = random.Random(seed)

    def choose(self, position: Position) -> Choice:
        """Return a random move; the pass where there is no other."""
        moves = [move for move in position.legal_moves()[:-1] if not position.fills_own_eye(move)]
        return Choice(self.rng.choice(moves) if moves else position.rules.pass_move)

    def close(self) -> None:
        """Nothing to give back."""
