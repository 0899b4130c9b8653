"""A crew plays the games of a generation: here in this process, in cluster.py on Ray."""

from collections.abc import Iterator
from typing import Protocol

from selfplay.game import SelfPlayGame
from selfplay.worker import PlayCounts, Weights, Worker


class Crew(Protocol):
    """Workers as the loop sees them."""

    def publish(self, weights: Weights, generation: int) -> None:
        """Play with these weights from now on."""

    def collect(self, num_games: int) -> Iterator[tuple[list[SelfPlayGame], PlayCounts]]:
        """Play at least `num_games` games; yields them as calls come back."""

    def close(self) -> None:
        """End the workers."""


class LocalCrew:
    """One worker in this process: for debugging, and for the smallest runs."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    def publish(self, weights: Weights, generation: int) -> None:
        """Play with these weights from now on."""
        self.worker.load(weights, generation)

    def collect(self, num_games: int) -> Iterator[tuple[list[SelfPlayGame], PlayCounts]]:
        """Play at least `num_games` games, a few at a time."""
        while num_games > 0:
            games, counts = self.worker.play(min(num_games, self.worker.config.games_per_call))
            num_games -= len(games)
            yield games, counts

    def close(self) -> None:
        """Nothing to end."""
