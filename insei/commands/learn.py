"""`insei learn`: a net from game records, in a folder that survives any crash."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.printing.run_line import RunLine, silence_libraries
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.records.learning import LearnStatus


def learn(
    source: Path,
    /,
    *,
    config: str | None = None,
    runs: Path = Path("runs"),
    set_: Annotated[list[str] | None, Parameter(name="--set")] = None,
) -> None:
    """Learn Go from game records: fit a net to the moves and winners of a dataset.

    `insei import games.sgf.gz --into records/club` makes a dataset of records.
    `insei learn records/club --config records19` begins runs/records19, and
    `insei learn runs/records19` continues it from its last checkpoint after a stop or a crash.
    `tensorboard --logdir runs` shows the accuracy on games held out. The player, while it learns
    too, is `net:runs/records19` or `search:runs/records19,visits=100`.

    Parameters
    ----------
    source
        The folder of a dataset, or that of a run to continue.
    config
        A YAML file for a new run, or the name of a configuration that comes with insei; without
        one, every value is the default.
    runs
        Where new runs go.
    set_
        KEY=VALUE over the configuration, as in `--set steps=1000 --set network.channels=64`.
    """
    silence_libraries()
    from insei.selfplay.records import session

    with RunLine(line_of) as line:
        run = session.learn(
            source, config, runs=runs, settings=set_ or [], watch=line.show, notice=line.notice
        )
    from insei.printing.run_status import finished_lines
    from insei.selfplay.reports.run_status import read_status

    for said in finished_lines(read_status(run.path), f"{run.player}, or search:{run.path}"):
        say(said)


def line_of(status: "LearnStatus") -> str:
    """Steps, rows, loss, accuracy, speed and time left."""
    parts = [f"steps {status.steps:,}", f"rows {status.rows:,}"]
    if status.loss is not None:
        parts.append(f"loss {status.loss:.3f}")
    if status.accuracy is not None:
        parts.append(f"top-1 {status.accuracy.top1:.1%} on games held out")
    parts.append(f"{status.rows_per_second:,.0f} rows/s")
    if status.seconds_left is not None:
        parts.append(f"{status.seconds_left / 60:.0f} min left")
    return ", ".join(parts)
