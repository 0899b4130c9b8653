"""What a training run is made of: frozen values, saved with every run."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.evaluator import Precision
from insei.agents.search.settings import MOST_VISITS, SearchSettings
from insei.engine.rules import Rules
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.mirror.place import check_place
from insei.selfplay.sizes import BoardMix, BoardSize, check_sizes
from insei.system.actors.patience import PATIENCE_SECONDS
from insei.system.errors import UserError
from insei.system.setting import Setting, check_name, check_settings
from insei.system.worker_range import PROCESSES, NumWorkers, WorkerRange


@dataclass(frozen=True)
class SelfPlayConfig:
    """How games are played to learn from.

    Raises:
        ValueError: a field is out of its bounds.
    """

    search: Annotated[SearchSettings, Setting("the search that chooses moves")] = field(
        default_factory=SearchSettings
    )
    first_visits: Annotated[
        int | None,
        Setting(
            "simulations a move as the run begins, doubled in equal parts of the run up to "
            "search.visits; null: search.visits from the start",
            1,
            MOST_VISITS,
            once_null=0,
        ),
    ] = None
    full_share: Annotated[
        float,
        Setting("share of moves searched in full and recorded", 0.01, 1, paper="KataGo: 0.25"),
    ] = 1.0
    quick_visits: Annotated[
        int,
        Setting(
            "simulations of the other moves",
            1,
            MOST_VISITS,
            paper="KataGo: a sixth of the full ones",
        ),
    ] = 8
    surprise_share: Annotated[
        float,
        Setting("share of a game's weight given by policy surprise", 0, 1, paper="KataGo: 0.5"),
    ] = 0.0
    archive_share: Annotated[
        float,
        Setting(
            "share of games that begin within an earlier game", 0, 1, paper="Go-Exploit: most games"
        ),
    ] = 0.0
    archive_games: Annotated[
        int, Setting("earlier games that a worker remembers, of each board size", 1, 10**6)
    ] = 1000
    random_share: Annotated[
        float, Setting("share of games that begin with uniformly drawn plies", 0, 1)
    ] = 0.0
    random_plies: Annotated[
        int, Setting("largest number of such plies; the number is drawn from 1 up", 1, 100)
    ] = 4
    games_in_flight: Annotated[
        int, Setting("games that a worker plays side by side: the batch", 1, 4096)
    ] = 64
    games_per_call: Annotated[int, Setting("games that a worker hands back at a time", 1, 4096)] = (
        16
    )
    opening_plies: Annotated[
        float,
        Setting(
            "mean number of plies sampled from the policy; on a smaller board in proportion to "
            "its points",
            0,
            100,
            paper="KataGo: 0.04 of the area",
        ),
    ] = 1.0
    komi_sigma: Annotated[
        float,
        Setting(
            "standard deviation of komi around that of the rules",
            0,
            100,
            unit="points",
            paper="KataGo: 1 on 19x19",
        ),
    ] = 1.5
    komi_wide_sigma: Annotated[
        float,
        Setting(
            "standard deviation of komi in games of a wide komi",
            0,
            100,
            unit="points",
            paper="KataGo: 12",
        ),
    ] = 8.0
    komi_wide_share: Annotated[
        float, Setting("share of games of a wide komi", 0, 1, paper="KataGo: 0.06")
    ] = 0.06
    no_pass_generations: Annotated[
        int,
        Setting(
            "first generations in which nobody passes before half the area's plies are played",
            0,
            10**9,
        ),
    ] = 4
    max_plies_per_point: Annotated[
        float, Setting("a game is scored as it stands after so many plies a point", 1, 100)
    ] = 4.0
    stops_settled: Annotated[
        bool, Setting("whether a game ends once Benson's rule settles every point")
    ] = False
    clear_value: Annotated[
        float | None,
        Setting(
            "searched utility from which the winner is clear, and the rest of the game is searched "
            "briefly and recorded in part; null: never",
            0,
            below=2,
            paper="KataGo: 0.9",
            once_null=2,
        ),
    ] = None
    precision: Annotated[
        Precision, Setting("precision of the net that plays; int8 is faster; on a GPU always bf16")
    ] = "bf16"
    gpus: Annotated[
        float,
        Setting(
            "GPUs of each worker, by Ray's count: 0.5 where two share one; 0: on the processor",
            0,
            8,
        ),
    ] = 0.0
    threads: Annotated[
        int, Setting("threads that select and expand; more than 1 for large batches", 1, 256)
    ] = 1
    batches: Annotated[
        int,
        Setting("parts of the games, one evaluated while another selects; 2 for a GPU", 1, 8),
    ] = 1
    cache: Annotated[
        int,
        Setting("evaluations that a worker keeps for repeated positions; 0: none", 0, 2**30),
    ] = 0

    # Constants, once keys.
    opening_temperature: ClassVar[float] = 1.0  # KataGo: 1
    no_pass_share: ClassVar[float] = 0.5  # of the area's plies
    clear_plies: ClassVar[int] = 4  # searches running that find the winner clear; KataGo: 3
    clear_visits: ClassVar[int] = 8  # simulations a move from then on
    clear_share: ClassVar[float] = 0.2  # of the plies from then on are recorded; KataGo: 0.1

    def __post_init__(self) -> None:
        check_settings(self)
        if self.batches > self.games_in_flight:
            raise UserError(
                f"batches {self.batches}: wanted at most the {self.games_in_flight} games in flight"
            )


@dataclass(frozen=True)
class WindowConfig:
    """Which rows are learned from: a window over the newest, growing with what was played.

    KataGo's law (Wu 2019, shuffle.py): c·(1 + b·((N/c)^a - 1)/a) for N rows played, beyond c.
    """

    smallest: Annotated[
        int,
        Setting(
            "c of the law: the window before it grows",
            1,
            10**12,
            unit="rows",
            paper="KataGo: 250,000 on 19x19",
        ),
    ] = 20_000
    largest: Annotated[int, Setting("largest window", 1, 10**12, unit="rows")] = 500_000
    held_out: Annotated[
        float, Setting("share of the games never learned from, to validate on", 0, below=1)
    ] = 0.05
    symmetries: Annotated[
        bool, Setting("whether rows are learned from under all symmetries of the board")
    ] = True

    # Constants, once keys.
    exponent: ClassVar[float] = 0.65  # a of the law; KataGo: 0.65
    slope: ClassVar[float] = 0.4  # b of the law; KataGo: 0.4

    def __post_init__(self) -> None:
        check_settings(self)
        if self.smallest > self.largest:
            raise UserError(
                f"smallest {self.smallest}, largest {self.largest}: wanted smallest <= largest"
            )


@dataclass(frozen=True)
class RatingConfig:
    """How the run's nets are rated: matches against frozen players, now and then.

    A net that clearly loses two matches against an earlier one is given up: the run goes back.
    """

    every: Annotated[
        int | None,
        Setting(
            "generations between ratings; null: never", 1, 10**9, unit="generations", once_null=0
        ),
    ] = 5
    opponents: Annotated[
        tuple[str, ...], Setting("players by the grammar; the first one's rating is 0")
    ] = ("random", "capture", "influence")
    games: Annotated[
        int, Setting("games against each opponent, half with each colour", 2, 10**6, multiple_of=2)
    ] = 20
    visits: Annotated[
        int, Setting("simulations of the rated player; 0: the net alone", 0, MOST_VISITS)
    ] = 0
    earlier_games: Annotated[
        int,
        Setting(
            "games against the run's newest milestone; 0: the run never goes back",
            0,
            10**6,
            multiple_of=2,
        ),
    ] = 20
    most_rollbacks: Annotated[
        int, Setting("times that a run goes back; after that it only says so", 0, 10**6)
    ] = 3
    rollback_rate: Annotated[
        float, Setting("factor of the learning rate each time", above=0, high=1)
    ] = 0.5

    # A constant, once a key.
    opening_plies: ClassVar[int] = 2  # random; nets without a search repeat their games

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class TrainConfig:
    """A training run. A file in configs/ states only what differs from these defaults."""

    name: Annotated[str, Setting("the run's folder is runs/NAME")] = "run"
    seed: Annotated[int, Setting("random seed of weights, games and samples", 0, 2**63 - 1)] = 1
    start_from: Annotated[
        str | None,
        Setting(
            "a player's name or folder whose net is trained on; null: random weights", once_null=""
        ),
    ] = None
    generations: Annotated[
        int | None,
        Setting("generations after which the run ends; null: hours alone end it", 1, 10**9),
    ] = 50
    hours: Annotated[
        float | None,
        Setting(
            "hours after which the run and its schedules end; null: no limit",
            above=0,
            high=10**6,
            once_null=0,
        ),
    ] = None
    games_per_generation: Annotated[int, Setting("games of a generation", 1, 10**9)] = 200
    workers: Annotated[
        NumWorkers,
        Setting(f"processes that play: {PROCESSES}; 0: one process plays and learns, without Ray"),
    ] = 2
    learners: Annotated[
        int,
        Setting(
            "processes that learn, each from its share of every batch; more than 1 need workers, "
            "and on cuda a GPU each",
            1,
            256,
        ),
    ] = 1
    patience: Annotated[
        float,
        Setting(
            "time without a sign of life after which a worker is replaced; a call that takes 10 "
            "times as long, and 20 times the median of those before, counts as none; doubled "
            "each time, up to four times the value",
            1,
            10**6,
            unit="seconds",
        ),
    ] = PATIENCE_SECONDS
    reuse: Annotated[
        float, Setting("times that each row is learned from", 0.01, 1000, paper="KataGo: about 4")
    ] = 4.0
    keep_checkpoints: Annotated[int, Setting("newest checkpoints kept on disk", 1, 10**6)] = 5
    milestone_every: Annotated[
        int | None,
        Setting(
            "generations between nets that are kept for good; null: none are kept",
            1,
            10**9,
            unit="generations",
            once_null=0,
        ),
    ] = 10
    mirror: Annotated[
        str | None,
        Setting(
            "URL of a folder or bucket (file://, s3://, gs://, az://) that holds a copy of the run "
            "while it trains; null: none"
        ),
    ] = None
    rules: Annotated[
        Rules, Setting("rules of the games; with several sizes, those of the largest board")
    ] = field(default_factory=lambda: Rules(9, 9, 7.0))
    sizes: Annotated[
        tuple[BoardSize, ...], Setting("several boards; the largest is the rules' one")
    ] = ()
    network: NetworkConfig = field(default_factory=NetworkConfig)
    selfplay: SelfPlayConfig = field(default_factory=SelfPlayConfig)
    window: WindowConfig = field(default_factory=WindowConfig)
    learner: LearnerConfig = field(default_factory=LearnerConfig)
    rating: RatingConfig = field(default_factory=RatingConfig)

    def __post_init__(self) -> None:
        check_name(self.name)
        check_settings(self)
        WorkerRange.of(self.workers)
        self._check_learners()
        if self.generations is None and self.hours is None:
            raise UserError("generations null, hours null: wanted one of them, to end the run")
        if self.sizes:
            check_sizes(self.sizes, self.rules)
        if self.mirror is not None:
            check_place(self.mirror)
        if "past" in self.network.extra_planes:
            raise UserError(
                "network.extra_planes past: wanted none or some of ladders, alive, after; rows of "
                "self-play hold the last five moves alone"
            )
        if self.window.smallest < self.learner.batch_size:
            raise UserError(
                f"window.smallest {self.window.smallest}: wanted at least one batch, "
                f"learner.batch_size {self.learner.batch_size}"
            )

    def _check_learners(self) -> None:
        """Check that several learners have processes, and each a row."""
        if self.learners > 1 and WorkerRange.of(self.workers).is_none:
            raise UserError(
                f"learners {self.learners}: wanted 1 with workers 0, where one process does it all"
            )
        if self.learners > self.learner.batch_size:
            raise UserError(
                f"learners {self.learners}: wanted at most learner.batch_size "
                f"{self.learner.batch_size}, a row for each"
            )

    @property
    def mix(self) -> BoardMix:
        """The boards that games are played on."""
        return BoardMix.of(self.rules, self.sizes)

    def share_done(self, generation: int, seconds: float) -> float:
        """How much of the run is behind after so many generations and seconds, 0 to 1."""
        by_time = seconds / (3600 * self.hours) if self.hours else 0.0
        by_number = generation / self.generations if self.generations else 0.0
        return min(1.0, max(by_number, by_time))
