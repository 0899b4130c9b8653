"""`insei tournament`: players against each other, and a report on it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from insei.commands.configurations import show_configurations
from insei.commands.options import Address, List, Reports
from insei.printing.games_bar import GamesBar
from insei.system.shown import say


def tournament(
    config: Path | None = None,
    /,
    *,
    reports: Reports = Path("reports"),
    set_: Annotated[list[str] | None, Parameter(name="--set")] = None,
    address: Address = None,
    memory: bool = True,
    play: bool = True,
    list_: List = False,
) -> None:
    """Hold a tournament and write its report as HTML, Markdown and JSON.

    `insei tournament demo` writes to reports/demo. The format is a round robin unless
    the file names another. Each pairing plays each opening twice, with colours swapped. Games are
    saved as they end, and the same command continues an interrupted tournament.

    Parameters
    ----------
    config
        A YAML file, or the name of one that comes with insei: players, rules, games and so on;
        docs/configuration.md lists every key. What lies here goes before what comes with insei.
    set_
        KEY=VALUE over the configuration, as in `--set games=40 --set rules.komi=7.5`.
    memory
        Whether to measure each player's memory after the games, in a process of its own.
    play
        Whether to play the missing games; `--no-play` reports on those that are there, and starts
        no program.
    """
    if list_ or config is None:
        from insei.tournament.tournament_config import TournamentConfig

        show_configurations(TournamentConfig, "config", list_)
        return
    from insei.tournament.session import hold_tournament, read_tournament

    chosen = read_tournament(config, set_ or [])
    with GamesBar() as bar:
        result = hold_tournament(
            chosen,
            reports,
            address=address,
            watch=bar.show,
            notice=bar.notice,
            memory=memory,
            play=play,
        )
    from insei.printing.tournament_tables import report_lines

    for piece in report_lines(result.report):
        say(piece)
    say(f"report: {result.page}")
