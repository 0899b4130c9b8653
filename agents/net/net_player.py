"""`net:PATH`: one evaluation a move, no search.

With a temperature it draws some moves from the policy, which makes it weaker, but never a move that
the net finds absurd.
"""

from pathlib import Path

import numpy as np

from insei.agents.closing import closing
from insei.agents.net.evaluator import Evaluator
from insei.agents.net.session import NetSession
from insei.agents.player import Choice
from insei.engine.planes.extra_planes import net_input
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.errors import UserError

MIN_SHARE_OF_BEST = 0.02  # of the best move's probability; less likely moves are never drawn
MAX_TEMPERATURE = 100.0


class NetPlayer:
    """Plays the legal move of highest policy, or draws one from the policy.

    It ends games as `closing` does.

    Args:
        folder: a player package.
        name: what reports call it.
        temperature: 0 plays the best move, 1 draws from the policy, more is nearer to uniform.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
        ValueError: the temperature is outside 0 to 100.
    """

    def __init__(self, folder: Path, name: str, temperature: float = 0.0) -> None:
        if not 0 <= temperature <= MAX_TEMPERATURE:
            raise UserError(f"temperature {temperature!r}: wanted 0 to {MAX_TEMPERATURE:g}")
        self.name = name
        self.temperature = temperature
        self.rng = np.random.default_rng(0)
        self.session = NetSession(folder)
        self.package = self.session.package
        self.num_parameters = self.session.num_parameters
        self.fingerprint = self.session.fingerprint
        self.evaluate: Evaluator | None = None  # for the board of the game under way

    def new_game(self, rules: Rules, seed: int) -> None:
        """Get ready for a board of these rules."""
        self.rng = np.random.default_rng(seed)
        self.evaluate = self.session.evaluator(rules)

    def choose(self, position: Position) -> Choice:
        """Return a legal move by the policy, with the net's value."""
        if self.evaluate is None:
            raise ValueError("choose before new_game: wanted the rules first")
        if position.is_over:
            raise ValueError("choose: the game is over; wanted one under way")
        evaluation = self.evaluate(net_input(position, self.session.plane_groups)[np.newaxis])
        logits = np.where(position.legal_mask(), evaluation.policy[0], -np.inf)
        move = int(logits.argmax())
        if self.temperature:
            shares = np.exp((logits - logits[move]).astype(np.float64))
            shares[shares < MIN_SHARE_OF_BEST] = 0
            weights = shares ** (1 / self.temperature) * (shares > 0)
            move = int(self.rng.choice(len(weights), p=weights / weights.sum()))
        ranked = np.argsort(-logits, kind="stable")[: int(np.isfinite(logits).sum())].tolist()
        ranked.remove(move)
        by_agreement = self.package.card.scoring == "territory"
        move = closing(position, [move, *ranked], by_agreement)
        return Choice(move, float(evaluation.value[0]), 1)

    def close(self) -> None:
        """Nothing to give back."""
