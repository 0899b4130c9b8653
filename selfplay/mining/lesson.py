"""A lesson: what the edits of a dataset are worth, by nets that learn from both branches.

    from insei.selfplay.mining.lesson import LessonConfig, hold_lesson

    told = hold_lesson(LessonConfig(Path("runs/go7"), ("main", "cleaned")), watch=print)

Nets learn from the rows of each branch: equal steps, equal seeds, nothing else differs. They are
told apart by their losses on games held out, by the regret of their moves on a suite of positions
from other games, and by a match of the nets of a seed. What is done is kept and not done again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.find_package import check_nameable, find_package
from insei.agents.net.network import network_from
from insei.agents.net.package import load_package
from insei.agents.search.settings import MOST_VISITS
from insei.selfplay.data.columns import Rows
from insei.selfplay.data.window import windows_of
from insei.selfplay.health import split_held_out
from insei.selfplay.history.edited import edited
from insei.selfplay.history.graph import PLAYED_NAME
from insei.selfplay.history.history import History
from insei.selfplay.mining.recording import dataset_at, edits_at
from insei.selfplay.mining.searching import Searcher
from insei.selfplay.mining.suite import (
    Suite,
    choices,
    new_suite,
    read_suite,
    regrets,
    with_values,
    write_suite,
)
from insei.selfplay.mining.taught import beginning, key_of, teach
from insei.selfplay.rating import player_name
from insei.selfplay.run import DATASET, config_of
from insei.selfplay.session import ignore
from insei.selfplay.studies.retraining import RecordedRows, RetrainingStatus
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.records import json_of
from insei.system.setting import Setting, check_settings
from insei.system.worker_range import PROCESSES, NumWorkers, WorkerRange
from insei.tournament.elo import ELO
from insei.tournament.tournament_config import PairingConfig, TournamentConfig

if TYPE_CHECKING:
    from insei.tournament.run import Progress

NORMAL_95 = 1.96
SUITE_SEED = 1_000_003  # added to the run's own


@dataclass(frozen=True)
class LessonConfig:
    """What is compared, and how.

    Raises:
        ValueError: a field is out of its bounds.
    """

    run: Annotated[Path, Setting("whose dataset has the branches")]
    branches: Annotated[
        tuple[str, ...],
        Setting("branches, tags or commits, two at least; the others are measured from the first"),
    ]
    seeds: Annotated[int, Setting("nets of each branch", 1, 1000)] = 3
    passes: Annotated[float, Setting("times that each row is learned from", above=0, high=1000)] = (
        4.0
    )
    rows: Annotated[int, Setting("the newest so many are learned from", 1, 10**12)] = 500_000
    positions: Annotated[int, Setting("of the suite; 0: none", 0, 100_000)] = 200
    suite_visits: Annotated[
        int, Setting("simulations of the search that is the suite's reference", 1, MOST_VISITS)
    ] = 400
    start_from: Annotated[
        str | None, Setting("the net that each net begins with; null: random weights")
    ] = None
    player: Annotated[
        str | None, Setting("the net that plays and searches the suite; null: the run's newest")
    ] = None
    games: Annotated[
        int, Setting("of each pair of nets in the match; 0: none", 0, 10**6, multiple_of=2)
    ] = 100
    visits: Annotated[int, Setting("simulations of the nets in the match", 0, MOST_VISITS)] = 0
    workers: Annotated[NumWorkers, Setting(f"processes that play the match: {PROCESSES}")] = 2
    out: Annotated[Path, Setting("nets and suite go to a folder here, of the run's name")] = Path(
        "lessons"
    )

    def __post_init__(self) -> None:
        check_settings(self)
        WorkerRange.of(self.workers)
        if self.positions == 1:
            raise UserError("positions 1: wanted 0, or 2 and more, from which an interval comes")
        if len(self.branches) < 2 or len(set(self.branches)) < len(self.branches):
            raise UserError(
                f"branches {', '.join(self.branches)}: wanted two or more, each of them once"
            )


@dataclass(frozen=True)
class Mean:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class MatchResult:
    """What the nets of a branch took from those of the first branch."""

    games: int
    share: Mean  # of the points; the interval is that of the games alone
    elo: Mean
    by_seed: tuple[float, ...]  # shares


@dataclass(frozen=True)
class BranchResult:
    """What the nets of a branch are like."""

    branch: str
    commit: str  # empty: as it was played
    nets: tuple[str, ...]  # their folders, by seed
    losses: dict[str, float]  # on games held out, by head; means over the seeds
    losses_by_seed: dict[str, tuple[float, ...]]
    regret: float | None  # mean over seeds and positions; None without a suite
    regret_by_seed: tuple[float, ...]
    regret_change: Mean | None  # less that of the first branch, of the same positions
    match: MatchResult | None  # None for the first branch, or without a match


@dataclass(frozen=True)
class LessonResult:
    """What a lesson found."""

    steps: int  # of each net
    rows: int  # learned from
    branches: tuple[BranchResult, ...]  # in the order given


def hold_lesson(
    config: LessonConfig,
    *,
    reports: Path = Path("reports"),
    watch: Callable[[str], None] = ignore,
    watch_games: "Callable[[Progress], None]" = ignore,
) -> LessonResult:
    """Teach the nets that are missing, and tell the branches apart.

    Args:
        reports: where the match's report goes.
        watch: told in one line how far it is.
        watch_games: told how far the match is.

    Raises:
        UserError: there is no such run, branch or player, or too few rows.
    """
    check_nameable(config.out)
    training = config_of(config.run, TrainConfig)
    history = History(config.run)
    commits = [history.graph.resolve(branch) for branch in config.branches]
    if len(set(commits)) < len(commits):
        raise UserError(
            f"branches {', '.join(config.branches)}: wanted branches whose commits differ"
        )
    folder = config.out / config.run.resolve().name
    if config.positions:
        searcher_folder(config)  # before the training, not after
    lessons = taught(config, training, commits, folder, watch)
    results = [
        branch_result(branch, commit, nets)
        for branch, commit, nets in zip(config.branches, commits, lessons.nets, strict=True)
    ]
    if config.positions:
        found = suite_regrets(config, training, lessons.nets, folder, watch)
        results = with_regrets(results, found)
    if config.games:
        matches = match(config, training, lessons.nets, reports, watch_games)
        results = [results[0]] + [
            replace(result, match=played)
            for result, played in zip(results[1:], matches, strict=True)
        ]
    return LessonResult(lessons.steps, lessons.rows, tuple(results))


@dataclass(frozen=True)
class Taught:
    """The nets of a lesson."""

    nets: list[list[Path]]  # by branch and seed
    steps: int
    rows: int


def taught(
    config: LessonConfig,
    training: TrainConfig,
    commits: Sequence[str],
    folder: Path,
    watch: Callable[[str], None],
) -> Taught:
    """Teach each branch with each seed; all are validated on the first branch's games held out."""
    training = replace(training, learner=replace(training.learner, compiled=False))
    training, first, sha256 = beginning(training, config.start_from)
    nets: list[list[Path]] = []
    held, steps, path = None, 0, config.run / DATASET
    played = dataset_at(path, training, PLAYED_NAME)
    stored = played.newest(config.rows)  # once: a run that trains adds rows meanwhile
    for branch, commit in zip(config.branches, commits, strict=True):
        edits = edits_at(path, training, commit or PLAYED_NAME)
        rows = windows_read(edited(stored, edits), training, path, played.num_games)
        if held is None:
            held = rows.held
            steps = max(1, round(config.passes * len(rows.learned) / training.learner.batch_size))
        rows = replace(rows, held=held)
        nets.append([])
        for seed in range(1, config.seeds + 1):
            origin = {
                "run": config.run.resolve().name,
                "dataset": played.digest.named(edits).content,
                "validated_on": commits[0],  # its labels of games held out
                "rows": len(rows.learned),
                "steps": steps,
                "seed": seed,
                "learner": json_of(training.learner),
                "network": json_of(training.network),
            }
            if sha256:
                origin["began_with_sha256"] = sha256
            net = folder / f"{commit[:9] or PLAYED_NAME}-{key_of(origin)}"
            report = reporter(f"{branch}, seed {seed}", watch)
            teach(net, rows, replace(training, seed=seed), origin, report, first)
            nets[-1].append(net)
    return Taught(nets, steps, len(rows.learned))


def windows_read(stored: Rows, training: TrainConfig, path: Path, num_games: int) -> RecordedRows:
    """The rows to learn from, and those of games held out.

    Args:
        path: of the table that they come from.
        num_games: in it.

    Raises:
        UserError: there are too few.
    """
    learned, held = windows_of(training)
    for window, rows in zip(
        (learned, held),
        split_held_out(stored, training.window.held_out),
        strict=True,
    ):
        window.update(rows, len(rows["ply"]))
    if len(learned) < (least := training.learner.batch_size):
        raise UserError(f"{path}: {len(learned)} rows to learn from; wanted {least}")
    return RecordedRows(learned, held, num_games)


def reporter(what: str, watch: Callable[[str], None]) -> Callable[[RetrainingStatus], None]:
    """What tells how a training stands."""

    def report(status: RetrainingStatus) -> None:
        watch(f"{what}: step {status.step:,} of {status.num_steps:,}, loss {status.loss:.3f}")

    return report


def branch_result(branch: str, commit: str, nets: Sequence[Path]) -> BranchResult:
    """What the cards of a branch's nets say of games held out."""
    cards = [load_package(net).card.training for net in nets]
    heads = ("policy", "outcome", "score", "ownership")
    by_seed = {
        head: tuple(float(card["held_out"][head]) for card in cards)
        for head in heads
        if all("held_out" in card for card in cards)
    }
    losses = {head: float(np.mean(values)) for head, values in by_seed.items()}
    names = tuple(map(str, nets))
    return BranchResult(branch, commit, names, losses, by_seed, None, (), None, None)


def searcher_folder(config: LessonConfig) -> Path:
    """The package of the net that plays and searches the suite.

    Raises:
        UserError: there is none.
    """
    try:
        return find_package(config.player or str(config.run))
    except UserError as error:
        hint = "" if config.player else "; wanted --player, or a run with a net"
        raise UserError(f"{error}{hint}") from error


def suite_regrets(
    config: LessonConfig,
    training: TrainConfig,
    nets: Sequence[Sequence[Path]],
    folder: Path,
    watch: Callable[[str], None],
) -> NDArray[np.float64]:
    """The regrets of all nets, `[branches, seeds, positions]`."""
    settings = replace(training.selfplay.search, visits=config.suite_visits, noise=0.0)
    frame, seed = training.rules, training.seed + SUITE_SEED
    searcher = Searcher(searcher_folder(config), frame, settings, seed)
    path = folder / f"suite-{searcher.sha256[:9]}-{config.positions}-{config.suite_visits}.json"
    if path.is_file():
        suite: Suite = read_suite(path)
    else:
        suite = new_suite(searcher, training, config.positions, seed, watch)
    chosen = []
    for net in (net for own in nets for net in own):
        package = load_package(net)
        network = network_from(package.weights, package.card.architecture)
        chosen.append(choices(network, suite, frame))
    suite = with_values(suite, chosen, searcher, frame, watch)
    write_suite(path, suite)
    found = np.array([regrets(suite, moves) for moves in chosen])
    return found.reshape(len(nets), len(nets[0]), -1)


def with_regrets(results: Sequence[BranchResult], found: NDArray[np.float64]) -> list[BranchResult]:
    """The results with their regrets; changes are of pairs of positions, means over the seeds."""
    by_position = found.mean(1)
    told = []
    for place, result in enumerate(results):
        change = None
        if place:
            paired = by_position[place] - by_position[0]
            half = NORMAL_95 * float(paired.std(ddof=1)) / len(paired) ** 0.5
            mean = float(paired.mean())
            change = Mean(mean, mean - half, mean + half)
        by_seed = tuple(found[place].mean(1).tolist())
        told.append(
            replace(
                result,
                regret=float(found[place].mean()),
                regret_by_seed=by_seed,
                regret_change=change,
            )
        )
    return told


def match(
    config: LessonConfig,
    training: TrainConfig,
    nets: Sequence[Sequence[Path]],
    reports: Path,
    watch_games: "Callable[[Progress], None]",
) -> list[MatchResult]:
    """The nets of each branch against the first branch's, seed by seed."""
    from insei.tournament.ratings import interval  # loads scipy
    from insei.tournament.session import hold_tournament

    names = [[player_name(net, config.visits) for net in own] for own in nets]
    pairs = [
        PairingConfig(escape(first), escape(other), config.games)
        for own in names[1:]
        for first, other in zip(names[0], own, strict=True)
    ]
    players = tuple(dict.fromkeys(name for own in names for name in own))
    key = key_of({"players": players, "games": config.games, "visits": config.visits})
    tournament = TournamentConfig(
        name=f"{config.run.resolve().name}-lesson-{key[:8]}",
        players=players,
        rules=training.rules,
        games=2,
        pairings=(*pairs, PairingConfig(games=0)),
        opening_plies=4,
        workers=config.workers,
    )
    cells = hold_tournament(tournament, reports, watch=watch_games).report.cells
    found = []
    for own in names[1:]:
        each = [cells[other, first] for first, other in zip(names[0], own, strict=True)]
        games = sum(cell.wins + cell.ties + cell.losses for cell in each)
        points = sum(cell.wins + cell.ties / 2 for cell in each)
        low, high = interval(points, games)
        share = Mean(points / games, low, high)
        elo = Mean(*(elo_of(value, games) for value in (share.value, low, high)))
        found.append(MatchResult(games, share, elo, tuple(cell.share for cell in each)))
    return found


def elo_of(share: float, games: int) -> float:
    """The difference in strength that a share of points stands for; half a point at the ends."""
    least = 0.5 / games
    share = min(1 - least, max(least, share))
    return float(ELO * np.log(share / (1 - share)))
