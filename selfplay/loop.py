"""The loop: play, record, learn, publish; a generation at a time, until the run is done.

While the workers play the games of generation g, the learner makes net g + 1 from the games of
earlier generations. Whatever is killed when, the run goes on from its newest checkpoint:

1. net g is published; the workers begin the games of generation g that the dataset lacks,
2. the learner steps through its share of rows, a few steps at a time; between them, games that
   have come back are committed to the dataset,
3. when both are done, checkpoint g + 1 is written, and now and then rated.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agents.architecture import NetworkConfig
from agents.find_package import checkpoints_of
from agents.package import PlayerCard, read_card
from selfplay.config import TrainConfig
from selfplay.crew import Crew, Haul
from selfplay.curves import Curves
from selfplay.dataset import GameDataset, Rows, rows_of
from selfplay.learner import Learner, Losses
from selfplay.rating import rate, rated_name
from selfplay.run import Progress, RunFolder
from selfplay.start import starting_net
from selfplay.window import Window, window_size
from selfplay.worker import PlayCounts

STEPS_AT_A_TIME = 8
WAIT_SECONDS = 1.0


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
    generations: int
    games: int  # in the dataset
    games_here: int  # of this generation
    games_wanted: int
    rows: int
    steps: int
    window: int
    loss: float | None
    rating: dict[str, float]  # share of points by opponent, newest
    positions_per_second: float
    seconds: float  # since the run began, pauses not counted
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
        rules = config.rules
        self.dataset = GameDataset(run.dataset_path, rules.height, rules.width)
        self.learner = Learner(config.network, config.learner, config.seed)
        self.rng = np.random.default_rng(config.seed)
        self.ancestor: dict[str, Any] | None = None  # the training of the net that it began with
        self.progress = self._restored()
        self.window = Window(rules.height, rules.width)
        self.began = time.monotonic() - self.progress.seconds
        self.pending: Rows = self._load_window()
        self.rating = self._newest_rating()
        self.curves = Curves(run.path / "tensorboard", self.progress.generation)
        # Games in the dataset make the seed new after each crash: no game is played twice.
        self.crew = make_crew(config.seed * 1_000_003 + self.dataset.num_games)

    def _restored(self) -> Progress:
        found = self.run.newest()
        if found is None:
            if self.config.start_from:
                self._start_from()
            return Progress(0, 0, 0, dict(self.rng.bit_generator.state), 0.0)
        progress, state = found
        self.ancestor = read_card(checkpoints_of(self.run.path)[-1]).training.get("started_from")
        self.learner.restore(state, progress.num_steps)
        self.rng.bit_generator.state = progress.random_state
        return progress

    def _start_from(self) -> None:
        """Begin with another player's net, and remember whose it was."""
        weights, card = starting_net(self.config)
        self.learner.begin_with(weights)
        self.ancestor = {
            "player": self.config.start_from,
            "weights_sha256": card.weights_sha256,
            **card.training,
        }

    def _load_window(self) -> Rows:
        """Fill the window with the rows of past generations; returns those of the present one."""
        rows = self.dataset.newest(window_size(self.dataset.num_rows, self.config.window))
        past = rows["generation"] < self.progress.generation
        size = window_size(self.dataset.num_rows, self.config.window)
        self.window.update({name: column[past] for name, column in rows.items()}, size)
        return {name: column[~past] for name, column in rows.items()}

    def _newest_rating(self) -> dict[str, float]:
        ratings = self.run.ratings()
        if not ratings:
            return {}
        return {name: one["share"] for name, one in ratings[-1]["opponents"].items()}

    def play(self) -> None:
        """Train until the configured number of generations is reached."""
        if self.progress.generation == 0 and self.run.newest() is None:
            self._checkpoint(self.progress)
        while self.progress.generation < self.config.generations:
            self.one_generation()

    def one_generation(self) -> None:
        """Play a generation's games, learn from the ones before, write the checkpoint."""
        number = self.progress.generation
        self.crew.publish(self.learner.playing_weights(), number)
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
                    stage.losses.append(self.learner.step(batch, number / self.config.generations))
                steps_left -= STEPS_AT_A_TIME
            self._record(self.crew.poll(0.0 if steps_left > 0 else WAIT_SECONDS), stage)
            self.watch(self._status(stage))
        self._finish(stage)

    def _steps_owed(self) -> int:
        """Optimiser steps that the rows of past generations are still due."""
        past_rows = self.dataset.num_rows - len(self.pending["ply"])
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
        size = window_size(self.dataset.num_rows, self.config.window)
        rows = self.pending
        self.window.update(rows, size)
        self.pending = rows_of(self.dataset.schema.empty_table())
        learned = len(stage.losses) * self.config.learner.batch_size
        self.progress = Progress(
            stage.number + 1,
            self.learner.num_steps,
            self.progress.num_rows_learned + learned,
            dict(self.rng.bit_generator.state),
            time.monotonic() - self.began,
        )
        self._checkpoint(self.progress)
        numbers = {
            "window/rows": float(len(self.window)),
            "window/played_rows": float(self.dataset.num_rows),
            "learner/steps": float(self.learner.num_steps),
            "learner/rate": self.learner.learning_rate(stage.number / self.config.generations),
        }
        seconds = time.monotonic() - stage.began
        self.curves.add(stage.number, stage.losses, stage.counts, seconds, rows, numbers)
        every = self.config.rating.every
        is_last = self.progress.generation == self.config.generations
        if every and (self.progress.generation % every == 0 or is_last):
            self._rate()
        self.watch(self._status(stage))

    def _rate(self) -> None:
        config = self.config
        name = rated_name(self.run.path, config.rating.visits)
        rating = rate(name, config.rules, config.rating, self.progress.generation)
        self.run.add_rating(rating)
        self.curves.add_rating(rating)
        self.rating = self._newest_rating()
        said = ", ".join(f"{name} {share:.2f}" for name, share in self.rating.items())
        self.run.log(f"generation {self.progress.generation}: {said}")

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
        )

    def _status(self, stage: Generation) -> Status:
        seconds = time.monotonic() - self.began
        done = self.progress.generation
        here = self.dataset.games_by_generation.get(stage.number, 0)
        left = None
        if done:
            left = seconds / done * (self.config.generations - done)
        elapsed = max(time.monotonic() - stage.began, 1e-3)
        return Status(
            generation=min(self.config.generations, done),
            generations=self.config.generations,
            games=self.dataset.num_games,
            games_here=here,
            games_wanted=stage.games_wanted,
            rows=self.dataset.num_rows,
            steps=self.learner.num_steps,
            window=len(self.window),
            loss=stage.losses[-1].total if stage.losses else None,
            rating=self.rating,
            positions_per_second=stage.counts.positions / elapsed,
            seconds=seconds,
            seconds_left=left,
        )

    def close(self) -> None:
        """End the workers and flush the curves."""
        self.crew.close()
        self.curves.close()
