"""What the client asks of players, and what they reply. Both cross between processes."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from insei.agents.clock import Clock
from insei.agents.search.analysis import MoveAnalysis
from insei.engine.position import Position


@dataclass(frozen=True)
class MoveTask:
    """Choose a move."""

    position: Position
    player: str  # by the grammar
    clocks: dict[int, Clock] = field(default_factory=dict)  # by colour; empty for no limit
    is_level: bool = False  # whether the player ends a game as people do


@dataclass(frozen=True)
class AnalysisTask:
    """Analyse a position."""

    position: Position
    is_deep: bool = False  # whether to go on until another task comes
    visits: int = 0  # at least; 0 for a quick one


Task = MoveTask | AnalysisTask


@dataclass(frozen=True)
class PositionAnalysis:
    """The analyst's view of a position."""

    position: Position
    visits: int
    black_win_rate: float  # 0 to 1
    black_score: float  # in points
    candidates: tuple[MoveAnalysis, ...]  # for the player to move
    policy: NDArray[np.float32]  # [A]
    ownership: NDArray[np.float32]  # [H, W], 1 for Black, -1 for White


@dataclass(frozen=True)
class ThinkingBegan:
    """The player has started up and thinks: its time runs."""

    position: Position


@dataclass(frozen=True)
class ChosenMove:
    """A player's move, or RESIGN."""

    position: Position
    move: int
    seconds: float = 0.0  # that it thought


@dataclass(frozen=True)
class Failure:
    """A task that failed."""

    position: Position
    reason: str
    is_player: bool  # whether a player failed; else the analyst


Reply = PositionAnalysis | ThinkingBegan | ChosenMove | Failure
