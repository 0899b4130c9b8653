"""`insei resize`: a net made wider, narrower, deeper or flatter, retrained on the same games."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.commands.options import Address, Reports, Workers
from insei.printing.games_bar import GamesBar
from insei.printing.run_line import silence_libraries
from insei.printing.tables import Heading, table_text
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.studies.resizing import ResizeConfig, Resized
    from insei.selfplay.studies.retraining import RetrainingStatus


def resize(
    player: str,
    /,
    *,
    dataset: Path,
    channels: Annotated[list[float] | None, Parameter(consume_multiple=True)] = None,
    blocks: Annotated[list[int] | None, Parameter(consume_multiple=True)] = None,
    out: Path = Path("resized"),
    passes: float = 4.0,
    rows: int = 500_000,
    learning_rate: float | None = None,
    games: int = 100,
    visits: int = 64,
    workers: Workers = 2,
    reports: Reports = Path("reports"),
    address: Address = None,
) -> None:
    """Make nets of other widths and depths, train each on recorded games alone, and rate them.

    Example: `insei resize go7 --dataset runs/go7 --channels 0.5 0.25 --out resized/go7`. Each net
    learns from random weights on the games of a run, without self-play, and becomes a package in
    the folder, OUT/4b24 say. All then play each other and the original, alone and with a search.
    The table shows Elo and the time of a move. The same command continues after a stop.

    Parameters
    ----------
    player
        The net to begin from: a package, a run's folder, or the name of a shipped player.
    dataset
        The run whose games are learned from; on the board of the player.
    channels
        Factors of the player's width up to 4, or numbers of channels; several make several nets.
    blocks
        Numbers of residual blocks; the player's own by default.
    out
        Where the packages go.
    passes
        Times that each row is learned from.
    rows
        How many of the newest rows are learned from.
    learning_rate
        The optimiser's; the run's own by default.
    games
        Of each pairing, even; 0 makes the nets and does not rate them.
    visits
        Simulations of the searching players.
    """
    silence_libraries()
    from insei.selfplay.studies.resizing import ResizeConfig

    widths, depths = tuple(channels or [1.0]), tuple(blocks or [])
    limits = passes, rows, learning_rate
    config = ResizeConfig(player, dataset, widths, depths, out, *limits, games, visits, workers)
    run(config, reports, address)


def run(config: "ResizeConfig", reports: Path, address: str | None) -> None:
    """Make the nets, rate them, and print the table."""
    from insei.selfplay.studies import resizing

    with GamesBar() as bar:
        result = resizing.resize(
            config,
            reports=reports,
            address=address,
            watch=print_step,
            watch_games=bar.show,
            notice=bar.notice,
        )
    if result.players:
        say(table_of(config.player, result))


def print_step(path: Path, status: "RetrainingStatus") -> None:
    """Print how a training stands."""
    said = f"step {status.step:,} of {status.num_steps:,}, loss {status.loss:.3f}"
    say(f"{path}: {said}", flush=True)


def table_of(player: str, result: "Resized", width: int | None = None) -> str:
    """The players, fastest first, as a table."""
    from insei.selfplay.studies.resizing import size_of

    headings = [
        Heading("player", is_number=False), Heading("net", is_number=False), Heading("parameters"),
        Heading("ms a move"), Heading("Elo"), Heading("95 %"),
    ]  # fmt: skip
    rows = [
        [
            f"{size_of(rated.architecture)}, "
            + (f"{rated.visits} visits" if rated.visits else "alone"),
            rated.folder,
            f"{rated.architecture.num_parameters():,}",
            f"{rated.milliseconds:.2f}",
            f"{rated.elo:+.0f}",
            f"{rated.low:+.0f} to {rated.high:+.0f}",
        ]
        for rated in result.players
    ]
    table = table_text(headings, rows, width)
    return f"{table}\n\nElo over {player} alone. Report: {result.page}"
