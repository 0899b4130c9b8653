"""The loop: play, record, learn, publish; a generation at a time, until the run is done.

While the workers play the games of generation g, the learner makes net g + 1 from the games of
earlier generations:

1. net g is published; the workers begin the games of generation g that the dataset lacks,
2. the learner takes the steps that are due, a few at a time; between them, games that have come
   back are committed to the dataset,
3. when both are done, checkpoint g + 1 is written; some nets are rated and kept as milestones; one
   that lost to an earlier net clearly is given up, and that earlier net goes on as g + 2.

Whatever is killed at whatever moment, the run goes on from its newest checkpoint.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from insei.agents.net.package import DamagedPackage
from insei.selfplay.checkpoints import (
    card_of,
    checkpoints_of,
    keep_milestone,
    milestones_of,
    read_checkpoint,
)
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.mending import mend
from insei.selfplay.health import validate
from insei.selfplay.learner.learner import Learner
from insei.selfplay.lineage import is_milestone
from insei.selfplay.net_rating import EarlierMatch
from insei.selfplay.rating import EarlierNet, player_name, rate
from insei.selfplay.replay import ReplayBuffer
from insei.selfplay.run import RunFolder
from insei.selfplay.start import begin_or_resume
from insei.selfplay.telemetry import Generation, Status, Telemetry
from insei.selfplay.train_config import TrainConfig
from insei.selfplay.workers import Workers

STEPS_AT_A_TIME = 8
WAIT_SECONDS = 1.0


class Training:
    """A run under way.

    Args:
        run: its folder.
        config: as resolved.
        make_workers: makes the workers that play, from a seed, once the run's state is known.
        watch: told how the run stands, often.
        notice: told in one line what deserves a line.

    Raises:
        ValueError: the newest checkpoint is damaged, or does not fit the configuration.
    """

    def __init__(
        self,
        run: RunFolder,
        config: TrainConfig,
        make_workers: Callable[[int], Workers],
        watch: Callable[[Status], None],
        notice: Callable[[str], None],
    ) -> None:
        self.run = run
        self.config = config
        for line in mend(run.dataset_path):
            notice(line)
        dataset = GameDataset(run.dataset_path, config.rules)
        self.learner = Learner(config.network, config.learner, config.seed)
        self.rng = np.random.default_rng(config.seed)  # draws the batches
        start = begin_or_resume(run, config, dataset, self.learner, self.rng)
        if start.notice:
            notice(start.notice)
        self.progress = start.progress
        self.started_from = start.started_from
        self.replay = ReplayBuffer(dataset, config, self.progress.generation)
        self.telemetry = Telemetry(run, config, self.progress, watch, notice)
        # The number of games makes the seed new after each crash: no game is played twice.
        self.workers = make_workers(config.seed * 1_000_003 + dataset.num_games)

    @property
    def share_done(self) -> float:
        """How much of the run lies behind its newest checkpoint, 0 to 1."""
        return self.config.share_done(self.progress.num_learned, self.progress.seconds)

    def play(self) -> None:
        """Train until the configured generations, or hours, are reached."""
        if not self.run.has_checkpoint(self.progress.generation):
            self.save()
        self.look_back()
        while self.share_done < 1:
            self.one_generation()
            self.look_back()

    def one_generation(self) -> None:
        """Play a generation's games, learn from the ones before, write the checkpoint."""
        generation = Generation(self.progress.generation)
        self.publish(generation.number)
        steps_left = self.replay.steps_due(self.progress.num_rows_learned)
        while steps_left > 0 or self.workers.is_busy:
            if steps_left > 0:
                self.learn(min(steps_left, STEPS_AT_A_TIME), generation)
                steps_left -= STEPS_AT_A_TIME
            self.collect(0.0 if steps_left > 0 else WAIT_SECONDS, generation)
            self._show(generation)
        self.finish(generation)

    def publish(self, number: int) -> None:
        """Have the newest net played with, in the games that its generation lacks."""
        self.workers.publish(self.learner.playing_weights(), number, self.share_done)
        missing = self.config.games_per_generation - self.replay.num_games(number)
        if missing > 0:
            self.workers.begin(missing)

    def learn(self, num_steps: int, generation: Generation) -> None:
        """Take steps of the optimiser."""
        for _ in range(num_steps):
            batch = self.replay.sample(self.rng)
            generation.losses.append(self.learner.step(batch, self.share_done))

    def collect(self, seconds: float, generation: Generation) -> None:
        """Commit the games that have come back, after waiting up to `seconds` for the first."""
        results = self.workers.poll(seconds)
        self.replay.add([game for games, _ in results for game in games])
        for _, counts in results:
            generation.counts.add(counts)

    def finish(self, generation: Generation) -> None:
        """Take the games into the window, write the checkpoint, draw the curves."""
        rng = np.random.default_rng([self.config.seed, generation.number])
        # Before the windows take in what is new: the net has not learned from that.
        validation = validate(self.learner, self.replay.learned, self.replay.held_out, rng)
        rows = self.replay.take_in()
        share_done = self.share_done
        num_learned = len(generation.losses) * self.config.learner.batch_size
        self.progress = replace(
            self.progress,
            lineage=self.progress.lineage.next(),
            num_steps=self.learner.num_steps,
            num_rows_learned=self.progress.num_rows_learned + num_learned,
            random_state=dict(self.rng.bit_generator.state),
            seconds=self.telemetry.seconds,
        )
        self.save()
        self.telemetry.generation_done(generation, rows, self.replay, self.learner, share_done)
        self.telemetry.validated(generation.number, validation)
        self._show(generation)

    def save(self) -> None:
        """Write the checkpoint of the present net."""
        dataset = self.replay.dataset
        card = card_of(
            self.config, self.progress, dataset.num_games, dataset.num_rows, self.started_from
        )
        weights, state = self.learner.playing_weights(), self.learner.state()
        self.run.save(self.progress, weights, card, state, self.config.keep_checkpoints)

    def look_back(self) -> None:
        """Keep the newest net for good, rate it, or give it up.

        Nothing is done twice. What a crash prevented is done when the run goes on.
        """
        lineage, is_last = self.progress.lineage, self.share_done >= 1
        if is_milestone(lineage.generation, self.config.milestone_every, is_last):
            keep_milestone(self.run.path, lineage)
        every = self.config.rating.every
        is_rated = every and lineage.generation and (is_last or lineage.generation % every == 0)
        if not is_rated:
            return
        ratings = self.run.ratings()
        if not ratings or ratings[-1].generation < lineage.generation:
            self.rate()
        rating = self.run.ratings()[-1]
        if rating.generation == lineage.generation and rating.earlier and rating.is_regression:
            self.roll_back(rating.earlier)
        if is_last and self.progress.generation != lineage.generation:
            self.look_back()  # at the earlier net, with which the run ends instead

    def rate(self) -> None:
        """Rate the newest net, against the newest milestone that it comes from too."""
        config = self.config
        milestones = milestones_of(self.run.path)
        number = self.progress.lineage.earlier(milestones)
        earlier = None if number is None else EarlierNet(number, milestones[number])
        name = player_name(checkpoints_of(self.run.path)[-1], config.rating.visits)
        rating = rate(
            name, config.mix.boards, config.rating, self.progress.generation, earlier,
            self.workers.play_jobs,
        )  # fmt: skip
        self.run.add_rating(rating)
        self.telemetry.rated(rating)

    def roll_back(self, lost: EarlierMatch) -> None:
        """Go on from the earlier net that the present one lost to, at a lower learning rate."""
        progress, config, notice = self.progress, self.config.rating, self.telemetry.notice
        shares = " and ".join(f"{score.share:.0%}" for score in lost.matches)
        reason = (
            f"generation {progress.generation} is worse than generation {lost.generation}: "
            f"{shares} of {lost.first.games} games each"
        )
        if progress.lineage.num_rollbacks >= config.most_rollbacks:
            notice(f"{reason}; the run has gone back {config.most_rollbacks} times, and goes on")
            return
        try:
            earlier, state = read_checkpoint(milestones_of(self.run.path)[lost.generation])
        except (DamagedPackage, KeyError) as error:
            notice(f"{reason}; it can't go back: {error}")
            return
        lineage = progress.lineage.roll_back(lost.generation)
        scale = progress.rate_scale * config.rollback_rate
        self.learner.restore(state, earlier.num_steps)
        self.learner.rate_scale = scale
        self.progress = replace(
            progress,
            lineage=lineage,
            num_steps=earlier.num_steps,
            rate_scale=scale,
        )
        self.save()
        notice(f"{reason}; going back to it, at {scale:g} of the planned learning rate")

    def _show(self, generation: Generation) -> None:
        self.telemetry.show(self.progress, self.replay, self.learner.num_steps, generation)

    def close(self) -> None:
        """End the workers and flush the curves."""
        self.workers.close()
        self.telemetry.close()
