"""Go as PettingZoo names its environments: `go_v0.env()`, `raw_env()` and `parallel_env()`."""

from typing import Any

from pettingzoo import AECEnv, ParallelEnv
from pettingzoo.utils import AssertOutOfBoundsWrapper, OrderEnforcingWrapper
from pettingzoo.utils.conversions import turn_based_aec_to_parallel

from insei.engine.environments.go_aec_env import GoAECEnv

__all__ = ["env", "parallel_env", "raw_env"]

raw_env = GoAECEnv


def env(**settings: Any) -> AECEnv:
    """GoAECEnv in PettingZoo's wrappers, where an illegal action loses unless settings say more.

    Args:
        settings: as for GoAECEnv.

    Raises:
        TypeError, ValueError: as GoAECEnv.
    """
    go = GoAECEnv(**{"illegal": "loses"} | settings)
    return OrderEnforcingWrapper(AssertOutOfBoundsWrapper(go))


def parallel_env(**settings: Any) -> ParallelEnv:
    """The same game by PettingZoo's parallel API: the action of the side not to move is ignored.

    Args:
        settings: as for GoAECEnv.

    Raises:
        TypeError, ValueError: as GoAECEnv.
    """
    return turn_based_aec_to_parallel(env(**settings))
