"""What a step earns, from the score of the board before and after it."""

from typing import Any, TypeVar

import numpy as np

from insei.engine.environments.settings import GoSettings
from insei.engine.rules import BLACK

Number = TypeVar("Number", bound=Any)


def reward(kind: str, score: Number, before: Number, terminated: Any) -> Number:
    """The reward of a step, of one game or of many.

    Args:
        kind: the setting `reward`.
        score: points by which the rewarded side is ahead after the step.
        before: the same, before the step.
        terminated: whether the game ended by its rules.
    """
    if kind == "score_change":
        return score - before
    return (np.sign(score) if kind == "win" else score) * terminated


def sign_of(settings: GoSettings) -> float:
    """1 if the rewarded side is Black, else -1; the engine scores for Black."""
    return 1.0 if settings.agent == BLACK else -1.0
