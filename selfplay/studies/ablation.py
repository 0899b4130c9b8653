"""An ablation: what a choice of training is worth, by runs that differ in nothing else.

    from insei.selfplay.studies.ablation import ablate, read_ablation

    config = read_ablation(Path("ablation7"), ["hours=0.5"])
    result = ablate(config, notice=print)

trains the variants that are not trained yet, plays their nets, and returns their ratings.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from insei.agents.net.package import read_card
from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.loop import Status
from insei.selfplay.rating import player_name
from insei.selfplay.run import RunFolder, config_of
from insei.selfplay.session import ignore, train_run
from insei.selfplay.studies.parallel_runs import train_in_parallel
from insei.selfplay.studies.variant_ratings import VariantRating, rate_variants
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import build, to_yaml, with_settings
from insei.system.errors import UserError
from insei.system.plain_yaml import read_yaml
from insei.system.setting import BadSetting, Setting, check_name, check_settings
from insei.system.shipped_configurations import find_configuration
from insei.system.worker_range import PROCESSES, NumWorkers, WorkerRange
from insei.tournament.tournament_config import TournamentConfig

if TYPE_CHECKING:
    from insei.tournament.run import Progress
    from insei.tournament.session import TournamentResult

Trainings = dict[tuple[str, int], TrainConfig]  # by variant and seed


@dataclass(frozen=True)
class VariantConfig:
    """One way of training."""

    name: Annotated[str, Setting("the variant's name; its runs are NAME-SEED")]
    settings: Annotated[
        tuple[str, ...], Setting("KEY=VALUE over the base, as --set takes them")
    ] = ()

    def __post_init__(self) -> None:
        check_name(self.name)


@dataclass(frozen=True)
class AblationConfig:
    """Ways of training that are compared: same base, same seeds, same budget.

    Raises:
        ValueError: a field is out of its bounds.
    """

    FORMER_NAMES = (("arms", "variants"),)

    base: Annotated[str, Setting("a training configuration: a path, or the name of a shipped one")]
    variants: Annotated[
        tuple[VariantConfig, ...],
        Setting("two at least; the others are measured from the first"),
    ]
    settings: Annotated[tuple[str, ...], Setting("KEY=VALUE over the base, of all variants")] = ()
    name: Annotated[
        str, Setting("the runs go to runs/NAME, the match's report to reports/NAME")
    ] = "ablation"
    hours: Annotated[
        float | None,
        Setting(
            "hours of training for each variant and seed; null: the base's generations and games",
            above=0,
            high=10_000,
            once_null=0,
        ),
    ] = None
    seeds: Annotated[tuple[int, ...], Setting("each variant is trained once with each")] = (1,)
    together: Annotated[
        int,
        Setting(
            "runs trained at a time, in equal shares of the cores; more than 1 need workers 0",
            1,
            1000,
        ),
    ] = 1
    games: Annotated[int, Setting("games of each pairing of the nets", 2, 10**6, multiple_of=2)] = (
        100
    )
    visits: Annotated[
        int, Setting("simulations of the nets in the match; 0: the nets alone", 0, 100_000)
    ] = 0
    opening_plies: Annotated[int, Setting("random plies of the match's games", 0, 40)] = 4
    workers: Annotated[NumWorkers, Setting(f"processes that play the match: {PROCESSES}")] = 2

    def __post_init__(self) -> None:
        check_name(self.name)
        check_settings(self)
        WorkerRange.of(self.workers)
        names = [variant.name for variant in self.variants]
        if len(names) < 2 or len(set(names)) != len(names):
            raise BadSetting("variants", names, "two at least, each of its own name")
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise BadSetting("seeds", list(self.seeds), "one at least, each once")


@dataclass(frozen=True)
class AblationResult:
    """What an ablation found."""

    baseline: str  # the variant that the others are measured from
    ratings: list[VariantRating]  # best first
    games_learned_from: dict[str, list[int]]  # by variant, in the order of the seeds
    page: Path  # the match's HTML report


def read_ablation(path: Path, settings: Sequence[str] = ()) -> AblationConfig:
    """Read an ablation's configuration, with KEY=VALUE settings over it.

    Args:
        path: a YAML file, or the name of a configuration that comes with insei.
        settings: KEY=VALUE over the configuration.

    Raises:
        ValueError: it can't be used.
    """
    path = find_configuration(path, AblationConfig)
    values = with_settings({"name": path.stem} | read_yaml(path), settings)
    try:
        config = build(AblationConfig, values)
        trainings_of(config)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    return config


def ablate(
    config: AblationConfig,
    *,
    runs: Path = Path("runs"),
    reports: Path = Path("reports"),
    address: str | None = None,
    watch: Callable[[Status], None] = ignore,
    watch_games: "Callable[[Progress], None]" = ignore,
    notice: Callable[[str], None] = ignore,
) -> AblationResult:
    """Train each variant with each seed, play the nets against each other, and rate the variants.

    What was trained and played before is not done again.

    Args:
        runs: the runs go to a folder here, of the ablation's name.
        reports: where the match's report goes.
        address: of a Ray cluster to join; None starts Ray on this machine.
        watch: told how the run in training stands; not where several are trained together.
        watch_games: told how far the match is.
        notice: told in one line what deserves a line.

    Raises:
        ValueError: a variant can't be trained, or the nets can't meet.
    """
    from insei.tournament.session import check_conditions, hold_tournament  # loads scipy

    trainings = trainings_of(config)
    paths = {key: runs / config.name / training.name for key, training in trainings.items()}
    match = match_of(config, paths, trainings)
    check_conditions(match, reports)  # before hours of training, not after
    by_path = {paths[key]: training for key, training in trainings.items()}
    if config.together > 1:
        check_workers(by_path)
        train_in_parallel(unfinished(by_path), config.together, notice)
    else:
        for path, training in by_path.items():
            train_variant(path, training, address, watch, notice)
    result = hold_tournament(match, reports, address=address, watch=watch_games, notice=notice)
    return result_of(config, paths, match.players, result)


def result_of(
    config: AblationConfig,
    paths: dict[tuple[str, int], Path],
    players: Sequence[str],
    match: "TournamentResult",
) -> AblationResult:
    """Rate the variants.

    Args:
        paths: of the runs, by variant and seed.
        players: their names in the match, in the same order.
    """
    player_of = dict(zip(paths, players, strict=True))
    names = [variant.name for variant in config.variants]
    nets = {name: [player_of[name, seed] for seed in config.seeds] for name in names}
    learned = {name: [games_of(paths[name, seed]) for seed in config.seeds] for name in names}
    ratings = rate_variants(match.report.ratings, nets)
    return AblationResult(names[0], ratings, learned, match.page)


def trainings_of(config: AblationConfig) -> Trainings:
    """The training of each variant with each seed: the base, the budget, and what it changes.

    Raises:
        ValueError: the base or a setting can't be used.
    """
    base = read_yaml(find_configuration(config.base, TrainConfig))
    budget = [f"hours={config.hours}", "generations=null"] if config.hours else []
    found = {}
    for variant in config.variants:
        for seed in config.seeds:
            own = [f"name={variant.name}-{seed}", f"seed={seed}", "rating.every=null"]
            settings = [*own, *budget, *config.settings, *variant.settings]
            found[variant.name, seed] = build(TrainConfig, with_settings(base, settings))
    return found


def match_of(
    config: AblationConfig, paths: dict[tuple[str, int], Path], trainings: Trainings
) -> TournamentConfig:
    """The match of all nets.

    Raises:
        ValueError: the variants' rules differ.
    """
    rules = next(iter(trainings.values())).rules
    if any(training.rules != rules for training in trainings.values()):
        raise UserError("variants of different rules: wanted the same, for a match of their nets")
    return TournamentConfig(
        name=config.name,
        players=tuple(player_name(path, config.visits) for path in paths.values()),
        rules=rules,
        games=config.games,
        opening_plies=config.opening_plies,
        workers=config.workers,
    )


def check_workers(trainings: dict[Path, TrainConfig]) -> None:
    """Raise ValueError where runs to be trained together would each start a Ray of its own."""
    for path, training in trainings.items():
        if not WorkerRange.of(training.workers).is_none:
            raise UserError(
                f"{path.name}: workers {training.workers}, wanted 0 for runs trained together"
            )


def train_variant(
    path: Path,
    config: TrainConfig,
    address: str | None,
    watch: Callable[[Status], None],
    notice: Callable[[str], None],
) -> None:
    """Train a run to its end, from where it stands.

    Raises:
        ValueError: the folder holds a run of another configuration.
    """
    with closing(open_variant(path, config)) as run:
        if not is_done(run, config):
            train_run(run, config, address, watch, notice)


def unfinished(trainings: dict[Path, TrainConfig]) -> list[Path]:
    """Begin the runs that aren't there yet; returns those that are not done.

    Raises:
        ValueError: a folder holds a run of another configuration.
    """
    found = []
    for path, config in trainings.items():
        with closing(open_variant(path, config)) as run:
            if not is_done(run, config):
                found.append(path)
    return found


def open_variant(path: Path, config: TrainConfig) -> RunFolder:
    """Begin a run, or open it.

    Raises:
        ValueError: the folder holds a run of another configuration.
    """
    if path.exists() and config_of(path, TrainConfig) != config:
        raise UserError(
            f"{path} was begun with another configuration; wanted the same, another name, or "
            "that folder moved away"
        )
    return RunFolder(path) if path.exists() else RunFolder.create(path, to_yaml(config))


def is_done(run: RunFolder, config: TrainConfig) -> bool:
    """Whether a run has learned all that it is to."""
    found = run.newest()
    return found is not None and config.share_done(found[0].num_learned, found[0].seconds) >= 1


def games_of(run: Path) -> int:
    """The games that a run's newest net learned from."""
    return int(read_card(checkpoints_of(run)[-1]).training["games"])
