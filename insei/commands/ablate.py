"""`insei ablate`: what a choice of training is worth, by runs that differ in nothing else."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.commands.games_bar import GamesBar
from insei.commands.options import Address, Reports
from insei.commands.train import conduct, config_of
from insei.selfplay.studies.arms import rate_arms
from insei.selfplay.studies.side_by_side import train_side_by_side
from insei.system.bounds import check_bounds
from insei.system.configuration import build, read_yaml, to_yaml, with_settings

if TYPE_CHECKING:
    from insei.selfplay.run import RunFolder
    from insei.selfplay.train_config import TrainConfig
    from insei.tournament.tournament_config import TournamentConfig


@dataclass(frozen=True)
class ArmConfig:
    """One way of training."""

    name: str
    settings: tuple[str, ...] = ()  # KEY=VALUE over the base, as --set takes them


@dataclass(frozen=True)
class AblationConfig:
    """Ways of training that are compared: same base, same seeds, same budget.

    Raises:
        ValueError: a field is outside what is said beside it.
    """

    base: str  # a training configuration, relative to the working folder
    arms: tuple[ArmConfig, ...]  # the first is the one that the others are measured from
    settings: tuple[str, ...] = ()  # KEY=VALUE over the base, of all arms
    name: str = "ablation"  # the runs go to runs/NAME, the match's report to reports/NAME
    hours: float = 0.0  # of training, an arm and seed; 0: the base's generations and games
    seeds: tuple[int, ...] = (1,)  # each arm is trained once with each
    together: int = 1  # runs trained at a time; several share the cores evenly, so that a busy
    # machine slows all alike, and want `workers: 0`
    games: int = 100  # of each pairing of the nets, even
    visits: int = 0  # simulations of the nets in the match; 0 for the nets alone
    opening_plies: int = 4  # random plies of the match's games
    workers: int = 2  # processes that play the match

    def __post_init__(self) -> None:
        names = [arm.name for arm in self.arms]
        if len(names) < 2 or len(set(names)) != len(names):
            raise ValueError(f"arms {names}: wanted two at least, each of its own name")
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds {list(self.seeds)}: wanted one at least, each once")
        check_bounds(self, ("hours", 0, 10_000), ("together", 1, 1000))


def ablate(
    config: Path,
    /,
    *,
    runs: Path = Path("runs"),
    reports: Reports = Path("reports"),
    set_: Annotated[list[str] | None, Parameter(name="--set")] = None,
    address: Address = None,
) -> None:
    """Train the arms of an ablation, and play their nets against each other.

    Example: `insei ablate configs/ablation7.yaml --set hours=0.5`. Every arm begins with the same
    seed and has the same budget. They are trained one after the other, or side by side
    (`together`). The same command goes on after a stop, where the arms stood.

    Parameters
    ----------
    config
        A YAML file: base, arms, settings, hours, seeds, together, games, and so on.
    runs
        Where the arms' runs go, in a folder of the ablation's name.
    set_
        KEY=VALUE over the configuration, as in `--set hours=0.25`.
    """
    from insei.tournament.session import check_conditions

    values = with_settings({"name": config.stem} | read_yaml(config), set_ or [])
    try:
        chosen = build(AblationConfig, values)
        wanted = {
            (arm.name, seed): arm_config(chosen, arm, seed)
            for arm in chosen.arms
            for seed in chosen.seeds
        }
    except ValueError as error:
        raise ValueError(f"{config}: {error}") from error
    paths = {key: runs / chosen.name / training.name for key, training in wanted.items()}
    match = match_of(chosen, paths, wanted)  # refused before hours of training, not after
    check_conditions(match, reports)
    trainings = {paths[key]: training for key, training in wanted.items()}
    if chosen.together > 1:
        check_alone(trainings)
        train_side_by_side(unfinished(trainings), chosen.together)
    else:
        for path, training in trainings.items():
            train_arm(path, training, address)
    print(compare(chosen, paths, match, reports, address))


def arm_config(config: AblationConfig, arm: ArmConfig, seed: int) -> "TrainConfig":
    """The training of one arm: the base, the budget, and what the arm changes."""
    from insei.selfplay.train_config import TrainConfig

    settings = [f"name={arm.name}-{seed}", f"seed={seed}", "rating.every=0"]
    if config.hours:
        settings += [f"hours={config.hours}", "generations=1000000"]
    return build(
        TrainConfig,
        with_settings(read_yaml(Path(config.base)), [*settings, *config.settings, *arm.settings]),
    )


def check_alone(trainings: "dict[Path, TrainConfig]") -> None:
    """Raise ValueError where runs to be trained together would each start a Ray of its own."""
    for path, training in trainings.items():
        if training.workers:
            raise ValueError(
                f"{path.name}: workers {training.workers}, wanted 0 for runs trained together"
            )


def train_arm(path: Path, config: "TrainConfig", address: str | None) -> None:
    """Train a run to its end, from where it stands.

    Raises:
        ValueError: the folder holds a run of another configuration.
    """
    with closing(open_arm(path, config)) as run:
        if not is_done(run, config):
            conduct(run, config, address)


def unfinished(trainings: "dict[Path, TrainConfig]") -> list[Path]:
    """Begin the runs that aren't there yet; those that have something to learn.

    Raises:
        ValueError: a folder holds a run of another configuration.
    """
    found = []
    for path, config in trainings.items():
        with closing(open_arm(path, config)) as run:
            if not is_done(run, config):
                found.append(path)
    return found


def open_arm(path: Path, config: "TrainConfig") -> "RunFolder":
    """Begin a run, or open it.

    Raises:
        ValueError: the folder holds a run of another configuration.
    """
    from insei.selfplay.run import RunFolder

    run = RunFolder(path) if path.exists() else RunFolder.create(path, to_yaml(config))
    if config_of(run) != config:
        run.close()
        raise ValueError(
            f"{path} was begun with another configuration; wanted the same, another name, or "
            "that folder moved away"
        )
    return run


def is_done(run: "RunFolder", config: "TrainConfig") -> bool:
    """Whether a run has learned all that it is to."""
    found = run.newest()
    return found is not None and config.share_done(found[0].num_learned, found[0].seconds) >= 1


def match_of(
    config: AblationConfig,
    paths: dict[tuple[str, int], Path],
    trained: "dict[tuple[str, int], TrainConfig]",
) -> "TournamentConfig":
    """The match of all nets.

    Raises:
        ValueError: a number of the match is out of bounds, or the arms' rules differ.
    """
    from insei.selfplay.rating import player_name
    from insei.tournament.tournament_config import TournamentConfig

    if config.visits < 0:
        raise ValueError(f"visits {config.visits}: wanted 0 or more")
    rules = next(iter(trained.values())).rules
    if any(one.rules != rules for one in trained.values()):
        raise ValueError("arms of different rules: wanted the same, for their nets to meet")
    return TournamentConfig(
        name=config.name,
        players=tuple(player_name(path, config.visits) for path in paths.values()),
        rules=rules,
        games=config.games,
        opening_plies=config.opening_plies,
        workers=config.workers,
    )


def compare(
    config: AblationConfig,
    paths: dict[tuple[str, int], Path],
    match: "TournamentConfig",
    reports: Path,
    address: str | None,
) -> str:
    """Play the match of all nets; returns the table of arms."""
    player_of = dict(zip(paths, match.players, strict=True))
    nets = {arm.name: [player_of[arm.name, seed] for seed in config.seeds] for arm in config.arms}
    from insei.tournament.session import hold_tournament

    with GamesBar() as bar:
        held = hold_tournament(match, reports, address=address, watch=bar.show, notice=bar.notice)
    lines = [
        f"| arm | Elo over {config.arms[0].name} | 95 % | by seed | games learned from |",
        "|---|---|---|---|---|",
    ]
    for one in rate_arms(held.report.ratings, nets):
        each = ", ".join(f"{elo:+.0f}" for elo in one.nets)
        learned = ", ".join(str(games_of(paths[one.arm, seed])) for seed in config.seeds)
        lines.append(
            f"| {one.arm} | {one.elo:+.0f} | {one.low:+.0f} to {one.high:+.0f} | {each} | "
            f"{learned} |"
        )
    count = len(config.seeds)
    said = (
        "The interval is that of the games; one seed: how much seeds differ is not in it"
        if count == 1
        else f"By seed, nets over {config.arms[0].name}'s of the same one; the interval is that of "
        f"the mean of {count}, from how far they scatter"
    )
    return "\n".join([*lines, f"{said}. Report: {held.page}"])


def games_of(run: Path) -> int:
    """The games that a run's newest net learned from."""
    from insei.agents.net.package import read_card
    from insei.selfplay.checkpoints import checkpoints_of

    return int(read_card(checkpoints_of(run)[-1]).training["games"])
