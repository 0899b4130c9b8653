"""`net:PATH`: one evaluation a move, no search: what the net has learned by heart.

With a temperature it plays now and then what it likes less, as people do: weaker, but never a move
that it finds absurd.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.evaluator import Evaluator, Precision, check_precision
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.package import load_package
from insei.agents.player import Choice
from insei.engine.planes.net_planes import planes
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.errors import UserError

SEEN_BOARDS = 64  # that 8-bit ranges are taken from
LEAST_SHARE = 0.02  # of the best move's probability; moves below are never drawn
HOTTEST = 100.0


def boards_of_games(evaluate: Evaluator, rules: Rules) -> NDArray[np.float32]:
    """Boards amid games drawn from a net's policy, one a game, as planes `[B, C, H, W]`."""
    rng = np.random.default_rng(0)
    games = [Position(rules) for _ in range(SEEN_BOARDS)]
    lengths = rng.integers(rules.num_points, size=SEEN_BOARDS)
    for ply in range(rules.num_points):
        going = [one for one, last in zip(games, lengths, strict=True) if ply < last]
        going = [one for one in going if not one.is_over]
        if not going:
            break
        logits = evaluate(np.stack([planes(one) for one in going])).policy
        noisy = logits + rng.gumbel(size=logits.shape)  # the largest is then a draw
        for one, row in zip(going, noisy, strict=True):
            one.play_in_place(int(np.where(one.legal_mask(), row, -np.inf).argmax()))
    return np.stack([planes(one) for one in games])


class NetPlayer:
    """Plays the legal move of highest policy, or draws one from the policy.

    Args:
        folder: a player package.
        name: what reports call it.
        temperature: 0 takes the best move; 1 draws from the policy, more is nearer to chance.
        precision: as `OpenVinoEvaluator` has it; int8 is calibrated on the net's own games.
        rows: the most positions that a search above it evaluates together.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
        ValueError: the temperature is outside 0 to 100, or the precision is none.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        temperature: float = 0.0,
        precision: Precision = "bf16",
        rows: int = 1,
    ) -> None:
        if not 0 <= temperature <= HOTTEST:
            raise UserError(f"temperature {temperature!r}: wanted 0 to {HOTTEST:g}")
        self.name = name
        self.temperature = temperature
        self.rows = rows
        self.precision = check_precision(precision)
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
                self.package.weights, self.package.card.architecture, *self.size, self.precision
            )
            if self.precision == "int8":
                self.evaluate.calibrate(boards_of_games(self.evaluate, rules))
            self.evaluate.prepare(self.rows)

    def choose(self, position: Position) -> Choice:
        """Return the legal move of highest policy, with the net's value."""
        if self.evaluate is None:
            raise ValueError("choose before new_game: wanted the rules first")
        if position.is_over:
            raise ValueError("choose: the game is over; wanted one under way")
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
