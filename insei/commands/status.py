"""`insei status`: how a run stands, on one screen."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.printing.run_line import silence_libraries
from insei.system.errors import UserError
from insei.system.shown import say, shown

if TYPE_CHECKING:
    from insei.selfplay.reports.run_status import RunCurves


def status(
    run: Path,
    /,
    *,
    watch: bool = False,
    every: Annotated[float, Parameter(validator=Number(gte=0.2, lte=3600))] = 5.0,
) -> None:
    """Say how a run of `insei train` or `insei learn` stands: progress, strength, losses, log.

    Example: `insei status runs/go7 --watch`. The run may be in training, and is not disturbed.

    Parameters
    ----------
    run
        The run's folder.
    watch
        Whether to go on, on the whole screen, until Control-C or the end of the training.
    every
        Seconds between two looks.
    """
    silence_libraries()
    from insei.printing.run_status import status_lines
    from insei.selfplay.reports.run_status import RunCurves, read_status

    curves = RunCurves(run)
    if watch:
        watch_run(run, curves, every)
    for line in status_lines(read_status(run, curves)):
        say(line)


def watch_run(run: Path, curves: "RunCurves", every: float) -> None:
    """Show the status until the training ends.

    Raises:
        UserError: there is no terminal to show it on.
    """
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from insei.printing.run_status import status_lines
    from insei.selfplay.reports.run_status import read_status

    console = Console()
    if not console.is_terminal:
        raise UserError("--watch wants a terminal; `insei status RUN` says once how the run stands")
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            found = read_status(run, curves)
            lines = status_lines(found, console.width)[: console.height]
            live.update(Text(shown("\n".join(lines)), no_wrap=True), refresh=True)
            if not found.holder:
                return
            time.sleep(every)
