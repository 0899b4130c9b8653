"""How a search searches: a frozen value, each field with what its paper used."""

from dataclasses import dataclass
from typing import Literal

from insei.system.bounds import check_bounds
from insei.system.errors import UserError

RULES = ("gumbel", "puct")


@dataclass(frozen=True)
class SearchSettings:
    """The search's root rule and its constants.

    Raises:
        UserError: a field is outside what is said beside it.
    """

    rule: Literal["gumbel", "puct"] = "gumbel"
    visits: int = 16  # simulations a move, 1 to 100,000; Gumbel Go used 16 to 800
    considered: int = 16  # Gumbel: moves that sequential halving begins with; 16 in the paper
    noise: float = 1.0  # Gumbel: scale of the root's noise, 0 for play at full strength
    c_visit: float = 50.0  # Gumbel: 50 in the paper
    c_scale: float = 1.0  # Gumbel: 1 in the paper for Go
    c_puct: float = 1.1  # PUCT: exploration; KataGo's 1.1
    c_puct_growth: float = 0.45  # PUCT: growth of c_puct with the logarithm of visits; KataGo's .45
    spread_scale: float = 0.85  # PUCT: growth of c_puct with the values' spread; KataGo's .85
    forced: float = 0.0  # PUCT: k of forced simulations at the root; KataGo's 2 in self-play
    deviations: float = 5.0  # PUCT: of the lower bound that chooses the move; KataGo's 5
    fpu_reduction: float = 0.2  # PUCT: first-play urgency below the node's mean; KataGo's 0.2
    dirichlet_weight: float = 0.0  # PUCT: share of noise in the root's priors; .25 in self-play
    dirichlet_alpha: float = 10.83  # PUCT: alpha summed over the legal moves; .03 · 361
    score_weight: float = 0.1  # the score's saturating share beside win and loss; KataGo's 0.1-0.4
    random_symmetry: bool = True  # each evaluation sees the board under a random symmetry
    leaves: int = 1  # of one game in a batch, by virtual loss; 8 or more where time is limited

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise UserError(f"rule {self.rule!r}: wanted one of {', '.join(RULES)}")
        check_bounds(
            self,
            ("visits", 1, 100_000),
            ("considered", 1, 362),
            ("leaves", 1, 256),
            ("noise", 0, 10),
            ("c_visit", 0, 1000),
            ("c_scale", 0, 100),
            ("c_puct", 0, 100),
            ("fpu_reduction", 0, 2),
            ("c_puct_growth", 0, 10),
            ("spread_scale", 0, 1),
            ("forced", 0, 100),
            ("deviations", 0, 100),
            ("dirichlet_weight", 0, 1),
            ("dirichlet_alpha", 1, 1000),
            ("score_weight", 0, 10),
        )
