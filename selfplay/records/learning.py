"""A run that learns from records: steps, checkpoints, accuracy on games held out.

The batch of a step depends on the seed and the step alone. A run that is stopped at any moment
goes on from its newest checkpoint as if it had never stopped.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.utils.tensorboard import SummaryWriter

from insei.agents.net.package import PlayerCard, read_card
from insei.selfplay.checkpoints import Progress, checkpoints_of
from insei.selfplay.curves import in_code
from insei.selfplay.data.batch import Batch
from insei.selfplay.learner.learner import Learner
from insei.selfplay.learner.losses import Losses
from insei.selfplay.lineage import Lineage
from insei.selfplay.records.accuracy import Accuracy, accuracies, answers_to
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.records.recorded_games import RecordedGames
from insei.selfplay.records.sampler import RecordSampler, is_held_out
from insei.selfplay.run import RunFolder
from insei.selfplay.start import take_starting_net
from insei.system.configuration import to_yaml
from insei.system.errors import UserError

BATCHES_AHEAD = 4
ROWS_AT_A_TIME = 256
STEPS_SHOWN = 20  # between two looks at the run


@dataclass(frozen=True)
class LearnStatus:
    """How a run stands."""

    generation: int  # number of the newest checkpoint
    steps: int
    rows: int  # learned from, repeats counted
    loss: float | None  # None before the first step
    accuracy: Accuracy | None  # of the newest checkpoint, on games held out
    rows_per_second: float
    seconds_left: float | None


@contextmanager
def drawn_ahead(
    sampler: RecordSampler, first_step: int, batch_size: int
) -> Iterator[Callable[[], Batch]]:
    """Draw the batches of the steps to come in a thread; gives what returns the next one."""
    ready: queue.Queue[Batch | BaseException] = queue.Queue(BATCHES_AHEAD)
    is_over = threading.Event()

    def put(item: Batch | BaseException) -> None:
        while not is_over.is_set():
            with suppress(queue.Full):
                ready.put(item, timeout=0.1)
                return

    def draw() -> None:
        step = first_step
        try:
            while not is_over.is_set():
                put(sampler.batch(step, batch_size))
                step += 1
        except BaseException as error:  # told where the batch is wanted
            put(error)

    def next_batch() -> Batch:
        found = ready.get()
        if isinstance(found, BaseException):
            raise found
        return found

    thread = threading.Thread(target=draw, daemon=True)
    thread.start()
    try:
        yield next_batch
    finally:
        is_over.set()
        thread.join()


class RecordLearning:
    """A run under way.

    Args:
        run: its folder.
        config: as resolved.
        games: to learn from, those held out among them.
        watch: told how the run stands, often.
        notice: told in one line what deserves a line.

    Raises:
        ValueError: the newest checkpoint is damaged or does not fit the configuration, or there
            are too few games.
    """

    def __init__(
        self,
        run: RunFolder,
        config: LearnConfig,
        games: RecordedGames,
        watch: Callable[[LearnStatus], None],
        notice: Callable[[str], None],
    ) -> None:
        self.run = run
        self.config = config
        self.games = games
        self.watch = watch
        self.notice = notice
        held = is_held_out(games.ids, config.held_out)
        groups = config.network.plane_groups
        try:
            self.sampler = RecordSampler(games, ~held, groups, config.seed)
            self.held_out = RecordSampler(games, held, groups, config.seed) if held.any() else None
        except ValueError as error:
            raise UserError(f"{config.dataset}: {error}") from error
        self.learner = Learner(config.network, config.learner, config.seed)
        self.progress, self.started_from = begin_or_resume(run, config, self.learner)
        self.accuracy: Accuracy | None = None
        self.writer = SummaryWriter(
            str(run.path / "tensorboard"), purge_step=self.progress.num_steps + 1
        )
        self.writer.add_text("configuration", in_code(to_yaml(config)), self.progress.num_steps)

    @property
    def batch_size(self) -> int:
        """Rows of a step."""
        return self.config.learner.batch_size

    def learn(self) -> None:
        """Take steps until the configured number, or the hours, are reached."""
        if not self.run.has_checkpoint(self.progress.generation):
            self.save(self.progress)
        while self.config.share_done(self.learner.num_steps, self.progress.seconds) < 1:
            self.one_checkpoint()

    def one_checkpoint(self) -> None:
        """Take the steps up to the next checkpoint; write and validate it."""
        clock = Clock(self.progress.seconds)
        every, first = self.config.checkpoint_every, self.learner.num_steps
        losses: list[Losses] = []
        self.show(self.progress.num_rows_learned, losses, clock)
        with drawn_ahead(self.sampler, first, self.batch_size) as next_batch:
            while not losses or self.learner.num_steps % every:
                done = self.config.share_done(self.learner.num_steps, clock.seconds)
                if done >= 1 and losses:
                    break
                losses.append(self.learner.step(next_batch(), done))
                if len(losses) % STEPS_SHOWN == 0:
                    rows = self.progress.num_rows_learned + len(losses) * self.batch_size
                    self.show(rows, losses, clock)
        self.progress = Progress(
            self.progress.lineage.next(),
            self.learner.num_steps,
            self.progress.num_rows_learned + len(losses) * self.batch_size,
            self.progress.random_state,
            clock.seconds,
        )
        self.save(self.progress)
        self.draw_curves(losses, clock)
        self.show(self.progress.num_rows_learned, losses, clock)

    def show(self, rows: int, losses: list[Losses], clock: "Clock") -> None:
        """Tell the watcher how the run stands, after so many rows and these losses."""
        done = self.config.share_done(self.learner.num_steps, clock.seconds)
        recent = [step.total for step in losses[-STEPS_SHOWN:]]
        self.watch(
            LearnStatus(
                generation=self.progress.generation,
                steps=self.learner.num_steps,
                rows=rows,
                loss=float(np.mean(recent)) if recent else None,
                accuracy=self.accuracy,
                rows_per_second=len(losses) * self.batch_size / clock.since_start,
                seconds_left=clock.seconds / done * (1 - done) if done else None,
            )
        )

    def save(self, progress: Progress) -> None:
        """Write a checkpoint, and delete the oldest beyond those kept."""
        self.run.save(
            progress,
            self.learner.playing_weights(),
            card_of(self.config, self.games, progress, self.started_from),
            self.learner.state(),
            self.config.keep_checkpoints,
        )

    def validate(self) -> dict[str, Accuracy]:
        """The playing net's accuracy on games held out, in all and by phase; the same positions
        each time."""
        if self.held_out is None:
            return {}
        held = self.held_out
        games, plies = held.draw(
            np.random.default_rng(self.config.seed), self.config.validated_rows
        )
        answers = []
        for at in range(0, len(games), ROWS_AT_A_TIME):
            here = slice(at, at + ROWS_AT_A_TIME)
            unturned = np.zeros(len(games[here]), np.uint8)
            batch = held.batch_of(games[here], plies[here], unturned)
            answers.append(answers_to(self.learner, batch))
        return accuracies(answers, plies / self.games.sizes[games].prod(1, dtype=np.int64))

    def draw_curves(self, losses: list[Losses], clock: "Clock") -> None:
        """Validate; write the curves of the steps since the last checkpoint; log a line."""
        step = self.learner.num_steps
        for name in asdict(losses[0]):
            mean = float(np.mean([getattr(each, name) for each in losses]))
            self.writer.add_scalar(f"loss/{name}", mean, step)
        rate = len(losses) * self.batch_size / clock.since_start
        self.writer.add_scalar("speed/rows_per_second", rate, step)
        found = self.validate()
        for phase, accuracy in found.items():
            for name, value in asdict(accuracy).items():
                if np.isfinite(value):
                    self.writer.add_scalar(f"accuracy_{phase}/{name}", value, step)
        self.writer.flush()
        if found:
            self.accuracy = found["all"]
            self.run.log(f"step {step}: {accuracy_line(self.accuracy)}")

    def close(self) -> None:
        """Flush the curves."""
        self.writer.close()


class Clock:
    """The time that a run has taken, pauses not counted."""

    def __init__(self, before: float) -> None:
        self.before = before
        self.began = time.monotonic()

    @property
    def since_start(self) -> float:
        """Seconds since this clock was made, above 0."""
        return max(time.monotonic() - self.began, 1e-6)

    @property
    def seconds(self) -> float:
        """Seconds of the run."""
        return self.before + self.since_start


def begin_or_resume(
    run: RunFolder, config: LearnConfig, learner: Learner
) -> tuple[Progress, dict[str, Any] | None]:
    """Put the learner where the run's newest checkpoint says.

    Returns:
        the progress, and the training of the net that the run began with; None: random weights.

    Raises:
        ValueError: the newest checkpoint is damaged, or the player to start from is not there.
    """
    checkpoint = run.newest()
    if checkpoint is None:
        started_from = take_starting_net(config, learner) if config.start_from else None
        # Nothing is drawn from it: a batch depends on its step alone.
        unused = np.random.default_rng(config.seed).bit_generator.state
        return Progress(Lineage(), 0, 0, dict(unused), 0.0), started_from
    progress, state = checkpoint
    learner.restore(state, progress.num_steps)
    return progress, read_card(checkpoints_of(run.path)[-1]).training.get("started_from")


def card_of(
    config: LearnConfig,
    games: RecordedGames,
    progress: Progress,
    started_from: dict[str, Any] | None,
) -> PlayerCard:
    """What is known of a run's net; board, komi and scoring are those of most of its games."""
    height, width = most_common(games.sizes)
    return PlayerCard(
        config.network,
        int(width),
        int(height),
        float(most_common(games.komi)),
        training={
            "run": config.name,
            "records": Path(config.dataset).name,
            "games": len(games),
            "positions": int(games.starts[-1]),
            "rows": progress.num_rows_learned,
            "steps": progress.num_steps,
            "hours": round(progress.seconds / 3600, 4),
            **({"started_from": started_from} if started_from else {}),
        },
        scoring="territory" if most_common(games.territory) else "area",
    )


def most_common(values: NDArray) -> Any:
    """The value, or row, that occurs most often."""
    found, counts = np.unique(values, axis=0, return_counts=True)
    return found[counts.argmax()]


def accuracy_line(accuracy: Accuracy) -> str:
    """An accuracy for the log and the terminal."""
    return (
        f"top-1 {accuracy.top1:.2%}, top-5 {accuracy.top5:.2%}, policy loss {accuracy.policy:.4f}, "
        f"outcome loss {accuracy.outcome:.4f}"
    )
