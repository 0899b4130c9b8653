"""What agents see of a position: planes, by choice of set, layout and type, and a mask."""

from typing import Any

import numpy as np
from gymnasium.spaces import Box, Dict, Space
from numpy.typing import NDArray

from insei.engine.environments.settings import MASK, GoSettings
from insei.engine.planes.feature_planes import (
    NUM_HISTORY_PLANES,
    NUM_RICH_PLANES,
    write_history_planes,
    write_rich_planes,
)
from insei.engine.planes.net_planes import LARGEST_VALUE, NUM_PLANES, write_planes
from insei.engine.position import Position
from insei.engine.positions import Positions
from insei.engine.rules import BLACK, Rules

NUM_PLANES_OF = {"net": NUM_PLANES, "history": NUM_HISTORY_PLANES, "rich": NUM_RICH_PLANES}


class Observer:
    """Turns positions into observations, as the settings say."""

    def __init__(self, settings: GoSettings, rules: Rules) -> None:
        self.settings = settings
        self.rules = rules
        self.dtype = np.dtype(settings.dtype)
        self.is_last = settings.channels == "last"
        self.num_planes = NUM_PLANES_OF[settings.observation]
        self.space: Space[Any] = self.box(self.num_planes)
        self.mask_space = Box(0, 1, (rules.num_actions,), np.int8)
        if settings.observation_key is not None:
            self.space = Dict({settings.observation_key: self.space, MASK: self.mask_space})

    def box(self, num_planes: int) -> Box:
        """The space of so many planes."""
        low, high = 0.0, 1.0
        if self.settings.observation == "net":
            low, high = -LARGEST_VALUE, LARGEST_VALUE
        height, width = self.rules.height, self.rules.width
        shape = (height, width, num_planes) if self.is_last else (num_planes, height, width)
        return Box(low, high, shape, self.dtype.type)

    def planes(self, position: Position) -> NDArray[Any]:
        """What the player to move sees, `[C, H, W]` or `[H, W, C]`."""
        written = np.float32 if self.dtype == np.float32 else np.uint8
        found = np.empty((self.num_planes, self.rules.height, self.rules.width), written)
        if self.settings.observation == "net":
            write_planes(position, found)
        elif self.settings.observation == "history":
            write_history_planes(position, found)
        else:
            write_rich_planes(position, found)
        return self.laid_out(found)

    def batch(self, positions: Positions) -> NDArray[Any]:
        """What the players to move see, `[B, C, H, W]` or `[B, H, W, C]`."""
        if self.settings.observation == "net":
            return self.laid_out(positions.planes())
        written = np.float32 if self.dtype == np.float32 else np.uint8
        shape = (len(positions), self.num_planes, self.rules.height, self.rules.width)
        found = np.empty(shape, written)
        is_history = self.settings.observation == "history"
        (write_history_planes if is_history else write_rich_planes)(positions, found)
        return self.laid_out(found)

    def observation(self, planes: NDArray[Any], mask: NDArray[np.bool_]) -> Any:
        """The planes, or a Dict of them and the mask."""
        if self.settings.observation_key is None:
            return planes
        return {self.settings.observation_key: planes, MASK: mask.astype(np.int8)}

    def state_box(self) -> Box:
        """The space of `state`: an observation's planes, and one more."""
        return self.box(self.num_planes + 1)

    def state(self, position: Position) -> NDArray[Any]:
        """What Black sees, and a plane of ones where Black is to move, else of zeros."""
        seen = self.planes(position.with_to_play(BLACK))
        moves = np.full((self.rules.height, self.rules.width), position.to_play == BLACK)
        axis = -1 if self.is_last else 0
        one_more = np.expand_dims(moves.astype(self.dtype), axis)
        return np.concatenate([seen, one_more], axis)

    def laid_out(self, planes: NDArray[Any]) -> NDArray[Any]:
        """Planes as they were written, in the layout and type that the settings name."""
        if self.is_last:
            planes = np.ascontiguousarray(np.moveaxis(planes, -3, -1))
        return planes.view(np.bool_) if self.dtype == np.bool_ else planes
