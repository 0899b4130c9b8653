"""Go as a PettingZoo AEC environment, for two agents; needs the extra `pettingzoo`."""

from operator import index
from typing import Any

import numpy as np
from gymnasium.spaces import Dict, Discrete
from numpy.typing import NDArray
from pettingzoo import AECEnv

from insei.engine.environments.observations import Observer
from insei.engine.environments.picture import picture
from insei.engine.environments.rewards import reward
from insei.engine.environments.settings import GoSettings
from insei.engine.environments.starts import OPTIONS, start_of
from insei.engine.errors import IllegalMove

AGENTS = ("black_0", "white_0")
RENDER_MODES = ("ansi", "rgb_array")


class GoAECEnv(AECEnv):
    """Go as a PettingZoo environment: the agents black_0 and white_0 move in turn.

    An observation holds `observation`, the planes, and `action_mask`, which is all zero for the
    agent that is not to move. An illegal action raises; with `illegal="loses"` it ends the game,
    lost by the agent that chose it. At the end `infos[agent]["score"]` has the points by which the
    agent is ahead.

    Args:
        render_mode: "ansi", "rgb_array" or None.
        settings: the fields of GoSettings: board_size, rules, komi, illegal, max_plies,
            observation, channels, dtype, observation_key, reward; opponent and agent_colour have no
            effect.

    Raises:
        TypeError: a setting is unknown.
        ValueError: a setting's value is not allowed.
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
        key = settings.get("observation_key") or "observation"
        self.settings = GoSettings.of(type(self), settings | {"observation_key": key})
        self.rules = self.settings.resolved_rules()
        self.max_plies = self.settings.plies_allowed()
        self.possible_agents = list(AGENTS)
        self.observer = Observer(self.settings, self.rules)
        self.observation_spaces: dict[str, Any] = dict.fromkeys(AGENTS, self.observer.space)
        self.action_spaces = {agent: Discrete(self.rules.num_actions) for agent in AGENTS}
        self.state_space = self.observer.state_box()

    def observation_space(self, agent: str) -> Dict:
        """The space of what `agent` sees."""
        space: Dict = self.observation_spaces[agent]
        return space

    def action_space(self, agent: str) -> Discrete:
        """The space of what `agent` plays."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begin a game; chance has no part in it, so that the seed changes nothing.

        Args:
            seed: of spaces' samples elsewhere; of no use here.
            options: where to begin: `position`, `sgf` or `handicap`, as for GoEnv. Others are
                ignored, as PettingZoo's own tests expect.

        Raises:
            ValueError: an option does not fit.
        """
        ours = {key: value for key, value in (options or {}).items() if key in OPTIONS}
        self.position = start_of(ours, self.rules, self.max_plies)
        self.agents = list(AGENTS)
        self.agent_selection = AGENTS[self.position.to_play - 1]
        self.rewards = dict.fromkeys(AGENTS, 0.0)
        self._cumulative_rewards = dict.fromkeys(AGENTS, 0.0)
        self.terminations = dict.fromkeys(AGENTS, False)
        self.truncations = dict.fromkeys(AGENTS, False)
        self.infos: dict[str, dict[str, Any]] = {agent: {} for agent in AGENTS}
        self.score = self.position.score()  # points by which Black is ahead on the board

    def observe(self, agent: str) -> dict[str, NDArray[Any]]:
        """What `agent` sees of the board, as if it were to move."""
        colour = 1 + AGENTS.index(agent)
        mask = self._action_mask()
        if colour != self.position.to_play:
            mask = np.zeros_like(mask)
        planes = self.observer.planes(self.position.with_to_play(colour))
        return self.observer.observation(planes, mask)

    def state(self) -> NDArray[Any]:
        """The whole game's state: what Black sees, and a plane that says whether Black moves."""
        return self.observer.state(self.position)

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
        is_lost = False
        try:
            self.position.play_in_place(-1 if action is None else index(action))
            score = self.position.score()
        except IllegalMove as error:
            if self.settings.illegal == "raises":
                raise
            self.infos[agent]["illegal"] = str(error)
            is_lost = True
            score = self.rules.num_points * (-1.0 if agent == AGENTS[0] else 1.0)
        if terminated := is_lost or self.position.is_over:
            self.terminations = dict.fromkeys(AGENTS, True)
        elif self.position.num_moves >= self.max_plies:
            self.truncations = dict.fromkeys(AGENTS, True)
        earned = float(reward(self.settings.reward, score, self.score, terminated))
        self.score = score
        self.rewards = dict(zip(AGENTS, (earned, 0.0 - earned), strict=True))
        if self.truncations[agent] or terminated:
            self.infos[AGENTS[0]]["score"], self.infos[AGENTS[1]]["score"] = score, 0.0 - score
        self.agent_selection = AGENTS[1 - AGENTS.index(agent)]
        self._accumulate_rewards()

    def render(self) -> Any:
        """Draw the board: text with coordinates, or pixels `[24·H, 24·W, 3]`."""
        if self.render_mode == "ansi":
            return str(self.position)
        return picture(self.position) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Nothing to give back."""

    def _action_mask(self) -> NDArray[np.bool_]:
        """The legal actions; none where the game has ended."""
        mask = self.position.legal_mask()
        return np.zeros_like(mask) if any(self.terminations.values()) else mask
