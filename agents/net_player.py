"""`net:PATH`: one evaluation a move, no search: what the net has learned by heart."""

from pathlib import Path

import numpy as np

from agents.openvino_evaluator import OpenVinoEvaluator
from agents.package import load_package
from agents.player import Choice
from engine.planes import planes
from engine.position import Position
from engine.rules import Rules


class NetPlayer:
    """Plays the legal move of highest policy.

    Args:
        folder: a player package.
        name: what reports call it.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.package = load_package(folder)
        self.num_parameters = sum(weight.size for weight in self.package.weights.values())
        self.fingerprint = self.package.card.weights_sha256
        self.evaluate: OpenVinoEvaluator | None = None
        self.size = (0, 0)

    def new_game(self, rules: Rules, seed: int) -> None:
        """Get ready for a board's size; the net fits any, the compiled graph one."""
        if self.size != (rules.height, rules.width):
            self.size = (rules.height, rules.width)
            self.evaluate = OpenVinoEvaluator(
                self.package.weights, self.package.card.architecture, *self.size
            )

    def choose(self, position: Position) -> Choice:
        """Return the legal move of highest policy, with the net's value."""
        if self.evaluate is None:
            raise ValueError("choose before new_game: wanted the rules first")
        found = self.evaluate(planes(position)[np.newaxis])
        logits = np.where(position.legal_mask(), found.policy[0], -np.inf)
        return Choice(int(logits.argmax()), float(found.value[0]), 1)

    def close(self) -> None:
        """Nothing to give back."""
