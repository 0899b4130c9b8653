"""How a run begins or goes on: its folder, its configuration, and whether both fit."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from insei.selfplay.mirror.store import open_store
from insei.selfplay.named_programs import check_named, programs_of, remember
from insei.selfplay.run import C, RunFolder, config_in, config_of, values_in
from insei.selfplay.start import starting_net
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import build, differing, to_yaml, with_settings
from insei.system.errors import UserError
from insei.system.plain_yaml import read_yaml
from insei.system.shipped_configurations import find_configuration
from insei.system.worker_range import WorkerRange


def open_run(source: Path, runs: Path, settings: Sequence[str]) -> tuple[RunFolder, TrainConfig]:
    """Make or open the run that `source` means.

    Args:
        source: a YAML file, or the name of a configuration that comes with insei, which begins a
            run or continues the one it began; or a run's folder.
        runs: where new runs go.
        settings: KEY=VALUE over the configuration.

    Returns:
        the run's folder, to be closed by the caller, and its configuration with the settings.

    Raises:
        ValueError: neither a configuration nor a run, or one that can't be used.
    """
    if source.is_dir():
        return go_on(source, settings)
    source = find_configuration(source, TrainConfig, "a run's folder, ")
    values = with_settings({"name": source.stem} | read_yaml(source), settings)
    try:
        config = build(TrainConfig, values)
    except UserError as error:
        raise UserError(f"{source}: {error}") from error
    path = runs / config.name
    if path.exists():
        check_same(path, config, "train")
        remember(programs_of(config))
        return RunFolder(path), config
    check_beginning(config)  # before there is a folder
    remember(programs_of(config))
    return RunFolder.create(path, to_yaml(config)), config


def go_on(path: Path, settings: Sequence[str]) -> tuple[RunFolder, TrainConfig]:
    """Open the run in a folder; see `open_run`."""
    with ExitStack() as stack:
        run = stack.enter_context(closing(RunFolder(path)))
        values = values_in(path, TrainConfig)
        began = config_in(path, values, TrainConfig)
        config = build(TrainConfig, with_settings(values, settings))
        check_named(path, config, settings)
        has_learned = run.newest() is not None
        check_kept(config, began, has_learned)
        if has_learned:
            check_komi(config, began)
        check_opponents(config)
        check_devices(config)
        stack.pop_all()  # the run stays open
    return run, config


def check_kept(config: C, began: C, has_learned: bool) -> None:
    """Check that a run keeps its name, and once it has learned also its seed and first net.

    Raises:
        ValueError: it doesn't.
    """
    for key in ("name", "seed", "start_from") if has_learned else ("name",):
        given, kept = getattr(config, key), getattr(began, key)
        if given != kept:
            raise UserError(
                f"{key} {given!r}: this run began with {kept or 'random weights'!r}, "
                "wanted that, or a run of its own"
            )


def check_komi(config: TrainConfig, began: TrainConfig) -> None:
    """Check that each board keeps its komi, which its games of before were played with.

    Raises:
        UserError: it doesn't.
    """
    for board in config.mix.boards:
        for same in began.mix.boards:
            if board.size_name == same.size_name and board.komi != same.komi:
                raise UserError(
                    f"komi {board.komi:g} on {board.size_name}: this run began with "
                    f"{same.komi:g}, wanted that, or a run of its own"
                )


def check_same(path: Path, config: C, command: str) -> None:
    """Check that the run in a folder has this configuration.

    Args:
        command: that continues it, "train" or "learn".

    Raises:
        ValueError: it has another, or there is no run.
    """
    if keys := differing(config_of(path, type(config)), config):
        raise UserError(
            f"{path} exists already, with another {', '.join(keys)}: `insei {command} {path}` "
            "continues it as it is, --set name=... begins another"
        )


def check_beginning(config: TrainConfig) -> None:
    """Check that a run can begin: its opponents, its device, its mirror, and its first net.

    Raises:
        ValueError: one isn't there.
    """
    check_opponents(config)
    check_devices(config)
    if config.mirror:
        open_store(config.mirror)
    if config.start_from:
        starting_net(config)


def check_devices(config: TrainConfig) -> None:
    """Check that the devices to compute on are there, as far as this machine can say.

    On Ray they may be elsewhere: the learner's process checks its own, and Ray counts the workers'.

    Raises:
        ValueError: one isn't, or has no such name.
    """
    from insei.agents.net.torch_evaluator import device_of, named_device

    if not WorkerRange.of(config.workers).is_none:
        named_device(config.learner.device)
        return
    device_of(config.learner.device)
    if config.selfplay.gpus:
        device_of("cuda")


def check_opponents(config: TrainConfig) -> None:
    """Check that the opponents of a run's ratings can play.

    Raises:
        ValueError: one can't.
    """
    from insei.agents.grammar import make_player

    for name in config.rating.opponents if config.rating.every else ():
        try:
            make_player(name).close()
        except ValueError as error:
            raise UserError(f"rating.opponents: {error}") from error
