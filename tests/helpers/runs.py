"""Small training runs."""

from dataclasses import replace

from insei.engine.rules import Rules
from insei.selfplay.data.dataset import rows_of, schema_of, table_of
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.loop import Training
from insei.selfplay.processes import processes_of
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import RatingConfig, TrainConfig, WindowConfig
from insei.selfplay.worker import PlayCounts
from insei.selfplay.workers import PlayResult, play_jobs_here
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
    return run, training_of(run, config)


def training_of(run, config, notice=silent, workers=None, watch=silent):
    """The training of a run that is open; `workers` are made for it, or given."""
    make_workers, make_learner = processes_of(config, None, notice)
    make_workers = (lambda seed: workers) if workers else make_workers
    return Training(run, config, make_workers, make_learner, watch, notice)


def learner_of(training):
    """The learner of a training in this process."""
    return training.learner.held


def finish(run, training):
    """Train to the end."""
    training.play()
    training.close()
    run.close()


def some_rows(count, seed=1):
    """The rows of some 5x5 games."""
    return rows_of(table_of(SelfPlayGames.of(some_games(count, seed)), schema_of(5, 5)))


def curve_names(folder):
    """The scalars of a run on TensorBoard."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    return set(events.Tags()["scalars"])


class ScriptedWorkers:
    """Plays the same games of a generation in every run, whatever the net and the seed."""

    repeats = True
    num_workers = 1
    jobs = None

    def __init__(self, games_per_generation, games_per_call=4):
        self.games_per_generation = games_per_generation
        self.games_per_call = games_per_call
        self.games = []

    def publish(self, net):
        games = some_games(self.games_per_generation, net.generation + 1, net.generation)
        self.games = games[: self.games_per_generation]

    def go_on(self):
        pass

    def poll(self, seconds):
        games, self.games = self.games[: self.games_per_call], self.games[self.games_per_call :]
        if not games:
            return []
        return [PlayResult(SelfPlayGames.of(games), PlayCounts(positions=len(games)))]

    def begin_jobs(self, jobs):
        self.jobs = jobs

    def jobs_done(self):
        jobs, self.jobs = self.jobs, None
        return jobs if jobs is None else play_jobs_here(jobs)

    def close(self):
        pass
