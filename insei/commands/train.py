"""`insei train`: self-play, learning, rating, in a folder that survives any crash."""

import os
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.commands.options import Address
from insei.system.configuration import (
    build,
    differing,
    parse_yaml,
    read_yaml,
    to_yaml,
    with_settings,
)

if TYPE_CHECKING:
    from insei.selfplay.crew import Crew
    from insei.selfplay.run import RunFolder
    from insei.selfplay.telemetry import Status
    from insei.selfplay.train_config import TrainConfig


def train(
    source: Path,
    /,
    *,
    runs: Path = Path("runs"),
    set_: Annotated[list[str] | None, Parameter(name="--set")] = None,
    address: Address = None,
) -> None:
    """Learn Go by self-play: start a run from a configuration, or continue one.

    `insei train configs/go5.yaml` begins runs/go5; the same command, or `insei train runs/go5`,
    goes on with it after a stop or a crash, exactly where its last checkpoint and its games say.
    Ray is started on this machine by itself. Watch the curves with `tensorboard --logdir runs`;
    seat the player, while it learns too, as `net:runs/go5` or `search:runs/go5,visits=100`.

    Parameters
    ----------
    source
        A YAML file that begins a run, or continues the one that it began; or a run's folder.
    runs
        Where new runs go.
    set_
        KEY=VALUE over the configuration, as in `--set generations=20 --set learner.batch_size=128`.
    """
    from insei.selfplay.run import RunFolder

    run, config = open_run(source, runs, set_ or [], RunFolder)
    try:
        conduct(run, config, address)
    finally:
        run.close()


def open_run(
    source: Path, runs: Path, settings: list[str], folder: "type[RunFolder]"
) -> "tuple[RunFolder, TrainConfig]":
    """Make or open the run that `source` means; its configuration with the settings over it.

    Raises:
        ValueError: neither a configuration nor a run, or one that can't be used.
    """
    from insei.selfplay.train_config import TrainConfig

    if source.is_dir():
        run = folder(source)
        try:
            values = parse_yaml(run.config_text, str(run.path / "config.yaml"))
            began = build(TrainConfig, values)
            config = build(TrainConfig, with_settings(values, settings))
            check_kept(config, began, run.newest() is not None)
            check_opponents(config)
            check_devices(config)
        except ValueError:
            run.close()
            raise
        return run, config
    if not source.exists():
        raise ValueError(f"no file {source}: wanted a YAML configuration, or a run's folder")
    values = with_settings({"name": source.stem} | read_yaml(source), settings)
    try:
        config = build(TrainConfig, values)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error
    path = runs / config.name
    if path.exists():
        check_same(path, config)
        return folder(path), config
    check_beginning(config)  # refused before there is a folder
    return folder.create(path, to_yaml(config)), config


def check_kept(config: "TrainConfig", began: "TrainConfig", has_learned: bool) -> None:
    """See that a run keeps its name, and once it has learned what that began with.

    Raises:
        ValueError: it doesn't.
    """
    for key in ("name", "seed", "start_from") if has_learned else ("name",):
        given, kept = getattr(config, key), getattr(began, key)
        if given != kept:
            raise ValueError(
                f"{key} {given!r}: this run began with {kept or 'random weights'!r}, "
                "wanted that, or a run of its own"
            )


def check_same(path: Path, config: "TrainConfig") -> None:
    """See that the run in a folder has this configuration, and can go on by it.

    Raises:
        ValueError: it has another, or there is no run.
    """
    if keys := differing(read_config(path), config):
        raise ValueError(
            f"{path} exists already, with another {', '.join(keys)}: `insei train {path}` "
            "continues it as it is, --set name=... begins another"
        )


def check_beginning(config: "TrainConfig") -> None:
    """See that a run can begin: opponents, device, and the net it starts from are there.

    Raises:
        ValueError: one isn't.
    """
    from insei.selfplay.start import starting_net

    check_opponents(config)
    check_devices(config)
    if config.start_from:
        starting_net(config)


def check_devices(config: "TrainConfig") -> None:
    """See that what is to be computed on is there.

    Raises:
        ValueError: it isn't.
    """
    from insei.agents.net.torch_evaluator import device_of

    device_of(config.learner.device)
    if config.selfplay.gpus and config.workers == 0:  # on Ray the GPUs may be elsewhere
        device_of("cuda")


def check_opponents(config: "TrainConfig") -> None:
    """See that the opponents of a run's ratings can be seated.

    Raises:
        ValueError: one can't.
    """
    from insei.agents.grammar import make_player

    for name in config.rating.opponents if config.rating.every else ():
        try:
            make_player(name).close()
        except ValueError as error:
            raise ValueError(f"rating.opponents: {error}") from error


def config_of(run: "RunFolder") -> "TrainConfig":
    """The configuration as resolved when the run began."""
    from insei.selfplay.train_config import TrainConfig

    return build(TrainConfig, parse_yaml(run.config_text, str(run.path / "config.yaml")))


def read_config(path: Path) -> "TrainConfig":
    """The configuration of the run in a folder, without a claim to it.

    Raises:
        ValueError: there is no run.
    """
    from insei.selfplay.run import CONFIG_FILE
    from insei.selfplay.train_config import TrainConfig

    file = path / CONFIG_FILE
    if not file.is_file():
        raise ValueError(f"{path} is no run: wanted {CONFIG_FILE} in it")
    return build(TrainConfig, parse_yaml(file.read_text(), str(file)))


def conduct(run: "RunFolder", config: "TrainConfig", address: str | None) -> None:
    """Train until the run is done, telling the terminal how it stands.

    Raises:
        DiskFull: there is no room; the run is whole up to its newest checkpoint and games.
        ValueError: the loss is no number any more; likewise.
    """
    quieten()
    from insei.selfplay.learner import Diverged
    from insei.selfplay.loop import Training
    from insei.selfplay.run import DiskFull, is_disk_full, write_config

    try:
        with Terminal(run) as terminal:
            crew_maker = partial(make_crew, config, address, terminal.notice)
            training = Training(run, config, crew_maker, terminal.show, terminal.notice)
            if to_yaml(config) != run.config_text:  # what it was set to, now that it fits the run
                write_config(run.path, to_yaml(config))
            try:
                training.play()
            finally:
                training.close()
    except Diverged as error:
        run.log(f"stopped: {error}")
        raise ValueError(
            f"{run.path} stops, its loss is no number any more ({error}); its newest checkpoint is "
            f"unharmed: `insei train {run.path} --set learner.learning_rate=...` goes on, lower"
        ) from error
    except (OSError, RuntimeError, ValueError) as error:  # Lance raises each of them
        if not is_disk_full(error):
            raise
        raise DiskFull(
            f"no room on the disk for {run.path}: the run stops, and nothing in it is lost; "
            f"make room, then `insei train {run.path}` goes on"
        ) from error
    learned = training.progress.num_learned
    print(f"{run.path}: {learned} generations learned; play it as search:{run.path}")


def quieten() -> None:
    """Silence warnings of libraries about what we do on purpose."""
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    warnings.filterwarnings("ignore", message=".*fork.*", category=UserWarning)


def make_crew(
    config: "TrainConfig", address: str | None, notice: Callable[[str], None], seed: int
) -> "Crew":
    """Workers as the configuration wants them: in this process, or on Ray."""
    import numpy as np

    from insei.selfplay.crew import PATIENCE_SECONDS, CrewActor, LocalCrew, PoolCrew
    from insei.selfplay.worker import MakeEvaluator, Worker, compiled
    from insei.system.actor_pool import ActorPool

    gpus = config.selfplay.gpus
    make_evaluator: MakeEvaluator = partial(
        compiled,
        config.network,
        config.rules.height,
        config.rules.width,
        config.selfplay.precision,
    )
    if gpus:
        from insei.selfplay.on_gpu import NetsOnGpu

        make_evaluator = NetsOnGpu(config.network)

    def make_worker(index: int) -> Worker:
        worker_seed = int(np.random.SeedSequence([seed, index]).generate_state(1)[0])
        return Worker(config.mix, config.selfplay, make_evaluator, worker_seed)

    per_call = config.selfplay.games_per_call
    if config.workers == 0:
        return LocalCrew(make_worker(0), per_call)
    from insei.system.ray_actors import RayActors
    from insei.system.ray_session import check_gpus, start_ray

    start_ray(config.workers, address)
    check_gpus(config.workers, gpus)
    make_actor = partial(CrewActor, make_worker)
    pool = ActorPool(RayActors(gpus), make_actor, config.workers, notice, PATIENCE_SECONDS)
    return PoolCrew(pool, per_call)


class Terminal:
    """A line that moves where there is a terminal, a line a generation where there is none."""

    def __init__(self, run: "RunFolder") -> None:
        from rich.console import Console
        from rich.live import Live

        self.run = run
        self.console = Console(stderr=False)
        self.live = Live(console=self.console, auto_refresh=False, transient=True)
        self.shown_generation = -1
        self.shown_at = 0.0

    def __enter__(self) -> "Terminal":
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.console.is_terminal:
            self.live.stop()

    def show(self, status: "Status") -> None:
        """Say how the run stands."""
        is_new = status.generation != self.shown_generation
        if self.console.is_terminal:
            now = time.monotonic()
            if is_new or now - self.shown_at > 0.25:
                self.shown_at = now
                self.live.update(status_line(status), refresh=True)
        elif is_new and self.shown_generation >= 0:
            print(status_line(status), flush=True)
        self.shown_generation = status.generation

    def notice(self, line: str) -> None:
        """Print a line that stays, and keep it in the run's log."""
        self.run.log(line)
        if self.console.is_terminal:
            self.console.print(line, highlight=False)
        else:
            print(line, file=sys.stderr, flush=True)


def status_line(status: "Status") -> str:
    """Generation, games, rows, loss, rating, speed and time left."""
    parts = [
        f"generation {status.generation}"
        + (f"/{status.generations}" if status.generations else ""),
        f"games {status.games:,}",
        f"rows {status.rows:,} (window {status.window:,})",
        f"steps {status.steps:,}",
    ]
    if status.loss is not None:
        parts.append(f"loss {status.loss:.3f}")
    parts += [f"{name} {share:.0%}" for name, share in status.rating.items()]
    parts.append(f"{status.positions_per_second:,.0f} positions/s")
    if status.seconds_left is not None:
        parts.append(f"{status.seconds_left / 60:.0f} min left")
    return ", ".join(parts)
