"""Openings from earlier games: a share of the games begins at a position of an earlier one.

Archived positions show the net what its own openings no longer reach (Go-Exploit, Trudeau and
Bowling 2023). A move drawn from the policy there forks the earlier game (KataGo's forks). Each
worker has an archive of its own, which is empty after a restart.
"""

from collections import deque

import numpy as np


class OpeningArchive:
    """The moves of the newest finished games, by board.

    Args:
        num_boards: how many board sizes there are.
        capacity: games kept of each size.
    """

    def __init__(self, num_boards: int, capacity: int) -> None:
        self.games: list[deque[list[int]]] = [deque(maxlen=capacity) for _ in range(num_boards)]

    def add(self, board: int, moves: list[int]) -> None:
        """Keep a finished game."""
        if moves:
            self.games[board].append(moves)

    def draw(self, board: int, rng: np.random.Generator) -> list[int]:
        """The moves that lead to a position, uniform over games and plies; [] while empty.

        The last position of a game is never drawn, because the game is over there.
        """
        games = self.games[board]
        if not games:
            return []
        moves = games[int(rng.integers(len(games)))]
        return moves[: int(rng.integers(len(moves)))]
