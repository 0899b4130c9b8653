"""The strength of runs as they went on, against hours and against games.

    from insei.selfplay.studies.curve import CurveConfig, measure_curve

    curve = measure_curve([Path("runs/go7")], CurveConfig(name="go7", games=40))
    draw_curve(curve, Path("go7.svg"))  # of curve_picture

plays the nets that runs kept among each other and against players whose strength is known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from insei.agents.net.package import read_card
from insei.engine.rules import Rules
from insei.selfplay.checkpoints import checkpoints_of, milestones_of
from insei.selfplay.rating import player_name
from insei.selfplay.run import config_of
from insei.selfplay.session import ignore
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.setting import Setting, check_name, check_settings
from insei.system.worker_range import PROCESSES, NumWorkers, WorkerRange
from insei.tournament.tournament_config import TournamentConfig

if TYPE_CHECKING:
    from insei.tournament.run import Progress


@dataclass(frozen=True)
class CurveConfig:
    """How the nets of runs are measured.

    Raises:
        ValueError: a field is out of its bounds.
    """

    name: Annotated[str, Setting("of the folder below reports/ that keeps the games")] = "curve"
    against: Annotated[
        tuple[str, ...], Setting("players drawn in as levels; the first one is at 0")
    ] = ("random", "capture", "influence")
    most: Annotated[int, Setting("nets of each run, spread over its milestones", 2, 1000)] = 8
    games: Annotated[int, Setting("of each pairing", 2, 10**6, multiple_of=2)] = 10
    visits: Annotated[int, Setting("simulations of the nets; 0: the nets alone", 0, 100_000)] = 0
    size: Annotated[
        int | None, Setting("side of the board; null: the largest of the first run", 1, 19)
    ] = None
    opening_plies: Annotated[int, Setting("random plies that every game begins with", 0, 40)] = 4
    workers: Annotated[NumWorkers, Setting(f"processes that play: {PROCESSES}")] = 2

    def __post_init__(self) -> None:
        check_name(self.name)
        check_settings(self)
        WorkerRange.of(self.workers)


@dataclass(frozen=True)
class KeptNet:
    """A net of a run that was kept."""

    run: Path
    player: str  # by the grammar
    generation: int
    hours: float
    games: int


@dataclass(frozen=True)
class CurvePoint:
    """A rated net on a curve."""

    net: KeptNet
    elo: float
    low: float  # 95 % interval
    high: float


@dataclass(frozen=True)
class Curve:
    """The rated nets of runs."""

    points: list[CurvePoint]  # by run and generation
    levels: dict[str, float]  # Elo of the players that they were measured against
    page: Path  # the match's HTML report


def measure_curve(
    runs: Sequence[Path],
    config: CurveConfig,
    *,
    reports: Path = Path("reports"),
    address: str | None = None,
    watch: "Callable[[Progress], None]" = ignore,
    notice: Callable[[str], None] = ignore,
) -> Curve:
    """Play runs' kept nets among each other, and rate them.

    Games are kept below `reports`, and only what is new is played once the runs have grown.

    Args:
        runs: folders of runs that learn the same board.
        address: of a Ray cluster to join; None starts Ray on this machine.
        watch: told how far the games are.
        notice: told in one line what deserves a line.

    Raises:
        ValueError: a folder is no run, runs have no board in common, or one has fewer than two
            nets.
    """
    from insei.tournament.session import hold_tournament  # loads scipy

    if not runs:
        raise UserError("no run: wanted one folder at least")
    rules = common_rules(runs, config.size)
    kept = [net for run in runs for net in nets_of(run, config.most, config.visits)]
    nets = {net.player: net for net in kept}
    match = TournamentConfig(
        name=config.name,
        players=(*config.against, *nets),
        rules=rules,
        games=config.games,
        opening_plies=config.opening_plies,
        workers=config.workers,
    )
    result = hold_tournament(match, reports, address=address, watch=watch, notice=notice)
    ratings = result.report.ratings
    points = [
        CurvePoint(nets[one.player], one.elo, one.low, one.high)
        for one in ratings
        if one.player in nets
    ]
    points.sort(key=lambda point: (str(point.net.run), point.net.generation))
    levels = {rating.player: rating.elo for rating in ratings if rating.player in config.against}
    return Curve(points, levels, result.page)


def common_rules(runs: Sequence[Path], size: int | None) -> Rules:
    """The rules that all runs' games can be played under: the first run's.

    Raises:
        ValueError: a folder is no run, or runs have no board in common.
    """
    found = [config_of(run, TrainConfig).mix.boards for run in runs]
    side = size or found[0][0].width
    chosen = []
    for run, boards in zip(runs, found, strict=True):
        here = [board for board in boards if board.width == side]
        if not here:
            names = ", ".join(board.size_name for board in boards)
            raise UserError(f"{run} learns {names}; wanted {side}x{side}")
        chosen.append(here[0])
    return chosen[0]


def nets_of(run: Path, most: int, visits: int) -> list[KeptNet]:
    """Nets of a run's milestones, `most` of them spread evenly, the first and last among them.

    A run without milestones shows the checkpoints that it still has.

    Raises:
        ValueError: it has fewer than two nets.
    """
    folders = list(milestones_of(run).values())
    if len(folders) < 2:
        folders = checkpoints_of(run)
    if len(folders) < 2:
        raise UserError(f"{run}: {len(folders)} nets kept; wanted two or more (milestone_every)")
    count = min(most, len(folders))
    places = {round(i * (len(folders) - 1) / (count - 1)) for i in range(count)}
    nets = []
    for place in sorted(places):
        training: dict[str, Any] = read_card(folders[place]).training
        name = player_name(folders[place], visits)
        nets.append(
            KeptNet(run, name, training["generation"], training["hours"], training["games"])
        )
    return nets
