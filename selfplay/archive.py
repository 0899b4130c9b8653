"""Openings from earlier games: a game now and then begins where another one once stood.

Starting from archived states shows the net positions that its own openings no longer reach (Go-
Exploit, Trudeau and Bowling 2023), and a move drawn from the policy there forks the game that was
(KataGo's forks). The archive is a worker's own and is filled again after a restart.
"""

from collections import deque

import numpy as np


class OpeningArchive:
    """The moves of the newest finished games, by board.

    Args:
        num_boards: sizes of boards.
        capacity: games kept of each.
    """

    def __init__(self, num_boards: int, capacity: int) -> None:
        self.games: list[deque[list[int]]] = [deque(maxlen=capacity) for _ in range(num_boards)]

    def add(self, board: int, moves: list[int]) -> None:
        """Keep a finished game."""
        if moves:
            self.games[board].append(moves)

    def draw(self, board: int, rng: np.random.Generator) -> list[int]:
        """The moves to a position, uniform over the games and their plies; none while empty.

        The last position of a game, where it ended, is never drawn.
        """
        games = self.games[board]
        if not games:
            return []
        moves = games[int(rng.integers(len(games)))]
        return moves[: int(rng.integers(len(moves)))]
