"""What a run tells while it goes on: status, notices, curves."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from insei.selfplay.checkpoints import Progress
from insei.selfplay.curves import Curves
from insei.selfplay.health import Validation
from insei.selfplay.learner.losses import Losses
from insei.selfplay.learner.windowed_learner import NetSnapshot
from insei.selfplay.net_rating import NetRating, elos
from insei.selfplay.reports.pictures import Picture
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import TrainConfig
from insei.selfplay.worker import PlayCounts
from insei.system.configuration import to_yaml

SPEED_SECONDS = 60.0  # over which the status counts
MARK_SECONDS = 1.0  # between two moments at which it can begin to


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
    evaluations_per_second: float = 0.0
    lag: float = 0.0  # nets that the learner is behind the games; up to 1 while it keeps pace
    waiting: int = 0  # games that are not committed yet
    commits: int = 0  # since the command began
    busy_share: float = 0.0  # of the workers' time that they play


@dataclass
class Generation:
    """What the generation under way has brought so far."""

    number: int
    began: float = field(default_factory=time.monotonic)
    losses: list[Losses] = field(default_factory=list)
    counts: PlayCounts = field(default_factory=PlayCounts)
    learning_rate: float | None = None
    games: int = 0
    lag: int = 0  # nets that each of its games was behind, summed
    ended: float | None = None

    def note_lag(self, lag: int, games: int) -> None:
        """Count in how many nets some games were behind the newest, in all."""
        self.games += games
        self.lag += lag

    @property
    def seconds(self) -> float:
        """Time since it began, until it ended."""
        return (time.monotonic() if self.ended is None else self.ended) - self.began


@dataclass(frozen=True)
class Speed:
    """What workers do in a second, over the last minute."""

    positions: float
    evaluations: float
    busy_workers: float  # seconds of calls, all workers together


class RecentWork:
    """The calls that came back in the last minute.

    Args:
        clock: seconds, as `time.monotonic`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.total = PlayCounts()
        self.marks: deque[tuple[float, PlayCounts]] = deque()  # times, and the total at each

    def add(self, counts: PlayCounts) -> None:
        """Count a call in that came back just now."""
        now = self.clock()
        if not self.marks:
            self.marks.append((now - counts.seconds, PlayCounts()))
        self.total.add(counts)
        if now - self.marks[-1][0] >= MARK_SECONDS:
            self.marks.append((now, replace(self.total)))

    @property
    def speed(self) -> Speed:
        """Over the last minute, or since the first call began."""
        if not self.marks:
            return Speed(0.0, 0.0, 0.0)
        now, total = self.clock(), self.total
        while len(self.marks) > 1 and self.marks[1][0] <= now - SPEED_SECONDS:
            self.marks.popleft()
        began, before = self.marks[0]
        seconds = max(now - began, 1e-3)
        return Speed(
            (total.positions - before.positions) / seconds,
            (total.evaluations - before.evaluations) / seconds,
            (total.seconds - before.seconds) / seconds,
        )


@dataclass(frozen=True)
class Traffic:
    """What is on its way between workers, disk and learner."""

    games: int  # in the dataset
    rows: int
    waiting: int  # games that are not committed yet
    commits: int  # since the command began
    lag: float  # nets that the learner is behind the games
    workers: int


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
        self.window = 0  # rows
        self.num_steps = 0  # of the optimiser
        self.shares: dict[str, float] = {}
        self.is_overfitting = False  # and a notice said so
        self.last: Generation | None = None  # that is done
        self.recent = RecentWork()
        if ratings := run.ratings():
            self._remember(ratings[-1])

    def _remember(self, rating: NetRating) -> None:
        self.shares = rating.shares_on(self.config.rules, self.config.mix.boards)

    @property
    def seconds(self) -> float:
        """Time spent on the run, pauses not counted."""
        return time.monotonic() - self.began

    def show(self, progress: Progress, generation: Generation, traffic: Traffic) -> None:
        """Tell the watcher how the run stands: the last generation's loss if one just began."""
        config, speed = self.config, self.recent.speed
        losses = generation.losses or (self.last.losses if self.last else [])
        done = config.share_done(progress.num_learned, progress.seconds)
        skipped = progress.lineage.skipped
        self.watch(
            Status(
                generation=progress.generation,
                generations=0 if config.hours else (config.generations or 0) + skipped,
                games=traffic.games,
                rows=traffic.rows,
                steps=self.num_steps,
                window=self.window,
                loss=losses[-1].total if losses else None,
                rating=self.shares,
                positions_per_second=speed.positions,
                seconds_left=self.seconds / done * (1 - done) if done else None,
                evaluations_per_second=speed.evaluations,
                lag=traffic.lag,
                waiting=traffic.waiting,
                commits=traffic.commits,
                busy_share=min(1.0, speed.busy_workers / max(1, traffic.workers)),
            )
        )

    def generation_done(self, generation: Generation, net: NetSnapshot, traffic: Traffic) -> None:
        """Draw a generation's losses, games, speed and traffic."""
        generation.ended = time.monotonic()
        self.last = generation
        numbers = net.games | {
            "window/rows": float(net.window),
            "window/played_rows": float(traffic.rows),
            "learner/steps": float(net.num_steps),
            "loop/learner_lag": traffic.lag,
            "loop/games_waiting": float(traffic.waiting),
            "loop/commits": float(traffic.commits),
            "loop/busy_share": busy_share(generation, traffic),
            "loop/workers": float(traffic.workers),
        }
        if generation.learning_rate is not None:
            numbers["learner/rate"] = generation.learning_rate
        if generation.games:
            numbers["loop/worker_lag"] = generation.lag / generation.games
        self.curves.add(
            generation.number, generation.losses, generation.counts, generation.seconds,
            net.game_lengths, numbers,
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
        self._remember(rating)
        shares = [f"{label} {score.share:.2f}" for label, score in rating.opponents.items()]
        ladder = [f"{board} {elo.elo:+.0f} Elo" for board, elo in by_board.items()]
        self.run.log(f"generation {rating.generation}: {', '.join(shares + ladder)}")

    def draw_pictures(self, generation: int, pictures: dict[str, Picture]) -> None:
        """Draw the games of the newest net; none right after a restart."""
        if pictures:
            self.curves.add_pictures(pictures, generation)

    def close(self) -> None:
        """Flush the curves."""
        self.curves.close()


def busy_share(generation: Generation, traffic: Traffic) -> float:
    """The share of the workers' time that they spent on calls, as far as these came back."""
    time_of_all = max(generation.seconds, 1e-3) * max(1, traffic.workers)
    return min(1.0, generation.counts.seconds / time_of_all)
