"""Small training runs."""

from dataclasses import replace

from insei.engine.rules import Rules
from insei.selfplay.data.dataset import rows_of, schema_of, table_of
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.loop import Training
from insei.selfplay.run import RunFolder
from insei.selfplay.session import make_workers
from insei.selfplay.train_config import RatingConfig, TrainConfig, WindowConfig
from insei.selfplay.worker import PlayCounts
from insei.selfplay.workers import play_jobs_here
from insei.system.configuration import to_yaml
from tests.helpers.games import QUICK, some_games
from tests.helpers.nets import TINY

LEARNING = LearnerConfig(batch_size=32, warmup_steps=10, learning_rate=3e-3)
CONFIG = TrainConfig(
    name="tiny",
    generations=3,
    games_per_generation=12,
    workers=0,
    reuse=2.0,
    keep_checkpoints=3,
    rules=Rules(5, 5, 14.5),
    network=TINY,
    selfplay=QUICK,
    window=WindowConfig(smallest=400, largest=2000),
    learner=LEARNING,
    rating=RatingConfig(every=3, games=2, opponents=("random",)),
)
RATED = replace(
    CONFIG,
    generations=4,
    milestone_every=1,
    rating=RatingConfig(every=1, games=2, opponents=("random",), earlier_games=2),
)
SHORT = replace(
    CONFIG,
    milestone_every=2,
    window=replace(CONFIG.window, held_out=0.2),
    rating=RatingConfig(every=None),
)


def write_base(folder, **changes):
    """The configuration SHORT as a file."""
    path = folder / "base.yaml"
    path.write_text(to_yaml(replace(SHORT, **changes)))
    return path


def silent(*words):
    pass


def begin(path, config):
    """A new run, and its training."""
    run = RunFolder.create(path, to_yaml(config))
    return run, Training(run, config, workers_of(config), silent, silent)


def workers_of(config, notice=silent):
    return lambda seed: make_workers(config, None, notice, seed)


def finish(run, training):
    """Train to the end."""
    training.play()
    training.close()
    run.close()


def some_rows(count, seed=1):
    """The rows of some 5x5 games."""
    return rows_of(table_of(some_games(count, seed), schema_of(5, 5)))


def curve_names(folder):
    """The scalars of a run on TensorBoard."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    return set(events.Tags()["scalars"])


class ScriptedWorkers:
    """Plays the same games of a generation in every run, whatever the net and the seed."""

    num_missing = 0

    def __init__(self, games_per_generation, games_per_call=4):
        self.games_per_generation = games_per_generation
        self.games_per_call = games_per_call

    def publish(self, weights, generation, progress):
        games = some_games(self.games_per_generation, generation + 1, generation)
        self.games = games[: self.games_per_generation]

    def begin(self, num_games):
        self.num_missing = num_games

    def poll(self, seconds):
        if not self.num_missing:
            return []
        first = self.games_per_generation - self.num_missing
        games = self.games[first : first + self.games_per_call]
        self.num_missing -= len(games)
        return [(games, PlayCounts(positions=len(games)))]

    def play_jobs(self, jobs):
        return play_jobs_here(jobs)

    @property
    def is_busy(self):
        return self.num_missing > 0

    def close(self):
        pass
