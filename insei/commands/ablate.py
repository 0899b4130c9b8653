"""`insei ablate`: what a choice of training is worth, by runs that differ in nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.commands.configurations import show_configurations
from insei.commands.options import Address, List, Reports
from insei.printing.games_bar import GamesBar
from insei.printing.run_line import RunLine, silence_libraries
from insei.printing.tables import Heading, table_text
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.studies.ablation import AblationResult
    from insei.tournament.run import Progress


def ablate(
    config: Path | None = None,
    /,
    *,
    runs: Path = Path("runs"),
    reports: Reports = Path("reports"),
    set_: Annotated[list[str] | None, Parameter(name="--set")] = None,
    address: Address = None,
    list_: List = False,
) -> None:
    """Train the variants of an ablation, and play their nets against each other.

    Example: `insei ablate ablation7 --set hours=0.5`. Every variant begins with the
    same seeds and has the same budget. They are trained one after the other, or several together
    (`together`). The same command continues after a stop. docs/configuration.md lists every key.

    Parameters
    ----------
    config
        A YAML file, or the name of one that comes with insei: base, variants, settings, hours,
        seeds, together, games, and so on.
    runs
        Where the runs go, in a folder of the ablation's name.
    set_
        KEY=VALUE over the configuration, as in `--set hours=0.25`.
    """
    silence_libraries()
    if list_ or config is None:
        from insei.selfplay.studies.ablation import AblationConfig

        show_configurations(AblationConfig, "config", list_)
        return
    from insei.selfplay.studies import ablation

    with RunLine() as line, GamesBar() as bar:

        def show_games(progress: "Progress") -> None:
            line.stop()
            bar.show(progress)

        result = ablation.ablate(
            ablation.read_ablation(config, set_ or []),
            runs=runs,
            reports=reports,
            address=address,
            watch=line.show,
            watch_games=show_games,
            notice=line.notice,
        )
    say(table_of(result))


def table_of(result: "AblationResult", width: int | None = None) -> str:
    """The variants, best first, as a table, and what its interval says."""
    headings = [
        Heading("variant", is_number=False),
        Heading("Elo"),
        Heading("95 %"),
        Heading("by seed", is_number=False),
        Heading("games learned from", is_number=False),
    ]
    rows = [
        [
            one.variant,
            f"{one.elo:+.0f}",
            f"{one.low:+.0f} to {one.high:+.0f}",
            ", ".join(f"{elo:+.0f}" for elo in one.nets),
            ", ".join(map(str, result.games_learned_from[one.variant])),
        ]
        for one in result.ratings
    ]
    count = len(result.ratings[0].nets)
    said = (
        "The interval is that of the games; with one seed, the scatter between seeds is not in it"
        if count == 1
        else f"By seed: Elo over {result.baseline} of the same seed. The interval is that of the "
        f"mean of {count} seeds"
    )
    table = table_text(headings, rows, width)
    return f"{table}\n\nElo over {result.baseline}. {said}. Report: {result.page}"
