"""The settings of a search, each with the value its paper used, and the limits of visits."""

from dataclasses import dataclass
from typing import Annotated, Literal

from insei.system.setting import Setting, check_settings

MOST_VISITS = 100_000  # that a search may be set to
OPEN_VISITS = 50_000  # of a search that ends by time or when it is told to: room in its tree


@dataclass(frozen=True)
class SearchSettings:
    """The search's root rule and its constants.

    Raises:
        ValueError: a field is out of its bounds.
    """

    rule: Annotated[
        Literal["gumbel", "puct"], Setting("gumbel for self-play, puct for play and analysis")
    ] = "gumbel"
    visits: Annotated[
        int, Setting("simulations a move", 1, MOST_VISITS, paper="Gumbel Go: 16 to 800")
    ] = 16
    considered: Annotated[
        int, Setting("Gumbel: moves that sequential halving begins with", 1, 362, paper="16")
    ] = 16
    noise: Annotated[
        float, Setting("Gumbel: scale of the root's noise; 0 for full strength", 0, 10, paper="1")
    ] = 1.0
    c_visit: Annotated[float, Setting("Gumbel: weight of the visits", 0, 1000, paper="50")] = 50.0
    c_scale: Annotated[float, Setting("Gumbel: weight of the values", 0, 100, paper="1 in Go")] = (
        1.0
    )
    c_puct: Annotated[float, Setting("PUCT: exploration", 0, 100, paper="KataGo: 1.1")] = 1.1
    c_puct_growth: Annotated[
        float, Setting("PUCT: growth of c_puct with log visits", 0, 10, paper="KataGo: 0.45")
    ] = 0.45
    spread_scale: Annotated[
        float,
        Setting("PUCT: growth of c_puct with the spread of values", 0, 1, paper="KataGo: 0.85"),
    ] = 0.85
    forced: Annotated[
        float, Setting("PUCT: k of forced simulations at the root", 0, 100, paper="KataGo: 2")
    ] = 0.0
    deviations: Annotated[
        float,
        Setting(
            "PUCT: standard deviations of the lower confidence bound that chooses the move",
            0,
            100,
            paper="KataGo: 5",
        ),
    ] = 5.0
    fpu_reduction: Annotated[
        float,
        Setting("PUCT: first-play urgency below the node's mean", 0, 2, paper="KataGo: 0.2"),
    ] = 0.2
    dirichlet_weight: Annotated[
        float, Setting("PUCT: share of noise in the root's priors", 0, 1, paper="AlphaZero: 0.25")
    ] = 0.0
    dirichlet_alpha: Annotated[
        float,
        Setting("PUCT: alpha summed over the legal moves", 1, 1000, paper="AlphaZero: 0.03 · 361"),
    ] = 10.83
    score_weight: Annotated[
        float,
        Setting("weight of the score beside win and loss", 0, 10, paper="KataGo: 0.1 to 0.4"),
    ] = 0.1
    random_symmetry: Annotated[
        bool, Setting("whether each evaluation sees the board under a random symmetry")
    ] = True
    leaves: Annotated[
        int,
        Setting("leaves of one game in a batch; 8 or more where time is limited", 1, 256),
    ] = 1

    def __post_init__(self) -> None:
        check_settings(self)
