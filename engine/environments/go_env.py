"""Go as a Gymnasium environment for one agent, and its opponent if it has one.

    import gymnasium, insei
    env = gymnasium.make("insei/Go-v0", board_size=9, opponent="random")
    observation, info = env.reset(seed=1)
    env.step(env.action_space.sample(info["action_mask"]))

`gymnasium.make_vec("insei/Go-v0", num_envs=256)` gives the batched one of go_vector_env.py.
"""

from operator import index
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Discrete
from numpy.typing import NDArray

from insei.engine.environments.observations import Observer
from insei.engine.environments.opponents import opponent_of
from insei.engine.environments.picture import picture
from insei.engine.environments.rewards import reward, sign_of
from insei.engine.environments.settings import MASK, GoSettings
from insei.engine.environments.starts import start_of
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.position import Position
from insei.engine.rules import COLOUR_NAMES


class GoEnv(gymnasium.Env[Any, int]):
    """Go as a Gymnasium environment: the agent moves, then its opponent.

    Actions: 0 to H·W - 1 for points, row by row from the top left; H·W passes. Observations: planes
    from the view of the player to move, float32 `[C, H, W]` of engine/planes/net_planes.pyx unless
    settings choose others. Reward: 1 for a won game, -1 for a lost one, 0 for a tie and at every
    other step, unless `reward` says otherwise. `info["action_mask"]`, int8 `[A]`, has the legal
    actions, superko included; pass it to `action_space.sample`. At the end `info["score"]` has the
    points by which the agent is ahead.

    Args:
        render_mode: "ansi", "rgb_array" or None.
        settings: the fields of GoSettings: board_size, rules, komi, opponent, agent_colour,
            illegal, max_plies, observation, channels, dtype, observation_key, reward.

    Raises:
        TypeError: a setting is unknown.
        ValueError: a setting's value is not allowed.
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 2}  # noqa: RUF012

    def __init__(self, render_mode: str | None = None, **settings: Any) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode {render_mode!r}: wanted ansi, rgb_array or None")
        self.render_mode = render_mode
        self.settings = GoSettings.of(type(self), settings)
        self.rules = self.settings.resolved_rules()
        self.max_plies = self.settings.plies_allowed()
        self.opponent = opponent_of(self.settings.opponent)
        self.observer = Observer(self.settings, self.rules)
        self.observation_space = self.observer.space
        self.action_space = Discrete(self.rules.num_actions)  # type: ignore[assignment]
        self.position = Position(self.rules)
        self.has_ended = False
        self.score = 0.0  # points by which the agent is ahead on the board

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin a game; the opponent has moved where it moves first.

        Args:
            seed: of the opponent's chance.
            options: where to begin: `position`, a Position; or `sgf`, a file's path or its text; or
                `handicap`, a number of stones; `ply` cuts the first two short. The environment's
                rules and komi apply.

        Raises:
            ValueError: an option is unknown or does not fit, or the game would be over.
        """
        super().reset(seed=seed)
        self.position = start_of(options, self.rules, self.max_plies)
        self.has_ended = False
        if self.opponent is not None:
            self.opponent.begin(self.rules, self.np_random)
            if self.position.to_play != self.settings.agent:
                has_resigned = not self._reply()
                if has_resigned or self.position.is_over:
                    what = "resigns" if has_resigned else "ends the game"
                    raise ValueError(f"the opponent {what} at once: wanted another position")
        self.score = self._score()
        return self._observation(), self._info()

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play the agent's move and its opponent's reply.

        Raises:
            IllegalMove: the action is illegal, unless `illegal` says that it loses; or the
                opponent's move is.
            GameOver: the game has ended; wanted `reset`.
        """
        if self.has_ended:
            raise GameOver(f"action {action}: the game has ended; wanted reset")
        mover = self.position.to_play
        try:
            self.position.play_in_place(index(action))
        except IllegalMove as error:
            if self.settings.illegal == "raises":
                raise
            return self._ended_by(mover, {"illegal": str(error)})
        if self.opponent is not None and self._goes_on() and not self._reply():
            loser = self.position.to_play
            return self._ended_by(loser, {"resigned": COLOUR_NAMES[loser]})
        terminated = self.position.is_over
        truncated = not terminated and not self._goes_on()
        return self._earned(self._score(), terminated, truncated, {})

    def action_masks(self) -> NDArray[np.bool_]:
        """Which actions are legal, bool `[A]`; sb3-contrib's MaskablePPO calls it."""
        return self.position.legal_mask()

    def render(self) -> Any:
        """Draw the board: text with coordinates, or pixels `[24·H, 24·W, 3]`."""
        if self.render_mode == "ansi":
            return str(self.position)
        return picture(self.position) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Close the opponent."""
        if self.opponent is not None:
            self.opponent.close()

    def _ended_by(
        self, loser: int, info: dict[str, Any]
    ) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """End the game, lost by the whole board."""
        points = float(self.rules.num_points)
        return self._earned(-points if loser == self.settings.agent else points, True, False, info)

    def _earned(
        self, score: float, terminated: bool, truncated: bool, info: dict[str, Any]
    ) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """What `step` returns where the agent is ahead by `score`."""
        earned = float(reward(self.settings.reward, score, self.score, terminated))
        self.score = score
        self.has_ended = terminated or truncated
        if self.has_ended:
            info = {"score": score} | info
        return self._observation(), earned, terminated, truncated, self._info() | info

    def _score(self) -> float:
        """Points by which the agent is ahead, where somebody wants to know."""
        if self.settings.reward == "score_change" or not self._goes_on():
            return sign_of(self.settings) * self.position.score()
        return 0.0

    def _goes_on(self) -> bool:
        return not self.position.is_over and self.position.num_moves < self.max_plies

    def _reply(self) -> bool:
        """Play the opponent's move; False if it resigns."""
        assert self.opponent is not None
        move = self.opponent.reply(self.position)
        if move is not None:
            self.position.play_in_place(move)
        return move is not None

    def _observation(self) -> Any:
        return self.observer.observation(
            self.observer.planes(self.position), self.position.legal_mask()
        )

    def _info(self) -> dict[str, Any]:
        return {
            MASK: self.position.legal_mask().astype(np.int8),
            "to_play": COLOUR_NAMES[self.position.to_play],
        }
