"""`net:PATH`: one evaluation a move, no search: what the net has learned by heart.

With a temperature it plays now and then what it likes less, as people do: weaker, but never a move
that it finds absurd.
"""

from pathlib import Path

import numpy as np

from agents.openvino_evaluator import OpenVinoEvaluator
from agents.package import load_package
from agents.player import Choice
from engine.planes import planes
from engine.position import Position
from engine.rules import Rules

LEAST_SHARE = 0.02  # of the best move's probability; moves below are never drawn
HOTTEST = 100.0


class NetPlayer:
    """Plays the legal move of highest policy, or draws one from the policy.

    Args:
        folder: a player package.
        name: what reports call it.
        temperature: 0 takes the best move; 1 draws from the policy, more is nearer to chance.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
        ValueError: the temperature is outside 0 to 100.
    """

    def __init__(self, folder: Path, name: str, temperature: float = 0.0) -> None:
        if not 0 <= temperature <= HOTTEST:
            raise ValueError(f"temperature {temperature!r}: wanted 0 to {HOTTEST:g}")
        self.name = name
        self.temperature = temperature
        self.rng = np.random.default_rng(0)
        self.package = load_package(folder)
        self.num_parameters = sum(weight.size for weight in self.package.weights.values())
        self.fingerprint = self.package.card.weights_sha256
        self.evaluate: OpenVinoEvaluator | None = None
        self.size = (0, 0)

    def new_game(self, rules: Rules, seed: int) -> None:
        """Get ready for a board's size; the net fits any, the compiled graph one."""
        self.rng = np.random.default_rng(seed)
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
        move = int(logits.argmax())
        if self.temperature:
            shares = np.exp((logits - logits[move]).astype(np.float64))
            shares[shares < LEAST_SHARE] = 0
            weights = shares ** (1 / self.temperature) * (shares > 0)
            move = int(self.rng.choice(len(weights), p=weights / weights.sum()))
        return Choice(move, float(found.value[0]), 1)

    def close(self) -> None:
        """Nothing to give back."""
