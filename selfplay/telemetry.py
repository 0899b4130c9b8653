"""What a run tells while it goes on: status, notices, curves."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from insei.selfplay.checkpoints import Progress
from insei.selfplay.curves import Curves
from insei.selfplay.data.columns import Rows
from insei.selfplay.health import Validation
from insei.selfplay.learner.learner import Learner
from insei.selfplay.learner.losses import Losses
from insei.selfplay.net_rating import NetRating, elos
from insei.selfplay.replay import ReplayBuffer
from insei.selfplay.reports.pictures import pictures_of
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import TrainConfig
from insei.selfplay.worker import PlayCounts
from insei.system.configuration import to_yaml


@dataclass(frozen=True)
class Status:
    """How a run stands."""

    generation: int
    generations: int  # wanted; 0: hours end the run
    games: int  # in the dataset
    rows: int
    steps: int
    window: int
    loss: float | None
    rating: dict[str, float]  # the newest net's share of points, by opponent
    positions_per_second: float
    seconds_left: float | None


@dataclass
class Generation:
    """What the generation under way has brought so far."""

    number: int
    began: float = field(default_factory=time.monotonic)
    losses: list[Losses] = field(default_factory=list)
    counts: PlayCounts = field(default_factory=PlayCounts)

    @property
    def seconds(self) -> float:
        """Time since it began."""
        return time.monotonic() - self.began


class Telemetry:
    """The voice of a run.

    Args:
        progress: where the run stands.
        watch: told the status, often.
        notice: told in one line what deserves a line.
    """

    def __init__(
        self,
        run: RunFolder,
        config: TrainConfig,
        progress: Progress,
        watch: Callable[[Status], None],
        notice: Callable[[str], None],
    ) -> None:
        self.run = run
        self.config = config
        self.watch = watch
        self.notice = notice
        self.began = time.monotonic() - progress.seconds
        self.curves = Curves(run.path / "tensorboard", progress.generation)
        self.curves.add_configuration(to_yaml(config), progress.generation)
        self.newest_rows: Rows | None = None  # of the newest generation's games
        self.shares: dict[str, float] = {}
        self.is_overfitting = False  # and a notice said so
        if ratings := run.ratings():
            self._remember(ratings[-1])

    def _remember(self, rating: NetRating) -> None:
        self.shares = rating.shares_on(self.config.rules, self.config.mix.boards)

    @property
    def seconds(self) -> float:
        """Time spent on the run, pauses not counted."""
        return time.monotonic() - self.began

    def show(
        self, progress: Progress, replay: ReplayBuffer, num_steps: int, generation: Generation
    ) -> None:
        """Tell the watcher how the run stands."""
        config = self.config
        done = config.share_done(progress.num_learned, progress.seconds)
        skipped = progress.lineage.skipped
        self.watch(
            Status(
                generation=progress.generation,
                generations=0 if config.hours else (config.generations or 0) + skipped,
                games=replay.dataset.num_games,
                rows=replay.dataset.num_rows,
                steps=num_steps,
                window=len(replay.learned),
                loss=generation.losses[-1].total if generation.losses else None,
                rating=self.shares,
                positions_per_second=generation.counts.positions / max(generation.seconds, 1e-3),
                seconds_left=self.seconds / done * (1 - done) if done else None,
            )
        )

    def generation_done(
        self,
        generation: Generation,
        rows: Rows,
        replay: ReplayBuffer,
        learner: Learner,
        share_done: float,
    ) -> None:
        """Draw a generation's losses, games and speed.

        Args:
            rows: of its games.
            share_done: of the run, while it learned.
        """
        self.newest_rows = rows
        numbers = {
            "window/rows": float(len(replay.learned)),
            "window/played_rows": float(replay.dataset.num_rows),
            "learner/steps": float(learner.num_steps),
            "learner/rate": learner.learning_rate(share_done),
        }
        self.curves.add(
            generation.number, generation.losses, generation.counts, generation.seconds, rows,
            numbers,
        )  # fmt: skip

    def validated(self, generation: int, validation: Validation | None) -> None:
        """Draw how the net does on games held out; a notice where overfitting begins."""
        if validation is None:
            return
        self.curves.add_validation(generation, validation)
        if validation.is_overfitting and not self.is_overfitting:
            self.notice(
                f"generation {generation + 1} overfits: its value loss on games held out is "
                f"{validation.value_gap:.3f} above that on games learned from; a lower reuse or "
                "more games a generation would help"
            )
        self.is_overfitting = validation.is_overfitting

    def rated(self, rating: NetRating) -> None:
        """Draw and log a net's rating, which is the run's newest; a notice for each failure."""
        for opponent, reason in rating.failures.items():
            self.notice(f"{opponent} failed in {reason}; the rating counts the others")
        boards, opponents = self.config.mix.boards, self.config.rating.opponents
        by_board = elos(self.run.ratings(), boards, next(iter(opponents), ""))
        self.curves.add_rating(rating, by_board)
        self._draw_pictures(rating.generation)
        self._remember(rating)
        shares = [f"{label} {score.share:.2f}" for label, score in rating.opponents.items()]
        ladder = [f"{board} {elo.elo:+.0f} Elo" for board, elo in by_board.items()]
        self.run.log(f"generation {rating.generation}: {', '.join(shares + ladder)}")

    def _draw_pictures(self, generation: int) -> None:
        """Draw the games that the newest generation played; none right after a restart."""
        if self.newest_rows is not None and len(self.newest_rows["ply"]):
            rules = self.config.rules
            pictures = pictures_of(self.newest_rows, rules.height, rules.width)
            self.curves.add_pictures(pictures, generation)
        self.newest_rows = None

    def close(self) -> None:
        """Flush the curves."""
        self.curves.close()
