"""`insei package`: a run's newest net as a package of its own, with its rating on the card."""

from pathlib import Path

from insei.system.shown import say


def package(source: str, folder: Path, /, *, report: Path | None = None) -> None:
    """Copy a player out of its run, so that it can be given away; with its net as player.onnx.

    Example: `insei package runs/go7 players/go7 --report reports/gnugo7/report.json`.

    Parameters
    ----------
    source
        A run's folder, whose newest net is taken, or a player package.
    folder
        Where the package goes; it must not exist.
    report
        A tournament's report.json in which this very net played, for the card.
    """
    from insei.selfplay.packaging import package_player

    package_player(source, folder, report)
    say(f"{folder}: play it as search:{folder}")
