"""A tournament from Python.

    from insei.tournament.session import hold_tournament

    config = TournamentConfig(name="mine", players=("random", "capture"), games=20)
    result = hold_tournament(config, Path("reports"), watch=print)

plays what is missing, writes reports/mine/report.html, and returns the ratings.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from insei.system.configuration import build, to_yaml, with_settings
from insei.system.errors import UserError
from insei.system.plain_yaml import read_yaml
from insei.system.shipped_configurations import find_configuration
from insei.tournament.folder import TournamentFolder
from insei.tournament.memory_use import memory_use_of
from insei.tournament.playing import play_games
from insei.tournament.report import TournamentReport
from insei.tournament.run import Progress, ignore, run_tournament, unmeasured
from insei.tournament.tournament_config import TournamentConfig


@dataclass(frozen=True)
class TournamentResult:
    """A tournament that was held."""

    page: Path  # the HTML report; JSON and Markdown lie beside it
    report: TournamentReport


def read_tournament(path: Path, settings: Sequence[str] = ()) -> TournamentConfig:
    """Read a tournament's configuration, with KEY=VALUE settings over it.

    Args:
        path: a YAML file, or the name of a configuration that comes with insei.
        settings: KEY=VALUE over the configuration.

    Raises:
        UserError: it can't be used.
    """
    path = find_configuration(path, TournamentConfig)
    values = with_settings({"name": path.stem} | read_yaml(path), settings)
    try:
        return build(TournamentConfig, values)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error


def hold_tournament(
    config: TournamentConfig,
    reports: Path,
    *,
    address: str | None = None,
    watch: Callable[[Progress], None] = ignore,
    notice: Callable[[str], None] = ignore,
    memory: bool = False,
    play: bool = True,
) -> TournamentResult:
    """Play a tournament's missing games, and write its report to the folder `reports`/NAME.

    Args:
        address: of a Ray cluster to join; None starts Ray on this machine.
        watch: told how far the games are, whenever some have ended.
        notice: told in one line what a user should know, as that a worker died and was replaced.
        memory: whether to measure each player's memory after the games.
        play: whether to play the missing games; False reports on those that are there, and starts
            no program.

    Raises:
        ValueError: a player is unknown, or the folder holds a tournament of other conditions.
    """
    measure = memory_use_of if memory and play else unmeasured  # which starts programs too
    with closing(TournamentFolder(reports / config.name, to_yaml(config))) as folder:
        player = partial(play_games, workers=config.workers, address=address, notice=notice)
        report = run_tournament(config, folder, player if play else None, watch, measure, notice)
        return TournamentResult(folder.path / "report.html", report)


def check_conditions(config: TournamentConfig, reports: Path) -> None:
    """Check that a tournament can be held, before hours are spent on its players.

    Raises:
        ValueError: its folder holds a tournament of other conditions, or is in use.
    """
    TournamentFolder(reports / config.name, to_yaml(config)).close()
