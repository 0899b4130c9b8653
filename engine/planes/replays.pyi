"""Recorded games, replayed to any ply; see replays.pyx."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

WHITE_BIT: int
POINT_BITS: int

class Replays:
    num_games: int
    height: int
    width: int
    def __init__(
        self,
        sizes: ArrayLike,
        komi: ArrayLike,
        suicide: ArrayLike,
        moves: ArrayLike,
        starts: ArrayLike,
        stones: ArrayLike,
        stone_starts: ArrayLike,
    ) -> None: ...
    def __len__(self) -> int: ...
    @property
    def lengths(self) -> NDArray[np.int64]: ...
    def num_legal(self, threads: int = 1) -> NDArray[np.int32]: ...
    def write_planes(
        self,
        games: ArrayLike,
        plies: ArrayLike,
        symmetries: ArrayLike,
        out: NDArray[np.float32],
        groups: int = 0,
        threads: int = 1,
    ) -> None: ...

def integers(what: str, numbers: ArrayLike, kind: type) -> NDArray[np.integer]: ...
def checked_runs(
    what: str, numbers: ArrayLike, starts: ArrayLike, limits: NDArray[np.int64]
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]: ...
