"""The loop: play, record, learn, publish; a generation at a time, until the run is done.

While the workers play the games of generation g, the learner makes net g + 1 from the games of
earlier generations. Whatever is killed when, the run goes on from its newest checkpoint:

1. net g is published; the workers begin the games of generation g that the dataset lacks,
2. the learner steps through its share of rows, a few steps at a time; between them, games that
   have come back are committed to the dataset,
3. when both are done, checkpoint g + 1 is written, and now and then rated; a net that lost to an
   earlier one clearly is given up for that one, as checkpoint g + 2.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.find_package import checkpoints_of
from insei.agents.net.package import DamagedPackage, PlayerCard, read_card
from insei.selfplay.crew import Crew, Haul
from insei.selfplay.curves import Curves
from insei.selfplay.data.dataset import GameDataset, Rows, rows_of, set_aside_unfinished
from insei.selfplay.data.window import window_size, windows_of
from insei.selfplay.health import Validation, parted, validate
from insei.selfplay.learner import Learner, Losses
from insei.selfplay.milestones import in_line, is_milestone, keep_milestone, milestones_of
from insei.selfplay.rating import EarlierNet, elos, is_regression, opponent_of, rate, rated_name
from insei.selfplay.run import Progress, RunFolder, read_checkpoint
from insei.selfplay.start import starting_net
from insei.selfplay.train_config import TrainConfig
from insei.selfplay.worker import PlayCounts

STEPS_AT_A_TIME = 8
WAIT_SECONDS = 1.0
MARGIN_ROWS = 2000  # read beyond a window, for its parts are drawn by game


@dataclass
class Generation:
    """What one generation has brought so far."""

    number: int
    games_wanted: int
    began: float = field(default_factory=time.monotonic)
    losses: list[Losses] = field(default_factory=list)
    counts: PlayCounts = field(default_factory=PlayCounts)
    steps_wanted: int = 0


@dataclass(frozen=True)
class Status:
    """What a watcher of the run is told."""

    generation: int
    generations: int  # wanted; 0 where hours end the run
    games: int  # in the dataset
    rows: int
    steps: int
    window: int
    loss: float | None
    rating: dict[str, float]  # share of points by opponent, newest
    positions_per_second: float
    seconds_left: float | None


class Training:
    """A run under way.

    Args:
        run: its folder.
        config: as resolved.
        make_crew: a seed to the crew that plays; made once the run's state is known.
        watch: told how the run stands, often.
        notice: told in one line what deserves a line.

    Raises:
        ValueError: the newest checkpoint is damaged, or does not fit the configuration.
    """

    def __init__(
        self,
        run: RunFolder,
        config: TrainConfig,
        make_crew: Callable[[int], Crew],
        watch: Callable[[Status], None],
        notice: Callable[[str], None],
    ) -> None:
        self.run = run
        self.config = config
        self.watch = watch
        self.notice = notice
        set_aside_unfinished(run.dataset_path)
        self.dataset = GameDataset(run.dataset_path, config.rules)
        self.learner = Learner(config.network, config.learner, config.seed)
        self.rng = np.random.default_rng(config.seed)
        self.ancestor: dict[str, Any] | None = None  # the training of the net that it began with
        self.progress = self._restored()
        self.window, self.held = windows_of(config)
        self.began = time.monotonic() - self.progress.seconds
        self.pending: Rows = self._load_windows()
        self.is_alarmed = False  # whether it was said that the net learns games by heart
        self.rating = self._newest_rating()
        self.curves = Curves(run.path / "tensorboard", self.progress.generation)
        # Games in the dataset make the seed new after each crash: no game is played twice.
        self.crew = make_crew(config.seed * 1_000_003 + self.dataset.num_games)

    def _restored(self) -> Progress:
        found = self.run.newest()
        if found is None:
            if self.config.start_from:
                self._start_from()
            start = Progress(0, 0, 0, dict(self.rng.bit_generator.state), 0.0)
            return self._numbered_on(start, -1)
        progress, state = found
        self.ancestor = read_card(checkpoints_of(self.run.path)[-1]).training.get("started_from")
        self.learner.restore(state, progress.num_steps)
        self.learner.rate_scale = progress.rate_scale
        self.rng.bit_generator.state = progress.random_state
        return self._numbered_on(progress, progress.generation)

    def _numbered_on(self, progress: Progress, back: int) -> Progress:
        """Count on beyond what was left where somebody took later checkpoints away.

        The nets, ratings and games of the line that was left keep their numbers. The games stay in
        the window; the schedules go on from where the present net stood.

        Args:
            back: the generation of the checkpoint that there is, -1 for none.
        """
        ratings = (one["generation"] for one in self.run.ratings())
        games = self.dataset.games_by_generation
        left = max([back, *milestones_of(self.run.path), *ratings, *games])
        if left == back:
            return progress
        start = f"checkpoint {back}" if back >= 0 else "a new net, for there is no checkpoint"
        self.notice(
            f"later checkpoints were taken away: going on from {start}, and counting on from "
            f"generation {left}, of which there are games or nets"
        )
        return replace(
            progress,
            generation=left + 1,
            skipped=progress.skipped + left + 1 - progress.generation,
            rollbacks=(*progress.rollbacks, (left, back)),
            taken_back=progress.taken_back + 1,
        )

    def _start_from(self) -> None:
        """Begin with another player's net, and remember whose it was."""
        weights, card = starting_net(self.config)
        self.learner.begin_with(weights)
        self.ancestor = {
            "player": self.config.start_from,
            "weights_sha256": card.weights_sha256,
            **card.training,
        }

    def _load_windows(self) -> Rows:
        """Fill the windows with the rows of past generations; returns those of the present one."""
        size = window_size(self.dataset.num_rows, self.config.window)
        here = self.dataset.rows_since(self.progress.generation)
        rows = self.dataset.newest(here + size + size // 10 + MARGIN_ROWS)
        past = rows["generation"] < self.progress.generation
        pending = {name: column[~past] for name, column in rows.items()}
        num_past = self.dataset.num_rows - len(pending["ply"])
        self._update_windows({name: column[past] for name, column in rows.items()}, num_past)
        return pending

    def _update_windows(self, rows: Rows, num_rows: int) -> None:
        """Take in rows; the windows then are those of a dataset of `num_rows`."""
        config = self.config.window
        learned, held = parted(rows, config.held_out)
        size = window_size(num_rows, config)
        num_held = int(size * config.held_out)
        self.window.update(learned, size - num_held)
        self.held.update(held, num_held)

    def _newest_rating(self) -> dict[str, float]:
        ratings = self.run.ratings()
        if not ratings:
            return {}
        boards = self.config.mix.boards
        return {
            opponent: one["share"]
            for name, one in ratings[-1]["opponents"].items()
            if (opponent := opponent_of(boards, self.config.rules, name))
        }

    @property
    def share_done(self) -> float:
        """How much of the run its newest checkpoint has behind it, 0 to 1."""
        return self.config.share_done(self.progress.num_learned, self.progress.seconds)

    def play(self) -> None:
        """Train until the configured generations, or hours, are reached."""
        if not self.run.has_checkpoint(self.progress.generation):
            self._checkpoint(self.progress)
        self.look_back()
        while self.share_done < 1:
            self.one_generation()
            self.look_back()

    def one_generation(self) -> None:
        """Play a generation's games, learn from the ones before, write the checkpoint."""
        number = self.progress.generation
        self.crew.publish(self.learner.playing_weights(), number, self.share_done)
        here = self.dataset.games_by_generation.get(number, 0)
        stage = Generation(number, self.config.games_per_generation)
        stage.steps_wanted = self._steps_owed()
        if here < stage.games_wanted:
            self.crew.begin(stage.games_wanted - here)
        steps_left = stage.steps_wanted
        while steps_left > 0 or self.crew.is_busy:
            if steps_left > 0:
                for _ in range(min(steps_left, STEPS_AT_A_TIME)):
                    batch = self.window.sample(self.config.learner.batch_size, self.rng)
                    stage.losses.append(self.learner.step(batch, self.share_done))
                steps_left -= STEPS_AT_A_TIME
            self._record(self.crew.poll(0.0 if steps_left > 0 else WAIT_SECONDS), stage)
            self.watch(self._status(stage))
        self._finish(stage)

    def _steps_owed(self) -> int:
        """Optimiser steps that the rows of past generations are still due."""
        past_rows = self.dataset.num_rows - len(self.pending["ply"])
        past_rows = int(past_rows * (1 - self.config.window.held_out))
        if not len(self.window) or past_rows < self.config.window.smallest / 4:
            return 0
        owed = past_rows * self.config.reuse - self.progress.num_rows_learned
        return max(0, int(owed / self.config.learner.batch_size))

    def _record(self, hauls: list[Haul], stage: Generation) -> None:
        """Commit games that have come back."""
        games = [game for haul, _ in hauls for game in haul]
        if not games:
            return
        rows = self.dataset.append(games)
        self.pending = {
            name: np.concatenate([column, rows[name]]) for name, column in self.pending.items()
        }
        for _, counts in hauls:
            stage.counts.add(counts)

    def _finish(self, stage: Generation) -> None:
        rows = self.pending
        validation = self._validation(stage.number)  # before the windows take in what is new
        self._update_windows(rows, self.dataset.num_rows)
        self.pending = rows_of(self.dataset.schema.empty_table())
        learned = len(stage.losses) * self.config.learner.batch_size
        numbers = {
            "window/rows": float(len(self.window)),
            "window/played_rows": float(self.dataset.num_rows),
            "learner/steps": float(self.learner.num_steps),
            "learner/rate": self.learner.learning_rate(self.share_done),
        }
        self.progress = replace(
            self.progress,
            generation=stage.number + 1,
            num_steps=self.learner.num_steps,
            num_rows_learned=self.progress.num_rows_learned + learned,
            random_state=dict(self.rng.bit_generator.state),
            seconds=time.monotonic() - self.began,
        )
        self._checkpoint(self.progress)
        seconds = time.monotonic() - stage.began
        self.curves.add(stage.number, stage.losses, stage.counts, seconds, rows, numbers)
        self._tell_health(stage.number, validation)
        self.watch(self._status(stage))

    def _validation(self, generation: int) -> Validation | None:
        """Judge the net on games that it learned from, and on those held out."""
        rng = np.random.default_rng([self.config.seed, generation])
        return validate(self.learner, self.window, self.held, rng)

    def _tell_health(self, generation: int, found: Validation | None) -> None:
        """Show how the net was judged; say so where it has begun to learn games by heart."""
        if found is None:
            return
        self.curves.add_validation(generation, found)
        if found.is_alarming and not self.is_alarmed:
            self.notice(
                f"generation {generation + 1}: the value loss on games held out is "
                f"{found.value_gap:.3f} above that on games learned from, which it repeats by "
                "heart; a lower reuse or more games a generation would help"
            )
        self.is_alarmed = found.is_alarming

    def look_back(self) -> None:
        """Keep the newest net for good, rate it, or give it up; does nothing twice.

        What a crash left out is made up for when the run goes on.
        """
        generation = self.progress.generation
        is_last = self.share_done >= 1
        if is_milestone(generation, self.config.milestone_every, is_last):
            keep_milestone(self.run.path, generation, self.progress.rollbacks)
        every = self.config.rating.every
        if not generation or not every:
            return
        if generation % every and not is_last:
            return
        ratings = self.run.ratings()
        if not ratings or ratings[-1]["generation"] < generation:
            self._rate()
        rating = self.run.ratings()[-1]
        if rating["generation"] == generation and is_regression(rating):
            self._roll_back(rating["earlier"])
        if is_last and self.progress.generation != generation:
            self.look_back()  # at the net that it ends with instead

    def _earlier_net(self) -> EarlierNet | None:
        """The newest milestone before the present net, of those that it comes from."""
        found = milestones_of(self.run.path)
        past = [one for one in found if one < self.progress.generation]
        line = in_line(past, self.progress.rollbacks)
        return EarlierNet(line[-1], found[line[-1]]) if line else None

    def _rate(self) -> None:
        config = self.config
        name = rated_name(self.run.path, config.rating.visits)
        boards = config.mix.boards
        earlier = self._earlier_net()
        generation = self.progress.generation
        rating = rate(name, boards, config.rating, generation, earlier, self.crew.play_jobs)
        self.run.add_rating(rating)
        for opponent, why in rating.get("failures", {}).items():
            self.notice(f"{opponent} failed in {why}; the rating counts the others")
        anchor = next(iter(config.rating.opponents), "")
        found = elos(self.run.ratings(), boards, anchor)
        self.curves.add_rating(rating, found)
        self.rating = self._newest_rating()
        said = [f"{name} {one['share']:.2f}" for name, one in rating["opponents"].items()]
        said += [f"{board} {elo.elo:+.0f} Elo" for board, elo in found.items()]
        self.run.log(f"generation {self.progress.generation}: {', '.join(said)}")

    def _roll_back(self, lost: dict[str, Any]) -> None:
        """Go on from the earlier net that the present one lost to, at a lower rate."""
        progress, config = self.progress, self.config.rating
        back = lost["generation"]
        said = (
            f"generation {progress.generation} is worse than generation {back}: "
            f"{lost['first']['share']:.0%} and {lost['second']['share']:.0%} of "
            f"{lost['first']['games']} games each"
        )
        if len(progress.rollbacks) - progress.taken_back >= config.most_rollbacks:
            self.notice(f"{said}; the run has gone back {config.most_rollbacks} times, and goes on")
            return
        try:
            earlier, state = read_checkpoint(milestones_of(self.run.path)[back])
        except (DamagedPackage, KeyError) as error:
            self.notice(f"{said}; it can't go back: {error}")
            return
        scale = progress.rate_scale * config.rollback_rate
        self.learner.restore(state, earlier.num_steps)
        self.learner.rate_scale = scale
        self.progress = replace(
            progress,
            generation=progress.generation + 1,
            num_steps=earlier.num_steps,
            rate_scale=scale,
            rollbacks=(*progress.rollbacks, (progress.generation, back)),
        )
        self._checkpoint(self.progress)
        self.notice(f"{said}; going back to it, at {scale:g} of the planned learning rate")

    def _checkpoint(self, progress: Progress) -> None:
        card = self.card(self.config.network, progress)
        self.run.save(
            progress,
            self.learner.playing_weights(),
            card,
            self.learner.state(),
            self.config.keep_checkpoints,
        )

    def card(self, architecture: NetworkConfig, progress: Progress) -> PlayerCard:
        """What is known of the net at this point."""
        rules = self.config.rules
        return PlayerCard(
            architecture,
            rules.width,
            rules.height,
            rules.komi,
            training={
                "run": self.config.name,
                "generation": progress.generation,
                "games": self.dataset.num_games,
                "rows": self.dataset.num_rows,
                "steps": progress.num_steps,
                "hours": round(progress.seconds / 3600, 4),
                **({"started_from": self.ancestor} if self.ancestor else {}),
            },
            scoring=rules.scoring,
            sizes=self.config.mix.komi_by_size,
        )

    def _status(self, stage: Generation) -> Status:
        seconds = time.monotonic() - self.began
        done = self.share_done
        left = None
        if done:
            left = seconds / done * (1 - done)
        elapsed = max(time.monotonic() - stage.began, 1e-3)
        return Status(
            generation=self.progress.generation,
            generations=(
                0 if self.config.hours else (self.config.generations or 0) + self.progress.skipped
            ),
            games=self.dataset.num_games,
            rows=self.dataset.num_rows,
            steps=self.learner.num_steps,
            window=len(self.window),
            loss=stage.losses[-1].total if stage.losses else None,
            rating=self.rating,
            positions_per_second=stage.counts.positions / elapsed,
            seconds_left=left,
        )

    def close(self) -> None:
        """End the workers and flush the curves."""
        self.crew.close()
        self.curves.close()
