"""`insei train`: self-play, learning, rating, in a folder that survives any crash."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from insei.commands.configurations import show_configurations
from insei.commands.options import Address, List
from insei.printing.run_line import RunLine, silence_libraries
from insei.system.shown import say


def train(
    source: Path | None = None,
    /,
    *,
    runs: Path = Path("runs"),
    set_: Annotated[list[str] | None, Parameter(name="--set")] = None,
    address: Address = None,
    list_: List = False,
) -> None:
    """Learn Go by self-play: start a run from a configuration, or continue one.

    `insei train go5` begins runs/go5 by a configuration that comes with insei. The same command, or
    `insei train runs/go5`, continues it after a stop or a crash from its last checkpoint. Ray is
    started on this machine unless an address is given. `tensorboard --logdir runs` shows the
    curves. The player, while it learns too, is `net:runs/go5` or `search:runs/go5,visits=100`.
    docs/configuration.md lists every key of a configuration with its default and bounds.

    Parameters
    ----------
    source
        A YAML file, or the name of a configuration that comes with insei, which begins a run or
        continues the one that it began; or a run's folder. What lies here goes before what comes
        with insei.
    runs
        Where new runs go.
    set_
        KEY=VALUE over the configuration, as in `--set generations=20 --set learner.batch_size=128`.
    """
    silence_libraries()
    if list_ or source is None:
        from insei.selfplay.train_config import TrainConfig

        show_configurations(TrainConfig, "source", list_)
        return
    from insei.selfplay import session

    with RunLine() as line:
        run = session.train(
            source,
            runs=runs,
            settings=set_ or [],
            address=address,
            watch=line.show,
            notice=line.notice,
        )
    from insei.printing.run_status import finished_lines
    from insei.selfplay.reports.run_status import read_status

    for said in finished_lines(read_status(run.path), run.player):
        say(said)
