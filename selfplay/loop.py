"""The loop: play, record, learn, publish, without a pause, until the run is done.

Nobody waits for anybody:

- workers play with the newest net that has reached them; their games are checked, committed to the
  dataset and given to the learner as they come (intake.py),
- the learner takes the steps that rows earn; a net is due with each generation's worth of games
  (pace.py),
- a net that is due is written as a checkpoint and published; some are kept as milestones and rated,
  by the same workers, while the others play on; one that lost to an earlier net clearly is given
  up, and the run goes on from that earlier net under the next number.

A generation is the number of a net. Whatever is killed at whatever moment, the run goes on from its
newest checkpoint and all games that were committed.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from insei.agents.net.package import DamagedPackage
from insei.selfplay.checkpoints import (
    Progress,
    card_of,
    keep_milestone,
    milestones_of,
    read_checkpoint,
)
from insei.selfplay.data.columns import Rows
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.mending import mend
from insei.selfplay.data.window import window_size
from insei.selfplay.health import held_out
from insei.selfplay.history.history import History
from insei.selfplay.intake import COMMIT_SECONDS, GameIntake
from insei.selfplay.learner.calls import LearnerCalls, MakeLearner
from insei.selfplay.learner.windowed_learner import NetSnapshot, StepsTaken
from insei.selfplay.lineage import Lineage, is_milestone
from insei.selfplay.net_rating import EarlierMatch, NetRating
from insei.selfplay.pace import Pace, Played
from insei.selfplay.run import RunFolder
from insei.selfplay.run_ratings import RunRatings
from insei.selfplay.start import Start, begin_or_resume
from insei.selfplay.telemetry import Generation, Status, Telemetry, Traffic
from insei.selfplay.train_config import TrainConfig
from insei.selfplay.workers import PublishedNet, Workers
from insei.system.actors.backend import ActorLost
from insei.system.actors.faults import MOST_DEATHS
from insei.system.errors import WorkersExited

POLL_SECONDS = 0.1  # that the driver waits for games before it looks after the learner
CALLS_OPEN = 2  # of the learner: it has the next one while the answer of the last is on its way
CALL_SECONDS = 0.4  # that the steps of a call are to take
MOST_STEPS = 256  # of a call
START_SECONDS = 60.0  # until a learner that has not started is reported


@dataclass(frozen=True)
class AskedNet:
    """A net that the learner was asked for."""

    lineage: Lineage
    played: Played  # what had been played when it was due
    num_rows_learned: int
    rate_scale: float


class Training:
    """A run under way.

    Args:
        run: its folder.
        config: as resolved.
        make_workers: makes the workers that play, from a seed, once the run's state is known.
        make_learner: makes the learner, after the workers.
        watch: told how the run stands, often.
        notice: told in one line what deserves a line.
        fault: told in one line that a learner died; None: `notice` is.

    Raises:
        ValueError: the newest checkpoint is damaged, or does not fit the configuration.
    """

    def __init__(
        self,
        run: RunFolder,
        config: TrainConfig,
        make_workers: Callable[[int], Workers],
        make_learner: MakeLearner,
        watch: Callable[[Status], None],
        notice: Callable[[str], None],
        fault: Callable[[str], None] | None = None,
    ) -> None:
        self.run = run
        self.config = config
        self.make_learner = make_learner
        self.notice = notice
        self.fault = fault or notice
        for line in [*mend(run.dataset_path), *History.mend(run.path)]:
            notice(line)
        dataset = GameDataset(run.dataset_path, config.rules)
        start = begin_or_resume(run, config, dataset)
        if start.notice:
            notice(start.notice)
        self.started_from = start.started_from
        # The number of games makes the seed new after each crash: no game is played twice.
        self.workers = make_workers(config.seed * 1_000_003 + dataset.num_games)
        self.intake = GameIntake(dataset, 0.0 if self.workers.repeats else COMMIT_SECONDS)
        self.asked: AskedNet | None = None
        self.lost: tuple[int, EarlierMatch] | None = None  # a net to be given up, and its defeat
        self.ratings = RunRatings(run, config, self.workers, notice)
        self.steps_of_a_call = 1
        self.num_deaths = 0  # of the learner since its last net
        self.is_published = False  # whether the workers have a net
        self.learner: LearnerCalls
        self.begin_learning(start)
        self.recall_defeat()
        self.telemetry = Telemetry(run, config, self.progress, watch, notice)
        self.generation = Generation(self.progress.generation)

    @property
    def dataset(self) -> GameDataset:
        """The run's games."""
        return self.intake.dataset

    # The learner

    def begin_learning(self, start: Start) -> None:
        """Put a new learner where a checkpoint stands, with the windows that it had.

        Raises:
            UserError: the checkpoint is of another net.
            WorkersExited: learners keep dying.
        """
        while True:
            try:
                self.start_learner(start)
                return
            except ActorLost as loss:
                self.note_death(loss)

    def start_learner(self, start: Start) -> None:
        """Start a learner's process, and give it what it goes on from."""
        progress = start.progress
        self.progress = progress
        self.asked = None
        newest = Played(progress.num_games or 0, progress.num_rows or 0)
        self.pace = Pace(self.config, newest, progress.num_rows_learned)
        self.has_learnable = False
        self.learner = self.make_learner()
        if start.state is not None:
            self.learner.call(
                "go_on", start.state, progress.num_steps, progress.rate_scale,
                progress.random_state,
            )  # fmt: skip
        elif start.weights is not None:
            self.learner.call("begin_with", start.weights)
        wait_for(self.learner, self.notice)
        if not self.workers.repeats:  # games that came after the checkpoint count
            games, rows = self.dataset.num_games, self.dataset.num_rows
            self.pace.add(games - newest.games, rows - newest.rows)
        for part in self.rows_of_windows():
            self.learner.call("fill", part, self.pace.played.rows)
            while self.learner.num_open > CALLS_OPEN:
                self.learner.answers(1.0)

    def rows_of_windows(self) -> Iterator[Rows]:
        """The newest rows that count, from disk."""
        stop = self.pace.played.rows
        size = window_size(stop, self.config.window)
        for part in self.dataset.batches(stop - size, stop):
            self.has_learnable = True
            yield part

    def note_death(self, loss: ActorLost) -> None:
        """Say that the learner is gone.

        Raises:
            WorkersExited: it has happened too often.
        """
        self.learner.close()
        self.num_deaths += 1
        if self.num_deaths > MOST_DEATHS:
            raise WorkersExited(f"the learner died {self.num_deaths} times, the last by {loss}")
        number, count = self.progress.generation, self.config.learners
        died, others = "the learner", "another goes"
        if count > 1:
            died, others = "a learner", f"{count} others go"
        self.fault(f"{died} died ({loss}); {others} on from generation {number}")

    def hear(self, seconds: float = 0.0) -> None:
        """Take what the learner has to tell, after waiting up to `seconds` for it.

        If it is gone, another one goes on.
        """
        try:
            answers = self.learner.answers(seconds)
        except ActorLost as loss:
            self.note_death(loss)
            self.begin_learning(begin_or_resume(self.run, self.config, self.dataset))
            self.recall_defeat()
            if self.is_published:
                self.look_back()
            return
        for method, value in answers:
            match value:
                case StepsTaken():
                    self.note_steps(value)
                case NetSnapshot():
                    self.take_net(value)
                case int():
                    self.telemetry.window = value
            if method == "pictures":
                self.telemetry.draw_pictures(*value)

    def note_steps(self, taken: StepsTaken) -> None:
        """Keep the losses of steps; the next call's number of steps is such that it is short."""
        self.generation.losses += taken.losses
        self.generation.learning_rate = taken.learning_rate
        self.telemetry.num_steps = taken.num_steps
        each = taken.seconds / max(1, len(taken.losses))
        self.steps_of_a_call = max(1, min(MOST_STEPS, int(CALL_SECONDS / max(each, 1e-4))))

    def ask_learner(self) -> None:
        """Ask for the steps that are due, and for the net that is."""
        if self.asked is not None and self.workers.repeats:
            return
        if (due := self.steps_due) and self.learner.num_open < CALLS_OPEN:
            num_steps = min(due, self.steps_of_a_call)
            self.learner.call("learn", num_steps, self.share_learned)
            self.pace.ask(num_steps)
        elif not due and self.asked is None and self.pace.is_net_due:
            played = self.pace.next_net()
            if self.workers.repeats:
                played = Played(self.dataset.num_games, self.dataset.num_rows)
            self.ask_for_net(self.progress.lineage.next(), played, self.progress.rate_scale)

    @property
    def steps_due(self) -> int:
        """Optimiser steps that rows have earned."""
        return self.pace.steps_due if self.has_learnable else 0

    def ask_for_net(self, lineage: Lineage, played: Played, rate_scale: float) -> None:
        """Ask for the net that comes next."""
        self.asked = AskedNet(lineage, played, self.pace.num_rows_learned, rate_scale)
        self.learner.call("snapshot", (self.config.seed, self.progress.generation))

    @property
    def share_done(self) -> float:
        """How much of the run lies behind its newest checkpoint, 0 to 1."""
        return self.config.share_done(self.progress.num_learned, self.progress.seconds)

    @property
    def share_learned(self) -> float:
        """The share of the run that lies behind the steps to be asked for next."""
        lineage = self.asked.lineage if self.asked else self.progress.lineage
        return self.config.share_done(lineage.num_learned, self.progress.seconds)

    # The loop

    def play(self) -> None:
        """Train until the configured generations, or hours, are reached."""
        self.publish_newest()
        try:
            while not self.is_done:
                self.turn()
        finally:
            self.intake.commit()  # what has come is kept, also where Control-C ends the run
        while self.learner.num_open:
            self.hear(1.0)

    def publish_newest(self) -> None:
        """Publish the net of the newest checkpoint; write that first in a new run."""
        while not self.is_published:
            if self.asked is None:
                progress = self.progress
                newest = Played(progress.num_games or 0, progress.num_rows or 0)
                self.ask_for_net(progress.lineage, newest, progress.rate_scale)
            self.hear(1.0)

    @property
    def is_done(self) -> bool:
        """Whether the run has its length, and every net its rating."""
        is_waiting = self.asked or self.lost or self.ratings.generations
        return self.share_done >= 1 and not is_waiting

    def turn(self) -> None:
        """Look after everybody once."""
        self.hear()
        if self.lost and self.asked is None:
            self.roll_back(*self.lost)
        if rating := self.ratings.go_on():
            self.rated(rating)
        if self.share_done < 1:
            self.ask_learner()
        if not self.workers.repeats or (self.share_done < 1 and not self.must_finish_net):
            self.collect()
        self._show()

    @property
    def must_finish_net(self) -> bool:
        """Whether steps, a net or a rating come before the next game, in a run that repeats."""
        is_waiting = self.asked or self.lost or self.ratings.generations
        return bool(is_waiting or self.steps_due or self.pace.is_net_due)

    def collect(self) -> None:
        """Have the workers play on, and take in the games that have come."""
        if self.share_done < 1 and not self.pace.is_behind:
            self.workers.go_on()
        for games, counts in self.workers.poll(POLL_SECONDS):
            self.generation.counts.add(counts)
            self.telemetry.recent.add(counts)
            if games is not None:
                lag = self.progress.generation - games.generation
                self.generation.note_lag(int(lag.sum()), len(games))
                self.intake.add(games)
        if self.intake.is_due:
            self.commit()

    def commit(self) -> None:
        """Commit the games that wait, then give them to the learner."""
        committed = self.intake.commit()
        if committed is None:
            return
        games = committed[0 if self.workers.repeats else 1]
        if not len(games):
            return
        if not self.has_learnable:
            held = held_out(games.game.astype("U16"), self.config.window.held_out)
            self.has_learnable = not held.all()
        self.pace.add(len(games), games.num_rows)
        self.learner.call("add", games, self.pace.played.rows)

    # Nets

    def take_net(self, net: NetSnapshot) -> None:
        """Write the checkpoint of a net that was asked for, and publish it."""
        assert self.asked is not None
        asked, self.asked = self.asked, None
        self.num_deaths = 0
        is_new = not self.run.has_checkpoint(asked.lineage.generation)
        if is_new:
            self.save(asked, net)
        self.telemetry.window, self.telemetry.num_steps = net.window, net.num_steps
        if asked.lineage.generation > self.generation.number:
            self.telemetry.generation_done(self.generation, net, self.traffic)
            self.telemetry.validated(self.generation.number, net.validation)
            self.generation = Generation(asked.lineage.generation)
        self.workers.publish(PublishedNet(net.weights, self.progress.generation, self.share_done))
        self.is_published = True
        self.look_back()
        self._show()

    def save(self, asked: AskedNet, net: NetSnapshot) -> None:
        """Write a checkpoint; all games committed so far are on disk before it."""
        self.progress = Progress(
            asked.lineage,
            net.num_steps,
            asked.num_rows_learned,
            net.random_state,
            self.telemetry.seconds,
            asked.rate_scale,
            *asked.played,
        )
        card = card_of(self.config, self.progress, self.dataset, self.started_from)
        self.dataset.flush()
        self.run.save(
            self.progress,
            net.weights,
            card,
            net.state,
            self.config.keep_checkpoints,
            self.ratings.generations,
        )

    def look_back(self) -> None:
        """Have the newest net rated, and keep it for good.

        Nothing is done twice. What a crash prevented is done when the run goes on.
        """
        lineage, is_last = self.progress.lineage, self.share_done >= 1
        self.ratings.ask(lineage, is_last)
        if is_milestone(lineage.generation, self.config.milestone_every, is_last):
            needed = [*self.ratings.earlier, *([self.lost[1].generation] if self.lost else [])]
            keep_milestone(self.run.path, lineage, needed)

    # Ratings

    def rated(self, rating: NetRating) -> None:
        """Keep a net's rating."""
        self.run.add_rating(rating)
        self.telemetry.rated(rating)
        self.learner.call("pictures", rating.generation)
        self.note_defeat(rating)

    def note_defeat(self, rating: NetRating) -> None:
        """Have a net given up if it lost clearly, unless it was left behind already."""
        is_ours = self.progress.lineage.ancestors([rating.generation])
        if rating.earlier and rating.is_regression and is_ours:
            self.lost = rating.generation, rating.earlier

    def recall_defeat(self) -> None:
        """Give up a net that lost clearly before the run, or its learner, was stopped."""
        if ratings := self.run.ratings():
            self.note_defeat(ratings[-1])

    def roll_back(self, lost: int, defeat: EarlierMatch) -> None:
        """Go on from the earlier net that net `lost` lost to, at a lower learning rate."""
        self.lost = None
        progress, config = self.progress, self.config.rating
        shares = " and ".join(f"{score.share:.0%}" for score in defeat.matches)
        reason = (
            f"generation {lost} is worse than generation {defeat.generation}: "
            f"{shares} of {defeat.first.games} games each"
        )
        if progress.lineage.num_rollbacks >= config.most_rollbacks:
            self.notice(
                f"{reason}; the run has gone back {config.most_rollbacks} times, and goes on"
            )
            return
        try:
            earlier, state = read_checkpoint(milestones_of(self.run.path)[defeat.generation])
        except (DamagedPackage, KeyError) as error:
            self.notice(f"{reason}; it can't go back: {error}")
            return
        scale = progress.rate_scale * config.rollback_rate
        self.learner.call("go_on", state, earlier.num_steps, scale, None)
        newest = Played(progress.num_games or 0, progress.num_rows or 0)
        self.ask_for_net(progress.lineage.roll_back(defeat.generation), newest, scale)
        self.notice(f"{reason}; going back to it, at {scale:g} of the planned learning rate")

    @property
    def traffic(self) -> Traffic:
        """What is on its way between workers, disk and learner."""
        dataset = self.dataset
        return Traffic(
            games=dataset.num_games,
            rows=dataset.num_rows,
            waiting=self.intake.num_waiting,
            commits=dataset.num_commits,
            lag=self.pace.lag,
            workers=self.workers.num_workers,
        )

    def _show(self) -> None:
        self.telemetry.show(self.progress, self.generation, self.traffic)

    def close(self) -> None:
        """End the workers and the learner, and flush the curves."""
        self.workers.close()
        self.learner.close()
        self.telemetry.close()


def wait_for(learner: LearnerCalls, notice: Callable[[str], None]) -> None:
    """Wait until a learner has answered; say so where there is no room for it."""
    began, is_told = time.monotonic(), False
    while learner.num_open:
        learner.answers(1.0)
        if not is_told and time.monotonic() - began > START_SECONDS:
            is_told = True
            notice(
                f"the learner has not started within {START_SECONDS:.0f} s: its machine is slow, "
                "or there is no room for it"
            )
