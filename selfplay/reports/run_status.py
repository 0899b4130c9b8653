"""How a run stands, read from its folder, whether it is in training or not.

    status = read_status(Path("runs/go5"))
    status.generation, status.hours, status.elos

Nothing is written, and nothing is held up.
"""

import os
import re
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from insei.agents.net.package import PlayerCard, read_card
from insei.engine.rules import Rules
from insei.selfplay.checkpoints import STATE_FILE, CheckpointState, Progress, checkpoints_of
from insei.selfplay.mirror.mirror import MirrorStatus, read_status_file
from insei.selfplay.net_rating import NetRating, elos
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.reports.run_now import RunNow, read_now
from insei.selfplay.run import DATASET, LOG_FILE, any_config_of, ratings_in
from insei.selfplay.train_config import TrainConfig
from insei.system.files import TEMPORARY, open_file
from insei.system.lock import holder_of
from insei.system.records import read_record
from insei.tournament.ratings import Rating

LOG_BYTES = 20_000  # of the log's end that are read
POINTS = 200  # of each curve that are kept
HEADS = ("policy", "outcome", "score", "ownership")
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .+")


@dataclass(frozen=True)
class DiskUse:
    """Bytes of a run's folder."""

    by_name: dict[str, int]  # of each folder in it, the largest first
    free: int  # on its disk


@dataclass(frozen=True)
class RunStatus:
    """A run at one moment."""

    path: Path
    config: TrainConfig | LearnConfig
    holder: str  # the process that trains it; empty if none does
    progress: Progress | None  # of the newest checkpoint; None before the first
    seconds_since: float | None  # that checkpoint was written
    card: PlayerCard | None  # of its net
    games: int
    rows: int
    ratings: list[NetRating]
    elos: dict[str, Rating]  # of the newest rated net, by board
    curves: dict[str, list[float]] = field(default_factory=dict)  # newest values by name
    log: tuple[str, ...] = ()  # its last lines
    now: RunNow | None = None  # as the command that trains it says; None if none does
    mirror: MirrorStatus | None = None  # its copy on shared storage, if it has one
    disk: DiskUse | None = None

    @property
    def command(self) -> str:
        """The command that continues it."""
        return "train" if isinstance(self.config, TrainConfig) else "learn"

    @property
    def generation(self) -> int:
        """The number of the newest checkpoint."""
        return self.progress.generation if self.progress else 0

    @property
    def seconds(self) -> float:
        """Spent on the run up to its newest checkpoint, pauses not counted."""
        return self.progress.seconds if self.progress else 0.0

    @property
    def games_a_minute(self) -> float:
        """Over the whole run up to its newest checkpoint; 0 if not known."""
        if not self.progress or not self.progress.num_games or not self.seconds:
            return 0.0
        return self.progress.num_games / self.seconds * 60

    @property
    def share_done(self) -> float:
        """How much of the run lies behind its newest checkpoint, 0 to 1."""
        if self.progress is None:
            return 0.0
        done = self.progress.num_learned
        if isinstance(self.config, LearnConfig):
            done = self.progress.num_steps
        return self.config.share_done(done, self.seconds)

    @property
    def seconds_left(self) -> float | None:
        """Until the run ends, by its pace so far; None before the first checkpoint."""
        done = self.share_done
        return self.seconds / done * (1 - done) if done else None

    @property
    def zero(self) -> str:
        """The player whose Elo is 0; empty where nobody is rated."""
        return zero_of(self.config)

    @property
    def boards(self) -> Sequence[Rules]:
        """That it learns; none where records decide."""
        return self.config.mix.boards if isinstance(self.config, TrainConfig) else ()


class RunCurves:
    """The curves of a run; reading them again reads only what is new."""

    def __init__(self, run: Path) -> None:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        kept = {"scalars": POINTS, "images": 1, "histograms": 1, "tensors": 1}
        self.events = EventAccumulator(str(run / "tensorboard"), size_guidance=kept)

    def read(self) -> dict[str, list[float]]:
        """The newest values of each curve, oldest first."""
        self.events.Reload()
        return {
            name: [point.value for point in self.events.Scalars(name)]
            for name in self.events.Tags()["scalars"]
        }


def read_status(path: Path, curves: RunCurves | None = None) -> RunStatus:
    """Read how the run in a folder stands.

    Args:
        curves: of the run; None leaves them out.

    Raises:
        UserError: there is no run, or its files are damaged.
    """
    config = any_config_of(path)
    checkpoint = newest_progress(path)
    progress, written, card = checkpoint or (None, None, None)
    ratings = ratings_in(path)
    boards = config.mix.boards if isinstance(config, TrainConfig) else ()
    zero = zero_of(config)
    holder = holder_of(path)
    now = read_now(path) if holder else None
    if now and str(now.process) != holder:  # of a command before, or of another machine
        now = None
    games, rows = (now.games, now.rows) if now else counts_of(path, config)
    return RunStatus(
        path,
        config,
        holder,
        progress,
        None if written is None else max(0.0, time.time() - written),
        card,
        games,
        rows,
        ratings,
        elos(ratings, boards, zero) if ratings else {},
        curves.read() if curves and (path / "tensorboard").is_dir() else {},
        log_lines(path),
        now,
        read_status_file(path) if isinstance(config, TrainConfig) and config.mirror else None,
        disk_use(path),
    )


def disk_use(path: Path) -> DiskUse:
    """How much of the disk a run's folder takes."""
    by_name = {
        entry.name: size_of(Path(entry))
        for entry in os.scandir(path)
        if entry.is_dir() and not entry.name.startswith(TEMPORARY)
    }
    largest_first = sorted(by_name.items(), key=lambda item: -item[1])
    return DiskUse(dict(largest_first), shutil.disk_usage(path).free)


def size_of(folder: Path) -> int:
    """The bytes of a folder's files, of those that nobody deletes meanwhile.

    Unfinished files and folders don't count: they may be second names of files that do.
    """
    total = 0
    for parent, folders, files in os.walk(folder):  # which passes over folders that are gone
        folders[:] = [name for name in folders if not name.startswith(TEMPORARY)]
        for name in files:
            if not name.startswith(TEMPORARY):
                with suppress(FileNotFoundError):
                    total += os.lstat(os.path.join(parent, name)).st_size
    return total


def zero_of(config: TrainConfig | LearnConfig) -> str:
    """The player whose Elo is 0 on the run's ladder; empty where there is none."""
    return next(iter(config.rating.opponents), "") if isinstance(config, TrainConfig) else ""


def newest_progress(path: Path) -> tuple[Progress, float, PlayerCard] | None:
    """The newest checkpoint's progress, when it was written, and its net's card."""
    for folder in reversed(checkpoints_of(path)):
        try:
            file = folder / STATE_FILE
            state = read_record(CheckpointState, file)
            return state.progress.progress, file.stat().st_mtime, read_card(folder)
        except FileNotFoundError:  # deleted meanwhile, as the oldest ones are
            continue
    return None


def counts_of(path: Path, config: TrainConfig | LearnConfig) -> tuple[int, int]:
    """Games and rows of a self-play run; zeros for a run from records."""
    if isinstance(config, TrainConfig) and (path / DATASET).exists():
        from insei.selfplay.data.loading import open_run_data

        data = open_run_data(path)
        return data.num_games, data.num_rows
    return 0, 0


def log_lines(path: Path) -> tuple[str, ...]:
    """The last lines of the run's log."""
    file = path / LOG_FILE
    if not file.is_file():
        return ()
    with open_file(file, os.O_RDONLY) as log:
        log.seek(max(0, file.stat().st_size - LOG_BYTES))
        lines = log.read().decode(errors="replace").splitlines()
    return tuple(line for line in lines if STAMP.fullmatch(line))
