"""Go as a PettingZoo AEC environment, for two agents; needs the extra `pettingzoo`."""

from operator import index
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Dict, Discrete
from numpy.typing import NDArray
from pettingzoo import AECEnv

from insei.engine.environments.go_env import PLIES_PER_POINT, GoSettings
from insei.engine.environments.picture import picture
from insei.engine.errors import IllegalMove
from insei.engine.planes.net_planes import LARGEST_VALUE, NUM_PLANES, planes
from insei.engine.position import Position
from insei.engine.rules import BLACK

AGENTS = ("black_0", "white_0")
RENDER_MODES = ("ansi", "rgb_array")


class GoAECEnv(AECEnv):
    """Go as a PettingZoo environment: the agents black_0 and white_0 move in turn.

    An observation holds `observation`, the planes, and `action_mask`, which is all zero for the
    agent that is not to move. An illegal action raises; with `illegal="loses"` it ends the game,
    lost by the agent that chose it.

    Args:
        render_mode: "ansi", "rgb_array" or None.
        settings: the fields of GoSettings: board_size, rules, komi, illegal, max_plies; opponent
            and agent_colour have no effect.

    Raises:
        ValueError: a setting is unknown, or its value is not allowed.
    """

    metadata = {  # noqa: RUF012
        "render_modes": [*RENDER_MODES],
        "name": "insei_go_v0",
        "is_parallelizable": False,
        "render_fps": 2,
    }

    def __init__(self, render_mode: str | None = None, **settings: Any) -> None:
        super().__init__()
        if render_mode not in (None, *RENDER_MODES):
            raise ValueError(f"render_mode {render_mode!r}: wanted ansi, rgb_array or None")
        self.render_mode = render_mode
        self.settings = GoSettings.of(settings)
        self.rules = self.settings.resolved()
        self.max_plies = self.settings.max_plies or PLIES_PER_POINT * self.rules.num_points
        self.possible_agents = list(AGENTS)
        shape = (NUM_PLANES, self.rules.height, self.rules.width)
        self.observation_spaces = {
            agent: Dict(
                {
                    "observation": Box(-LARGEST_VALUE, LARGEST_VALUE, shape, np.float32),
                    "action_mask": Box(0, 1, (self.rules.num_actions,), np.int8),
                }
            )
            for agent in AGENTS
        }
        self.action_spaces = {agent: Discrete(self.rules.num_actions) for agent in AGENTS}

    def observation_space(self, agent: str) -> Dict:
        """The space of what `agent` sees."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Discrete:
        """The space of what `agent` plays."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begin a game; chance has no part in it, so that the seed changes nothing."""
        self.position = Position(self.rules)
        self.agents = list(AGENTS)
        self.agent_selection = AGENTS[0]
        self.rewards = dict.fromkeys(AGENTS, 0.0)
        self._cumulative_rewards = dict.fromkeys(AGENTS, 0.0)
        self.terminations = dict.fromkeys(AGENTS, False)
        self.truncations = dict.fromkeys(AGENTS, False)
        self.infos: dict[str, dict[str, Any]] = {agent: {} for agent in AGENTS}

    def observe(self, agent: str) -> dict[str, NDArray[Any]]:
        """What `agent` sees of the board, as if it were to move."""
        colour = 1 + AGENTS.index(agent)
        if colour == self.position.to_play:
            mask = self.position.legal_mask().astype(np.int8)
        else:
            mask = np.zeros(self.rules.num_actions, np.int8)
        seen = self.position.with_to_play(colour)
        return {"observation": planes(seen), "action_mask": mask}

    def step(self, action: int | None) -> None:
        """Play a move for the agent selected.

        Raises:
            IllegalMove: the action is illegal, unless `illegal` says that it loses.
        """
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        self._cumulative_rewards[agent] = 0.0
        self.rewards = dict.fromkeys(AGENTS, 0.0)
        loser = None
        try:
            self.position.play_in_place(-1 if action is None else index(action))
        except IllegalMove as error:
            if self.settings.illegal == "raises":
                raise
            self.infos[agent]["illegal"] = str(error)
            loser = agent
        if loser is None and self.position.is_over and (winner := self.position.winner()):
            loser = AGENTS[winner == BLACK]
        if loser is not None:
            self.rewards = {agent: -1.0 if agent == loser else 1.0 for agent in AGENTS}
        if loser is not None or self.position.is_over:
            self.terminations = dict.fromkeys(AGENTS, True)
        elif self.position.num_moves >= self.max_plies:
            self.truncations = dict.fromkeys(AGENTS, True)
        self.agent_selection = AGENTS[1 - AGENTS.index(agent)]
        self._accumulate_rewards()

    def render(self) -> Any:
        """Draw the board: text with coordinates, or pixels `[24·H, 24·W, 3]`."""
        if self.render_mode == "ansi":
            return str(self.position)
        return picture(self.position) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Nothing to give back."""
