"""Games that have come from the workers, on their way into the dataset: few, large commits."""

import time
from collections.abc import Callable

from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.games import SelfPlayGames

COMMIT_SECONDS = 2.0  # that a game waits at most
COMMIT_ROWS = 50_000


class GameIntake:
    """Commits games in batches.

    Args:
        dataset: of the run.
        seconds: after which games are committed, few as they may be; 0: at once.
        clock: seconds, as `time.monotonic`.
    """

    def __init__(
        self,
        dataset: GameDataset,
        seconds: float = COMMIT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.dataset = dataset
        self.seconds = seconds
        self.clock = clock
        self.waiting: list[SelfPlayGames] = []
        self.since = 0.0  # when the first of them came

    @property
    def num_waiting(self) -> int:
        """Games that are not in the dataset yet."""
        return sum(len(games) for games in self.waiting)

    def add(self, games: SelfPlayGames) -> None:
        """Have games committed, soon."""
        if not self.waiting:
            self.since = self.clock()
        self.waiting.append(games)

    @property
    def is_due(self) -> bool:
        """Whether the waiting games are to be committed now."""
        if not self.waiting:
            return False
        rows = sum(games.num_rows for games in self.waiting)
        return rows >= COMMIT_ROWS or self.clock() - self.since >= self.seconds

    def commit(self) -> tuple[SelfPlayGames, SelfPlayGames] | None:
        """Commit the games that wait; none of them is lost from here on.

        Returns:
            the games, and those of them that were not in the dataset; None if no game waits.
        """
        if not self.waiting:
            return None
        games = SelfPlayGames.together(self.waiting)
        new = self.dataset.append(games)
        self.waiting = []
        return games, new
