"""`insei curve`: the strength of runs as they went on, against hours and against games."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from insei.commands.games_bar import GamesBar
from insei.commands.options import Address, Reports, Workers

if TYPE_CHECKING:
    from insei.engine.rules import Rules

PICTURES = (".svg", ".png", ".pdf")  # that `draw` writes
INK = "#808080"  # reads on white and on black
COLOURS = ("#3b8ed6", "#e07b39", "#4aa564", "#b565c0", "#c9a227", "#d65c5c")


@dataclass(frozen=True)
class Net:
    """A net of a run that was kept."""

    run: Path
    player: str  # by the grammar
    generation: int
    hours: float
    games: int


@dataclass(frozen=True)
class Point:
    """A rated net on a curve."""

    net: Net
    elo: float
    low: float  # 95 % interval
    high: float


def curve(
    runs: Annotated[list[Path], Parameter(consume_multiple=True)],
    /,
    *,
    out: Path = Path("curve.svg"),
    against: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    most: int = 8,
    games: int = 10,
    visits: int = 0,
    size: int = 0,
    opening_plies: int = 4,
    workers: Workers = 2,
    reports: Reports = Path("reports"),
    address: Address = None,
) -> None:
    """Play runs' kept nets among each other, rate them, and draw rating against hours and games.

    Example: `insei curve runs/go7 --out go7.svg --against random influence
    "gtp:gnugo --mode gtp --chinese-rules --capture-all-dead"`.
    Games are kept in reports/NAME, NAME being that of the picture: the same command goes on after a
    stop, and plays only what is new once the runs have grown.

    Parameters
    ----------
    runs
        Folders of runs, on the same board.
    out
        The picture: a file that ends in .svg, .png or .pdf.
    against
        Players drawn in as levels, the first one at 0; random, capture and influence by default.
    most
        Nets of each run, spread over its milestones.
    games
        Of each pairing, even.
    visits
        Simulations of the nets; 0 for the nets alone.
    size
        Side of the board; the largest of the first run's by default.
    opening_plies
        Random plies that every game begins with.
    """
    from insei.tournament.session import hold_tournament
    from insei.tournament.tournament_config import TournamentConfig

    if most < 2:
        raise ValueError(f"most {most}: wanted 2 nets of a run or more")
    if out.suffix.lower() not in PICTURES:
        raise ValueError(f"out {out}: wanted a file that ends in one of {', '.join(PICTURES)}")
    if not runs:
        raise ValueError("no run: wanted one folder at least")
    levels = tuple(against or ("random", "capture", "influence"))
    rules = common_rules(runs, size)
    nets = {net.player: net for run in runs for net in nets_of(run, most, visits)}
    config = TournamentConfig(
        name=out.stem,
        players=(*levels, *nets),
        rules=rules,
        games=games,
        opening_plies=opening_plies,
        workers=workers,
    )
    with GamesBar() as bar:
        held = hold_tournament(config, reports, address=address, watch=bar.show, notice=bar.notice)
    ratings = held.report.ratings
    points = [
        Point(nets[one.player], one.elo, one.low, one.high) for one in ratings if one.player in nets
    ]
    points.sort(key=lambda one: (str(one.net.run), one.net.generation))
    draw(points, {one.player: one.elo for one in ratings if one.player in levels}, out)
    for one in points:
        print(
            f"{one.net.run} generation {one.net.generation}: {one.net.hours:.2f} h, "
            f"{one.net.games:,} games, {one.elo:+.0f} Elo ({one.low:+.0f} to {one.high:+.0f})"
        )
    print(f"{out}: {levels[0]} at 0; report: {held.page}")


def common_rules(runs: list[Path], size: int) -> "Rules":
    """The rules that all runs' games can be played under: the first run's.

    Raises:
        ValueError: a folder is no run, or runs have no board in common.
    """
    found = [boards_of(run) for run in runs]
    side = size or found[0][0].width
    chosen = []
    for run, boards in zip(runs, found, strict=True):
        here = [board for board in boards if board.width == side]
        if not here:
            names = ", ".join(board.size_name for board in boards)
            raise ValueError(f"{run} learns {names}; wanted {side}x{side}")
        chosen.append(here[0])
    return chosen[0]


def boards_of(run: Path) -> "tuple[Rules, ...]":
    """The boards of a run, largest first."""
    from insei.commands.train import read_config

    return read_config(run).mix.boards


def nets_of(run: Path, most: int, visits: int) -> list[Net]:
    """Nets of a run's milestones, `most` of them spread evenly, the first and last among them.

    A run without milestones shows the checkpoints that it still has.

    Raises:
        ValueError: it has fewer than two nets.
    """
    from insei.agents.net.package import read_card
    from insei.selfplay.checkpoints import checkpoints_of, milestones_of
    from insei.selfplay.rating import player_name

    folders = list(milestones_of(run).values())
    if len(folders) < 2:
        folders = checkpoints_of(run)
    if len(folders) < 2:
        raise ValueError(f"{run}: {len(folders)} nets kept; wanted two or more (milestone_every)")
    count = min(most, len(folders))
    places = {round(i * (len(folders) - 1) / (count - 1)) for i in range(count)}
    nets = []
    for place in sorted(places):
        training: dict[str, Any] = read_card(folders[place]).training
        name = player_name(folders[place], visits)
        nets.append(Net(run, name, training["generation"], training["hours"], training["games"]))
    return nets


def draw(points: list[Point], levels: dict[str, float], out: Path) -> None:
    """Write the picture: a panel for hours and one for games, levels as dashed lines."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    inks = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    settings: Any = dict.fromkeys(inks, INK) | {
        "svg.fonttype": "none",
        "svg.hashsalt": "insei",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(settings):
        figure, axes = pyplot.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
        for axis, name in zip(axes, ("hours", "games"), strict=True):
            for number, run in enumerate(dict.fromkeys(one.net.run for one in points)):
                own = [one for one in points if one.net.run == run]
                colour = COLOURS[number % len(COLOURS)]
                x = [getattr(one.net, name) for one in own]
                axis.plot(x, [one.elo for one in own], "o-", color=colour, label=run.name, ms=4)
                axis.fill_between(
                    x, [one.low for one in own], [one.high for one in own], color=colour, alpha=0.2
                )
            for number, (level, elo) in enumerate(levels.items()):
                axis.axhline(elo, color=INK, linewidth=0.8, linestyle="--")
                axis.annotate(
                    level.partition(" ")[0],
                    (1 - 0.2 * (number % 3), elo),  # neighbours don't overlap
                    xycoords=("axes fraction", "data"),
                    ha="right",
                    va="bottom",
                    fontsize=8,
                )
            axis.set_xlabel(name)
        axes[0].set_ylabel("Elo")
        axes[0].legend(frameon=False, loc="lower right")
        out.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(out, transparent=True, metadata={"Date": None})
        pyplot.close(figure)
