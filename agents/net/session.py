"""A player package and its evaluator: what `net:` and `search:` players stand on."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.evaluator import Evaluation, Evaluator, Precision, check_precision
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.package import load_package
from insei.engine.planes.extra_planes import net_input
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.symmetries import inverse, transform, transform_moves

CALIBRATION_BOARDS = 64


class NetSession:
    """Loads a package, and compiles its net for the board of each game.

    Args:
        folder: a player package.
        precision: as in `OpenVinoEvaluator`; int8 is calibrated on the net's own games.
        max_rows: the most positions that are evaluated together.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
        ValueError: an unknown precision.
    """

    def __init__(self, folder: Path, precision: Precision = "bf16", max_rows: int = 1) -> None:
        self.precision = check_precision(precision)
        self.max_rows = max_rows
        self.package = load_package(folder)
        self._compiled: OpenVinoEvaluator | None = None

    @property
    def num_parameters(self) -> int:
        """Numbers in the net."""
        return sum(weight.size for weight in self.package.weights.values())

    @property
    def fingerprint(self) -> str:
        """The hash of the weights."""
        return self.package.card.weights_sha256

    @property
    def plane_groups(self) -> int:
        """The groups of extra planes that the net sees, as bits."""
        return self.package.card.architecture.plane_groups

    def evaluator(self, rules: Rules) -> OpenVinoEvaluator:
        """The net compiled for the board of `rules`; kept until a board of another size comes."""
        compiled = self._compiled
        if compiled is None or (compiled.height, compiled.width) != (rules.height, rules.width):
            compiled = OpenVinoEvaluator(
                self.package.weights,
                self.package.card.architecture,
                rules.height,
                rules.width,
                self.precision,
            )
            if self.precision == "int8":
                compiled.calibrate(calibration_boards(compiled, rules, self.plane_groups))
            compiled.prepare(self.max_rows)
            self._compiled = compiled
        return compiled

    def answer(self, position: Position, symmetry: int = 0) -> Evaluation:
        """The net's answer for one position that it sees turned; the answer is turned back."""
        rules = position.rules
        evaluate = self.evaluator(rules)
        found = evaluate(net_input(position, self.plane_groups, symmetry)[np.newaxis])
        back = inverse(symmetry)
        assert found.ownership is not None  # it was not left out
        return found._replace(
            policy=transform_moves(found.policy, back, rules.height, rules.width),
            ownership=transform(found.ownership, back),
        )


def calibration_boards(evaluate: Evaluator, rules: Rules, groups: int = 0) -> NDArray[np.float32]:
    """Boards in the midst of games drawn from a net's policy, one a game.

    Args:
        groups: of extra planes that the net sees.

    Returns:
        planes `[B, C, H, W]`; equal nets give equal boards.
    """
    rng = np.random.default_rng(0)
    games = [Position(rules) for _ in range(CALIBRATION_BOARDS)]
    lengths = rng.integers(rules.num_points, size=CALIBRATION_BOARDS)
    for ply in range(rules.num_points):
        going = [
            game
            for game, length in zip(games, lengths, strict=True)
            if ply < length and not game.is_over
        ]
        if not going:
            break
        logits = evaluate(np.stack([net_input(game, groups) for game in going])).policy
        noisy = logits + rng.gumbel(size=logits.shape)  # the largest is then a draw
        for game, row in zip(going, noisy, strict=True):
            game.play_in_place(int(np.where(game.legal_mask(), row, -np.inf).argmax()))
    return np.stack([net_input(game, groups) for game in games])
