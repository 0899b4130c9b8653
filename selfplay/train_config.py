"""What a training run is made of: frozen values, saved with every run."""

from dataclasses import dataclass, field

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.evaluator import Precision, check_precision
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.selfplay.learner_config import LearnerConfig
from insei.selfplay.sizes import BoardMix, BoardSize, check_sizes
from insei.system.bounds import check_bounds, check_name
from insei.system.errors import UserError


@dataclass(frozen=True)
class SelfPlayConfig:
    """How games are played to learn from.

    Raises:
        UserError: a field is outside what is said beside it.
    """

    search: SearchSettings = field(default_factory=SearchSettings)
    first_visits: int = 0  # simulations as the run begins, doubled in equal parts; 0: `search`'s
    full_share: float = 1.0  # of the moves searched in full and recorded; KataGo: .25
    quick_visits: int = 8  # simulations of the others; KataGo: a sixth of the full ones
    surprise_share: float = 0.0  # of a game's weight given by policy surprise; KataGo: .5
    archive_share: float = 0.0  # of the games that begin within an earlier one; Go-Exploit: most
    archive_games: int = 1000  # that a worker remembers, of each board size
    random_share: float = 0.0  # of the games that begin with plies drawn uniformly
    random_plies: int = 4  # at most so many, 1 at least
    games_in_flight: int = 64  # games that a worker plays side by side: the batch, 1 to 4,096
    games_per_call: int = 16  # games that a worker hands back at a time, 1 to 4,096
    opening_plies: float = 1.0  # mean of the plies sampled from the policy, KataGo: .04 of the
    # area; on a board smaller than the frame in proportion to its points
    opening_temperature: float = 1.0  # KataGo: 1
    komi_sigma: float = 1.5  # points; komi is drawn around the rules' one; KataGo: 1 on 19x19
    komi_wide_sigma: float = 8.0  # points, for the few games of a wide komi; KataGo: 12
    komi_wide_share: float = 0.06  # share of such games; KataGo: .06
    no_pass_share: float = 0.5  # no pass before this share of the area's plies
    no_pass_generations: int = 4  # in the first so many generations
    max_plies_per_point: float = 4.0  # a game is scored as it stands after so many plies a point
    stops_settled: bool = False  # whether a game ends once Benson gives every point to somebody
    clear_value: float = 2.0  # searched utility from which the winner is clear, 2 never; KataGo: .9
    clear_plies: int = 4  # ... in so many searches running; KataGo: 3
    clear_visits: int = 8  # simulations a move from then on, at most those of `search`
    clear_share: float = 0.2  # of the plies from then on are recorded; KataGo: weight .1
    precision: Precision = "bf16"  # int8: faster, a little less exact; on a GPU always bf16
    gpus: float = 0.0  # of each worker, by Ray's count: .5 where two share one; 0: on its core
    threads: int = 1  # that select and expand; more than 1 for large batches on a GPU
    batches: int = 1  # the games in parts, one evaluated while another selects; 2 for a GPU
    cache: int = 0  # evaluations that a worker keeps for positions that come again, shared out to
    # its batches and threads; 0 for none

    def __post_init__(self) -> None:
        check_bounds(
            self,
            ("first_visits", 0, 100_000),
            ("full_share", 0.01, 1),
            ("quick_visits", 1, 100_000),
            ("surprise_share", 0, 1),
            ("archive_share", 0, 1),
            ("archive_games", 1, 10**6),
            ("random_share", 0, 1),
            ("random_plies", 1, 100),
            ("games_in_flight", 1, 4096),
            ("games_per_call", 1, 4096),
            ("opening_plies", 0, 100),
            ("opening_temperature", 0.01, 10),
            ("komi_sigma", 0, 100),
            ("komi_wide_sigma", 0, 100),
            ("komi_wide_share", 0, 1),
            ("no_pass_share", 0, 2),
            ("no_pass_generations", 0, 10**9),
            ("max_plies_per_point", 1, 100),
            ("gpus", 0, 8),
            ("threads", 1, 256),
            ("batches", 1, 8),
            ("cache", 0, 2**30),
            ("clear_value", 0, 2),
            ("clear_plies", 1, 10**6),
            ("clear_visits", 1, 100_000),
            ("clear_share", 0, 1),
        )
        check_precision(self.precision)
        if self.batches > self.games_in_flight:
            raise UserError(
                f"batches {self.batches}: wanted at most the {self.games_in_flight} games in flight"
            )


@dataclass(frozen=True)
class WindowConfig:
    """Which rows are learned from: a window over the newest, growing with what was played.

    KataGo's law (Wu 2019, shuffle.py): c·(1 + b·((N/c)^a − 1)/a) for N rows played, beyond c.
    """

    smallest: int = 20_000  # rows, c; KataGo: 250,000 on 19x19
    exponent: float = 0.65  # a; KataGo: .65
    slope: float = 0.4  # b; KataGo: .4
    largest: int = 500_000  # rows
    held_out: float = 0.05  # share of the games never learned from, to validate on; below 1
    symmetries: bool = True  # rows are learned from under all symmetries of the board

    def __post_init__(self) -> None:
        if not 1 <= self.smallest <= self.largest:
            raise UserError(
                f"window smallest {self.smallest!r}, largest {self.largest!r}: "
                "wanted 1 <= smallest <= largest"
            )
        if not 0 <= self.held_out < 1:
            raise UserError(f"window held_out {self.held_out!r}: wanted 0, to below 1")
        for name in ("exponent", "slope"):
            if not 0 < getattr(self, name) <= 1:
                raise UserError(f"window {name} {getattr(self, name)!r}: wanted above 0, to 1")


@dataclass(frozen=True)
class RatingConfig:
    """How the run's nets are rated: matches against frozen players, now and then.

    A net that loses two matches against an earlier one clearly is given up: the run goes back.
    """

    every: int = 5  # generations between ratings; 0 for never
    opponents: tuple[str, ...] = ("random", "capture", "influence")
    games: int = 20  # against each opponent, even: each opening is played with both colours
    opening_plies: int = 2  # random plies, 1 at least: nets alone repeat their games
    visits: int = 0  # simulations of the rated player; 0 for the net alone
    earlier_games: int = 20  # against the run's newest milestone, even; 0 for none
    most_rollbacks: int = 3  # times that a run goes back; after that it is only said
    rollback_rate: float = 0.5  # by which the learning rate is multiplied each time

    def __post_init__(self) -> None:
        if self.earlier_games < 0 or self.earlier_games % 2:
            raise UserError(
                f"rating earlier_games {self.earlier_games!r}: wanted an even number, or 0"
            )
        if not 0 < self.rollback_rate <= 1:
            raise UserError(f"rating rollback_rate {self.rollback_rate!r}: wanted above 0, to 1")
        if self.games < 2 or self.games % 2:
            raise UserError(f"rating games {self.games!r}: wanted an even number, at least 2")
        if self.opening_plies < 1:
            raise UserError(f"rating opening_plies {self.opening_plies!r}: wanted 1 or more")
        for name in ("every", "visits", "most_rollbacks"):
            if getattr(self, name) < 0:
                raise UserError(f"rating {name} {getattr(self, name)!r}: wanted 0 or more")


@dataclass(frozen=True)
class TrainConfig:
    """A training run. A file in configs/ states only what differs from these defaults."""

    name: str = "run"  # the run's folder is runs/NAME
    seed: int = 1  # 0 to 2^63 - 1
    start_from: str = ""  # a player's name or folder whose net is trained on; empty: random weights
    generations: int = 50
    hours: float = 0.0  # ... or after so many the run ends, its schedules with it; 0: no limit
    games_per_generation: int = 200
    workers: int = 2  # processes that play; 0 plays and learns in this process, without Ray
    reuse: float = 4.0  # times that each row is learned from; KataGo: about 4
    keep_checkpoints: int = 5  # the newest so many stay on disk
    milestone_every: int = 10  # generations between nets kept for good; 0 keeps none
    rules: Rules = field(default_factory=lambda: Rules(9, 9, 7.0))
    sizes: tuple[BoardSize, ...] = ()  # several boards, the largest the rules' one; empty: that one
    network: NetworkConfig = field(default_factory=NetworkConfig)
    selfplay: SelfPlayConfig = field(default_factory=SelfPlayConfig)
    window: WindowConfig = field(default_factory=WindowConfig)
    learner: LearnerConfig = field(default_factory=LearnerConfig)
    rating: RatingConfig = field(default_factory=RatingConfig)

    def __post_init__(self) -> None:
        check_name(self.name)
        check_bounds(
            self,
            ("seed", 0, 2**63 - 1),
            ("generations", 1, 10**9),
            ("games_per_generation", 1, 10**9),
            ("workers", 0, 10**5),
            ("reuse", 0.01, 1000),
            ("keep_checkpoints", 1, 10**6),
            ("milestone_every", 0, 10**9),
            ("hours", 0, 10**6),
        )
        if self.sizes:
            check_sizes(self.sizes, self.rules)
        if self.window.smallest < self.learner.batch_size:
            raise UserError(
                f"window smallest {self.window.smallest}: wanted at least one batch, "
                f"learner batch_size {self.learner.batch_size}"
            )

    @property
    def mix(self) -> BoardMix:
        """The boards that games are played on."""
        return BoardMix.of(self.rules, self.sizes)

    def share_done(self, generation: int, seconds: float) -> float:
        """How much of the run is behind after so many generations and seconds, 0 to 1."""
        by_time = seconds / (3600 * self.hours) if self.hours else 0.0
        return min(1.0, max(generation / self.generations, by_time))
