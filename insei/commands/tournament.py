"""`insei tournament`: players against each other, and a report on it."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.commands.options import Address, Reports
from insei.system.configuration import build, to_yaml, with_settings
from insei.system.plain_yaml import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from insei.tournament.match import Job, PlayedGame
    from insei.tournament.report import Report
    from insei.tournament.tournament_config import TournamentConfig


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

    `insei tournament configs/demo.yaml` writes to reports/demo. A round robin where its file names
    no other format; each pairing plays each opening twice, colours swapped. Games are kept as they
    end: the same command goes on with a tournament that was interrupted.

    Parameters
    ----------
    config
        A YAML file: players, rules, games of each pairing, and so on.
    set_
        KEY=VALUE over the configuration, as in `--set games=40 --set rules.komi=7.5`.
    memory
        Whether to measure each player's memory after the games, in a process of its own.
    play
        Whether to play the games that are missing; `--no-play` reports on those that are there.
    """
    from insei.tournament.tournament_config import TournamentConfig

    values = with_settings({"name": config.stem} | read_yaml(config), set_ or [])
    try:
        chosen = build(TournamentConfig, values)
    except ValueError as error:
        raise ValueError(f"{config}: {error}") from error
    held = hold(chosen, reports, address, memory=memory, play=play)
    print(held.page.with_suffix(".md").read_text())
    print(f"report: {held.page}")


@dataclass(frozen=True)
class Held:
    """A tournament that was held."""

    page: Path  # the HTML report, JSON and Markdown beside it
    report: "Report"


def hold(
    config: "TournamentConfig",
    reports: Path,
    address: str | None,
    *,
    memory: bool = False,
    play: bool = True,
) -> Held:
    """Play what is missing of a tournament, and write its report.

    Args:
        memory: whether to measure each player's memory after the games.
        play: whether to play the games that are missing.

    Raises:
        ValueError: a player is unknown, or the folder holds a tournament of other conditions.
    """
    from insei.tournament.folder import TournamentFolder
    from insei.tournament.footprint import footprint_of
    from insei.tournament.run import no_footprint, run_tournament

    measure = footprint_of if memory else no_footprint
    folder = TournamentFolder(reports / config.name, to_yaml(config))
    try:
        with Tell() as tell:
            table = partial(play_games, config.workers, address, tell.notice) if play else None
            report = run_tournament(config, folder, table, tell.progress, measure)
        return Held(folder.path / "report.html", report)
    finally:
        folder.close()


def check_conditions(config: "TournamentConfig", reports: Path) -> None:
    """See that a match can be held, before hours are spent on its players.

    Raises:
        ValueError: its folder holds a tournament of other conditions, or one that runs.
    """
    from insei.tournament.folder import TournamentFolder

    TournamentFolder(reports / config.name, to_yaml(config)).close()


class Tell:
    """What a tournament tells the terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        self.console = Console(stderr=True)
        self.bar = Progress(
            "games", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=self.console
        )
        self.task = self.bar.add_task("games", total=None)

    def progress(self, done: int, total: int) -> None:
        """Move the bar."""
        self.bar.update(self.task, completed=done, total=total)

    def notice(self, line: str) -> None:
        """Print a line that stays."""
        self.console.print(line, highlight=False)

    def __enter__(self) -> "Tell":
        self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.stop()


def play_games(
    workers: int, address: str | None, notice: "Callable[[str], None]", jobs: "list[Job]"
) -> "Iterable[list[PlayedGame]]":
    """Turn jobs into games: in this process, or at tables on Ray."""
    from insei.tournament.run import play_here

    if workers == 0 or not jobs:
        return play_here(jobs)
    from insei.system.ray_session import start_ray
    from insei.tournament.cluster import play_on_ray

    start_ray(workers, address)
    return play_on_ray(jobs, workers, notice)
