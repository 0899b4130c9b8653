"""A self-play game as it is recorded: every searched ply with its targets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SelfPlayGame:
    """One game; N searched plies, all as each ply's mover sees.

    Arrays are those of the run's frame, H × W points and A = H·W + 1 moves, with the board at its
    top left; `moves` count on the board itself, width × height.
    """

    id: str
    generation: int  # of the net that finished it
    width: int
    height: int
    komi: float
    moves: NDArray[np.uint16]  # every move of the game, openings included
    ply: NDArray[np.uint16]  # [N] which plies were searched
    planes: NDArray[np.uint8]  # [N, P] the binary planes, bits packed
    global_planes: NDArray[np.float32]  # [N, G] what fills the other planes
    policy: NDArray[np.float16]  # [N, A] the search's improved policy
    outcome: NDArray[np.int8]  # [N] 1 won, 0 tied, -1 lost
    score: NDArray[np.float32]  # [N] final points, komi included
    ownership: NDArray[np.int8]  # [N, H·W] 1 own, -1 the opponent's, 0 nobody's
    prior_value: NDArray[np.float32]  # [N] the net's win minus loss before the search
    searched_value: NDArray[np.float32]  # [N] the utility of playing by `policy`, -1 to 1
    weight: NDArray[np.float32]  # [N] how much the ply counts
