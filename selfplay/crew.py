"""A crew plays the games of a generation: here in this process, in cluster.py on Ray."""

from typing import Protocol

from insei.selfplay.data.game import SelfPlayGame
from insei.selfplay.worker import PlayCounts, Weights, Worker

Haul = tuple[list[SelfPlayGame], PlayCounts]  # what a worker's call gives back


class Crew(Protocol):
    """Workers as the loop sees them."""

    def publish(self, weights: Weights, generation: int, progress: float) -> None:
        """Play with these weights from now on; `progress` is the share of the run that is done."""

    def begin(self, num_games: int) -> None:
        """Have at least `num_games` more games played."""

    def poll(self, seconds: float) -> list[Haul]:
        """Return the calls that have come back, after waiting up to `seconds` for the first."""

    @property
    def is_busy(self) -> bool:
        """Whether games that were begun are still to come."""

    def close(self) -> None:
        """End the workers."""


class LocalCrew:
    """One worker in this process: for debugging, and for the smallest runs."""

    def __init__(self, worker: Worker, games_per_call: int) -> None:
        self.worker = worker
        self.games_per_call = games_per_call
        self.num_missing = 0

    def publish(self, weights: Weights, generation: int, progress: float) -> None:
        """Play with these weights from now on; `progress` is the share of the run that is done."""
        self.worker.load(weights, generation, progress)

    def begin(self, num_games: int) -> None:
        """Have at least `num_games` more games played, as `poll` is called."""
        self.num_missing = max(0, self.num_missing) + num_games

    def poll(self, seconds: float) -> list[Haul]:
        """Play one call's games now."""
        if self.num_missing <= 0:
            return []
        games, counts = self.worker.play(min(self.num_missing, self.games_per_call))
        self.num_missing -= len(games)
        return [(games, counts)]

    @property
    def is_busy(self) -> bool:
        """Whether games that were begun are still to come."""
        return self.num_missing > 0

    def close(self) -> None:
        """Nothing to end."""
