"""The pace of a run: when steps are due, when a net is, and when the workers must wait.

Rows earn steps: each row is learned from `reuse` times on average. A net is due each time that
`games_per_generation` more games have come, once the steps that their rows earned are taken. Nobody
waits for it: the workers play on with the net before. They pause only if the learner has fallen
behind by `MOST_LAG` nets, because nothing may grow without bound.
"""

from collections import deque
from typing import NamedTuple

from insei.selfplay.train_config import TrainConfig

MOST_LAG = 2.0  # nets that the learner may be behind the games


def steps_due(num_rows: int, num_rows_learned: int, config: TrainConfig) -> int:
    """Optimiser steps that rows have earned and that were not taken yet.

    None are due before the rows fill a quarter of the smallest window.

    Args:
        num_rows: rows that have come, those held out among them.
        num_rows_learned: rows trained on so far, repeats counted.
    """
    learnable = int(num_rows * (1 - config.window.held_out))
    if learnable < config.window.smallest / 4:
        return 0
    due = learnable * config.reuse - num_rows_learned
    return max(0, int(due / config.learner.batch_size))


class Played(NamedTuple):
    """How much was played."""

    games: int
    rows: int


class Pace:
    """Counts what has come and what was learned.

    Args:
        newest: what had been played when the newest net was due.
        num_rows_learned: rows that this net was trained on, repeats counted.
    """

    def __init__(self, config: TrainConfig, newest: Played, num_rows_learned: int) -> None:
        self.config = config
        self.newest = newest
        self.played = newest
        self.num_rows_learned = num_rows_learned  # steps that the learner was asked for among them
        self.due: deque[Played] = deque()  # what had been played when each of the next nets was due

    def add(self, games: int, rows: int) -> None:
        """Count games that have come; where nets are due amid them, their rows are divided."""
        before = self.played
        self.played = Played(before.games + games, before.rows + rows)
        last = self.due[-1] if self.due else self.newest
        number = last.games + self.config.games_per_generation
        while number <= self.played.games:
            share = (number - before.games) / games
            self.due.append(Played(number, before.rows + round(share * rows)))
            number += self.config.games_per_generation

    @property
    def steps_due(self) -> int:
        """Steps to ask of the learner now; those of later nets come after the next net."""
        rows = self.due[0].rows if self.due else self.played.rows
        return steps_due(rows, self.num_rows_learned, self.config)

    def ask(self, num_steps: int) -> None:
        """Count steps that the learner was asked for."""
        self.num_rows_learned += num_steps * self.config.learner.batch_size

    @property
    def is_net_due(self) -> bool:
        """Whether the games of the next net have come, and all steps before it were asked for."""
        return bool(self.due) and not self.steps_due

    def next_net(self) -> Played:
        """Go on to the net after the one that is due; returns what that one has learned from."""
        self.newest = self.due.popleft()
        return self.newest

    @property
    def lag(self) -> float:
        """Nets that the learner is behind the games; up to 1 while it keeps pace."""
        return (self.played.games - self.newest.games) / self.config.games_per_generation

    @property
    def is_behind(self) -> bool:
        """Whether the workers must wait for the learner."""
        return self.lag >= MOST_LAG
