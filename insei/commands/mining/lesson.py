"""`insei lesson`: what the edits of a dataset are worth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.commands.data.options import Json, say_json
from insei.commands.options import Reports, Workers
from insei.printing.games_bar import GamesBar
from insei.printing.run_line import silence_libraries
from insei.printing.tables import Heading, table_text
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.mining.lesson import BranchResult, LessonResult, Mean

BRANCHES = "Two or more branches, tags or commits; `played` is the dataset without edits."
Branches = Annotated[list[str], Parameter(consume_multiple=True, help=BRANCHES)]


def lesson(
    run: Path,
    /,
    *,
    branch: Branches,
    seeds: Annotated[int, Parameter(validator=Number(gte=1, lte=1000))] = 3,
    passes: float = 4.0,
    rows: Annotated[int, Parameter(validator=Number(gte=1, lte=10**12))] = 500_000,
    positions: Annotated[int, Parameter(validator=Number(gte=0, lte=100_000))] = 200,
    suite_visits: Annotated[int, Parameter(validator=Number(gte=1, lte=100_000))] = 400,
    start_from: str | None = None,
    player: str | None = None,
    games: int = 100,
    visits: int = 0,
    workers: Workers = 2,
    out: Path = Path("lessons"),
    reports: Reports = Path("reports"),
    json: Json = False,
) -> None:
    """Teach nets from the branches of a run's dataset, and tell the branches apart.

    Example: `insei lesson runs/go7 --branch main cleaned --seeds 3`. Steps and seeds are equal for
    all branches. The table shows losses on games held out, the regret of moves on positions of
    other games, and a match with the first branch's nets. The same command goes on after a stop.

    Parameters
    ----------
    run
        The run's folder.
    seeds
        Nets of each branch.
    passes
        Times that each row is learned from.
    rows
        How many of the newest rows are learned from.
    positions
        Of the suite, from new games; 0 leaves it out.
    suite_visits
        Simulations of the search that values its moves.
    start_from
        The net that each net begins with; random weights by default.
    player
        The net that plays and searches the suite; the run's newest by default.
    games
        Of each pair of nets in the match, even; 0 leaves it out.
    visits
        Simulations of the nets in the match.
    out
        Nets and suite go to a folder here, of the run's name.
    """
    silence_libraries()
    from insei.selfplay.mining.lesson import LessonConfig, hold_lesson

    config = LessonConfig(
        run, tuple(branch), seeds, passes, rows, positions, suite_visits, start_from, player,
        games, visits, workers, out,
    )  # fmt: skip
    with GamesBar() as bar:
        result = hold_lesson(config, reports=reports, watch=tell, watch_games=bar.show)
    say_json(result) if json else say(told(result, seeds))


def tell(line: str) -> None:
    """Say how far it is."""
    say(line, to_error=True, flush=True)


def told(result: "LessonResult", seeds: int) -> str:
    """The table, and what its numbers are."""
    count = f"{result.rows:,} rows, {result.steps:,} steps, {seeds} seeds"
    said = f"\n{count}. Losses are on games held out, means over the seeds. Brackets: 95 %."
    if result.branches[-1].match:
        said += " The match's interval is that of its games; chance in training is not in it."
    return f"{table_of(result)}\n{said}"


def table_of(result: "LessonResult", width: int | None = None) -> str:
    """The branches as a table."""
    headings = [
        Heading("branch", is_number=False), Heading("policy"), Heading("outcome"),
        Heading("score"), Heading("owners"), Heading("regret"),
        Heading("change", is_number=False), Heading("share of points", is_number=False),
        Heading("Elo", is_number=False), Heading("by seed", is_number=False, is_optional=True),
    ]  # fmt: skip
    rows = [cells_of(branch) for branch in result.branches]
    return table_text(headings, rows, width)


def cells_of(branch: "BranchResult") -> list[str]:
    """A branch's row of the table."""
    losses = [
        f"{branch.losses[head]:.4f}" if head in branch.losses else ""
        for head in ("policy", "outcome", "score", "ownership")
    ]
    regret = "" if branch.regret is None else f"{branch.regret:.4f}"
    change = bracketed(branch.regret_change, "+.4f") if branch.regret_change else ""
    match = branch.match
    if match is None:
        return [branch.branch, *losses, regret, change, "", "", ""]
    seeds = ", ".join(f"{share:.0%}" for share in match.by_seed)
    said = f"{bracketed(match.share, '.1%')} of {match.games}"
    return [branch.branch, *losses, regret, change, said, bracketed(match.elo, "+.0f"), seeds]


def bracketed(mean: "Mean", form: str) -> str:
    """A mean with its interval."""
    return f"{mean.value:{form}} [{mean.low:{form}}, {mean.high:{form}}]"
