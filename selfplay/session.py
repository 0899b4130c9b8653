"""A training run from Python.

    from insei.selfplay.session import train

    run = train("go5", settings=["generations=1"], watch=print)

begins or continues runs/go5, tells `print` how it stands, and returns where the net is.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from insei.selfplay.beginning import open_run
from insei.selfplay.loop import Status, Training
from insei.selfplay.mirror.mirror import mirrored
from insei.selfplay.named_programs import programs_of
from insei.selfplay.processes import processes_of
from insei.selfplay.reports.run_now import FaultCount, NowFile, now_of
from insei.selfplay.run import RunFolder, stops_in_words, write_config
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import to_yaml
from insei.system.errors import UserError
from insei.system.worker_range import WorkerRange


@dataclass(frozen=True)
class TrainedRun:
    """A run whose training is done."""

    path: Path
    config: TrainConfig
    generations_learned: int

    @property
    def player(self) -> str:
        """Its newest net with a search, by the player grammar."""
        return f"search:{self.path}"


def ignore(what: object) -> None:
    """Watch nothing."""


def train(
    source: Path | str,
    *,
    runs: Path | str = "runs",
    settings: Sequence[str] = (),
    address: str | None = None,
    watch: Callable[[Status], None] = ignore,
    notice: Callable[[str], None] = ignore,
) -> TrainedRun:
    """Train a run to its end, from a configuration or from where it stands.

    Args:
        source: a YAML file, or the name of a configuration that comes with insei, which begins a
            run or continues the one it began; or a run's folder.
        runs: where new runs go.
        settings: KEY=VALUE over the configuration, as "learner.batch_size=128".
        address: of a Ray cluster to join; None starts Ray on this machine.
        watch: told how the run stands, several times a second.
        notice: told in one line what deserves a line; the run's log has these lines too.

    Raises:
        ValueError: the source can't be used, or the loss is NaN or infinite.
        DiskFull: there is no room; the run is whole up to its newest checkpoint and games.
    """
    run, config = open_run(Path(source), Path(runs), settings)
    with closing(run):
        try:
            return train_run(run, config, address, watch, notice)
        except UserError:
            run.forget_unless_begun()  # so that the corrected command may begin it
            raise


def train_run(
    run: RunFolder,
    config: TrainConfig,
    address: str | None = None,
    watch: Callable[[Status], None] = ignore,
    notice: Callable[[str], None] = ignore,
) -> TrainedRun:
    """Train an open run to its end; see `train`."""

    def log(line: str) -> None:
        run.log(line)
        notice(line)

    now, faults = NowFile(run.path), FaultCount(log)
    num_workers = WorkerRange.of(config.workers).least

    def show(status: Status) -> None:
        if now.is_due:  # the loop tells at every turn
            now.show(now_of(status, num_workers, training.workers.present(), faults))
        watch(status)

    if said := run.rating_lines().notice:
        log(said)
    if programs := programs_of(config):
        log(f"its ratings start {', '.join(programs)}")
    with stops_in_words(run, "train"), mirrored(run.path, config.mirror, log):
        workers, learner = processes_of(config, address, log, faults.note)
        training = Training(run, config, workers, learner, show, log, faults.note)
        if to_yaml(config) != run.config_text:  # replaced once it is known to fit the run
            write_config(run.path, to_yaml(config))
        with closing(training):
            training.play()
    return TrainedRun(run.path, config, training.progress.num_learned)
