"""Learning from records, from Python.

    from insei.selfplay.records.session import learn

    run = learn("records/club", "records19", watch=print)

begins or continues runs/records19. The run's folder is that of a training run without games: its
checkpoints are players, so that `net:runs/records19` plays, and other runs can start from it.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from insei.agents.net.torch_evaluator import device_of
from insei.selfplay.learner import Diverged
from insei.selfplay.records.accuracy import Accuracy
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.records.learning import LearnStatus, RecordLearning
from insei.selfplay.records.table import read_games
from insei.selfplay.run import CONFIG_FILE, RunFolder, write_config
from insei.selfplay.start import starting_net
from insei.system.configuration import build, differing, to_yaml, with_settings
from insei.system.errors import UserError
from insei.system.plain_yaml import parse_yaml, read_yaml
from insei.system.shipped_configurations import find_configuration


def ignore(what: object) -> None:
    """Watch nothing."""


@dataclass(frozen=True)
class LearnedRun:
    """A run that has learned from records to its end."""

    path: Path
    config: LearnConfig
    accuracy: Accuracy | None

    @property
    def player(self) -> str:
        """Its newest net, by the player grammar."""
        return f"net:{self.path}"


def open_run(
    source: Path, config_file: Path | None, runs: Path, settings: Sequence[str]
) -> tuple[RunFolder, LearnConfig]:
    """Begin a run on a dataset, or open the run that `source` means.

    Raises:
        UserError: neither a dataset nor a run, or a configuration that can't be used.
    """
    if (source / CONFIG_FILE).is_file():
        if config_file is not None:
            raise UserError(f"{source} is a run with its own configuration: wanted no other")
        return go_on(source, settings)
    values: dict[str, Any] = {"name": source.name}
    if config_file is not None:
        config_file = find_configuration(config_file, LearnConfig)
        values = {"name": config_file.stem} | read_yaml(config_file)
    values = with_settings(values | {"dataset": str(source)}, settings)
    try:
        config = build(LearnConfig, values)
    except UserError as error:
        raise UserError(f"{config_file or source}: {error}") from error
    check_beginning(config)
    path = runs / config.name
    if path.exists():
        run = RunFolder(path)
        began = build(LearnConfig, parse_yaml(run.config_text, str(path / CONFIG_FILE)))
        if keys := differing(began, config):
            run.close()
            raise UserError(
                f"{path} exists already, with another {', '.join(keys)}: `insei learn {path}` "
                "continues it as it is, --set name=... begins another"
            )
        return run, config
    return RunFolder.create(path, to_yaml(config)), config


def check_beginning(config: LearnConfig) -> None:
    """Check that a run can begin: its games, its device, and the net that it starts from.

    Raises:
        ValueError: one isn't there.
    """
    read_games(Path(config.dataset))
    device_of(config.learner.device)
    if config.start_from:
        starting_net(config)


def go_on(path: Path, settings: Sequence[str]) -> tuple[RunFolder, LearnConfig]:
    """Open the run in a folder."""
    with ExitStack() as stack:
        run = stack.enter_context(closing(RunFolder(path)))
        values = parse_yaml(run.config_text, str(path / CONFIG_FILE))
        began = build(LearnConfig, values)
        config = build(LearnConfig, with_settings(values, settings))
        for key in ("name", "seed", "start_from"):
            if getattr(config, key) != getattr(began, key):
                raise UserError(
                    f"{key} {getattr(config, key)!r}: this run began with {getattr(began, key)!r}, "
                    "wanted that, or a run of its own"
                )
        stack.pop_all()  # the run stays open
    return run, config


def learn(
    source: Path | str,
    config: Path | str | None = None,
    *,
    runs: Path | str = "runs",
    settings: Sequence[str] = (),
    watch: Callable[[LearnStatus], None] = ignore,
    notice: Callable[[str], None] = ignore,
) -> LearnedRun:
    """Learn from records to the end, from the beginning or from where a run stands.

    Args:
        source: the folder of a dataset, or of a run to continue.
        config: a YAML file for a new run, or the name of a configuration that comes with insei;
            None for the defaults.
        runs: where new runs go.
        settings: KEY=VALUE over the configuration, as "learner.batch_size=256".
        watch: told how the run stands, every few steps.
        notice: told in one line what deserves a line; the run's log has these lines too.

    Raises:
        ValueError: the source can't be used, or the loss is NaN or infinite.
    """
    file = Path(config) if config is not None else None
    run, resolved = open_run(Path(source), file, Path(runs), settings)
    with closing(run):

        def log(line: str) -> None:
            run.log(line)
            notice(line)

        games = read_games(Path(resolved.dataset))
        if to_yaml(resolved) != run.config_text:
            write_config(run.path, to_yaml(resolved))
        learning = RecordLearning(run, resolved, games, watch, log)
        try:
            with closing(learning):
                learning.learn()
        except Diverged as error:
            run.log(f"stopped: {error}")
            raise UserError(
                f"{run.path} stops, its loss is NaN or infinite ({error}); its newest checkpoint "
                f"is unharmed: `insei learn {run.path} --set learner.learning_rate=...` goes on"
            ) from error
        return LearnedRun(run.path, resolved, learning.accuracy)
