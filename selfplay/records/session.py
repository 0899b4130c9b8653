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
from insei.selfplay.beginning import check_kept, check_same
from insei.selfplay.records.accuracy import Accuracy
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.records.learning import LearnStatus, RecordLearning
from insei.selfplay.records.recorded_games import RecordedGames
from insei.selfplay.records.table import read_games
from insei.selfplay.run import (
    CONFIG_FILE,
    RunFolder,
    config_in,
    stops_in_words,
    values_in,
    write_config,
)
from insei.selfplay.start import starting_net
from insei.system.configuration import build, to_yaml, with_settings
from insei.system.errors import UserError
from insei.system.plain_yaml import read_yaml
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


@dataclass(frozen=True)
class OpenRun:
    """A run that is to begin or to go on."""

    run: RunFolder
    config: LearnConfig
    games: RecordedGames


def begin(source: Path, config_file: Path | None, runs: Path, settings: Sequence[str]) -> OpenRun:
    """Begin a run on a dataset, or open the one of its name that began so.

    Raises:
        UserError: it can't be used: the dataset, the configuration, its device or its first net.
    """
    values: dict[str, Any] = {"name": source.name}
    if config_file is not None:
        config_file = find_configuration(config_file, LearnConfig)
        values = {"name": config_file.stem} | read_yaml(config_file)
    values = with_settings(values | {"dataset": str(source)}, settings)
    try:
        config = build(LearnConfig, values)
    except UserError as error:
        raise UserError(f"{config_file or source}: {error}") from error
    games = read_games(source)  # before there is a folder, as the other checks
    device_of(config.learner.device)
    if config.start_from:
        starting_net(config)
    path = runs / config.name
    if path.exists():
        check_same(path, config, "learn")
        return OpenRun(RunFolder(path), config, games)
    return OpenRun(RunFolder.create(path, to_yaml(config)), config, games)


def go_on(path: Path, settings: Sequence[str]) -> OpenRun:
    """Open the run in a folder."""
    with ExitStack() as stack:
        run = stack.enter_context(closing(RunFolder(path)))
        values = values_in(path, LearnConfig)
        began = config_in(path, values, LearnConfig)
        config = build(LearnConfig, with_settings(values, settings))
        check_kept(config, began, has_learned=True)
        opened = OpenRun(run, config, read_games(Path(config.dataset)))
        stack.pop_all()  # the run stays open
    return opened


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
        DiskFull: there is no room; the run is whole up to its newest checkpoint.
    """
    source, file = Path(source), Path(config) if config is not None else None
    is_run = (source / CONFIG_FILE).is_file()
    if is_run and file is not None:
        raise UserError(f"{source} is a run with its own configuration: wanted no other")
    opened = go_on(source, settings) if is_run else begin(source, file, Path(runs), settings)
    run, resolved = opened.run, opened.config
    with closing(run):

        def log(line: str) -> None:
            run.log(line)
            notice(line)

        with stops_in_words(run, "learn"):
            learning = RecordLearning(run, resolved, opened.games, watch, log)
            if to_yaml(resolved) != run.config_text:  # replaced once it is known to fit the run
                write_config(run.path, to_yaml(resolved))
            with closing(learning):
                learning.learn()
        return LearnedRun(run.path, resolved, learning.accuracy)
