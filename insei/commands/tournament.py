"""`insei tournament`: players against each other, and a report on it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from insei.commands.games_bar import GamesBar
from insei.commands.options import Address, Reports


def tournament(
    config: Path,
    /,
    *,
    reports: Reports = Path("reports"),
    set_: Annotated[list[str] | None, Parameter(name="--set")] = None,
    address: Address = None,
    memory: bool = True,
    play: bool = True,
) -> None:
    """Hold a tournament and write its report as HTML, Markdown and JSON.

    `insei tournament configs/demo.yaml` writes to reports/demo. The format is a round robin unless
    the file names another. Each pairing plays each opening twice, with colours swapped. Games are
    saved as they end, and the same command continues an interrupted tournament.

    Parameters
    ----------
    config
        A YAML file: players, rules, games and so on; docs/configuration.md lists every key.
    set_
        KEY=VALUE over the configuration, as in `--set games=40 --set rules.komi=7.5`.
    memory
        Whether to measure each player's memory after the games, in a process of its own.
    play
        Whether to play the missing games; `--no-play` reports on those that are there, and starts
        no program.
    """
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
    print(result.page.with_suffix(".md").read_text())
    print(f"report: {result.page}")
