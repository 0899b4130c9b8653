"""Go as a Gymnasium environment; importing this module registers `insei/Go-v0`.

    import gymnasium, insei.engine.environments.go_env
    env = gymnasium.make("insei/Go-v0", board_size=9, opponent="random")
    observation, info = env.reset(seed=1)
    env.step(env.action_space.sample(info["action_mask"]))

`gymnasium.make_vec("insei/Go-v0", num_envs=256)` gives the batched one of go_vector_env.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from numbers import Integral
from operator import index
from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete
from numpy.typing import NDArray

from insei.engine.environments.picture import picture
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.planes.net_planes import LARGEST_VALUE, NUM_PLANES, planes
from insei.engine.playouts import random_reply
from insei.engine.position import Position
from insei.engine.rules import BLACK, COLOUR_NAMES, PRESETS, WHITE, Rules

Opponent = Literal["random"] | Callable[[Position], int] | None
PLIES_PER_POINT = 4  # a game is cut short after so many plies a point
REWARDS = (-1.0, 1.0)


@dataclass(frozen=True)
class GoSettings:
    """The settings of the environments.

    Raises:
        ValueError: a setting has none of the values named beside it.
    """

    board_size: int | tuple[int, int] = 9  # a side, or width and height
    rules: str | Rules = "tromp-taylor"  # a preset's name; a Rules has its own size and komi
    komi: float | None = None  # points for White; None for the preset's
    opponent: Opponent = (
        "random"  # or a function from Position to move; None: the caller plays both
    )
    agent_colour: str = "black"  # or "white"; rewards are this colour's, with or without opponent
    illegal: str = "raises"  # or "loses": an illegal action ends the game, lost
    max_plies: int = 0  # plies after which a game is truncated; 0 for 4 a point

    def __post_init__(self) -> None:
        for name, wanted in (
            ("agent_colour", ("black", "white")),
            ("illegal", ("raises", "loses")),
        ):
            if getattr(self, name) not in wanted:
                raise ValueError(f"{name} {getattr(self, name)!r}: wanted {' or '.join(wanted)}")
        if not (self.opponent in ("random", None) or callable(self.opponent)):
            raise ValueError(f"opponent {self.opponent!r}: wanted random, None or a function")
        named = isinstance(self.rules, str) and self.rules in PRESETS
        if not (named or isinstance(self.rules, Rules)):
            raise ValueError(f"rules {self.rules!r}: wanted a Rules or one of {', '.join(PRESETS)}")
        if not isinstance(self.max_plies, Integral) or self.max_plies < 0:
            raise ValueError(f"max_plies {self.max_plies!r}: wanted a whole number, 0 or more")
        if isinstance(self.board_size, tuple) and len(self.board_size) != 2:
            raise ValueError(f"board_size {self.board_size}: wanted a side, or width and height")

    @classmethod
    def of(cls, values: dict[str, Any]) -> "GoSettings":
        """Settings from names and values.

        Raises:
            ValueError: there is no such setting, or a value is not allowed.
        """
        names = [field.name for field in fields(cls)]
        for name in values:
            if name not in names:
                near = get_close_matches(name, names, 1)
                raise ValueError(
                    f"setting {name!r}: wanted {near[0] if near else ', '.join(names)}"
                )
        return cls(**values)

    def resolved(self) -> Rules:
        """The rules that these settings mean."""
        if isinstance(self.rules, Rules):
            return self.rules
        size = self.board_size
        width, height = size if isinstance(size, tuple) else (size, size)
        komi = {} if self.komi is None else {"komi": self.komi}
        return PRESETS[self.rules](width, height, **komi)

    @property
    def agent(self) -> int:
        """BLACK or WHITE."""
        return COLOUR_NAMES.index(self.agent_colour)


class GoEnv(gymnasium.Env[NDArray[np.float32], int]):
    """Go as a Gymnasium environment: the agent moves, then its opponent.

    Actions: 0 to H·W - 1 for points, row by row from the top left; H·W passes. Observations: the
    planes of engine/planes/net_planes.pyx, float32 `[C, H, W]`, from the view of the player to
    move. Reward: 1 for a won game, -1 for a lost one, 0 for a tie and at every other step.
    `info["action_mask"]`, int8 `[A]`, has the legal actions, superko included; pass it to
    `action_space.sample`.

    Args:
        render_mode: "ansi", "rgb_array" or None.
        settings: the fields of GoSettings: board_size, rules, komi, opponent, agent_colour,
            illegal, max_plies.

    Raises:
        ValueError: a setting is unknown, or its value is not allowed.
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 2}  # noqa: RUF012

    def __init__(self, render_mode: str | None = None, **settings: Any) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode {render_mode!r}: wanted ansi, rgb_array or None")
        self.render_mode = render_mode
        self.settings = GoSettings.of(settings)
        self.rules = self.settings.resolved()
        self.max_plies = self.settings.max_plies or PLIES_PER_POINT * self.rules.num_points
        shape = (NUM_PLANES, self.rules.height, self.rules.width)
        self.observation_space = Box(-LARGEST_VALUE, LARGEST_VALUE, shape, np.float32)
        self.action_space = Discrete(self.rules.num_actions)  # type: ignore[assignment]
        self.position = Position(self.rules)
        self.has_ended = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin a game; where the agent is White, its opponent has moved."""
        super().reset(seed=seed)
        self.position = Position(self.rules)
        self.has_ended = False
        if self.settings.opponent is not None and self.settings.agent == WHITE:
            self._reply()
        return planes(self.position), self._info()

    def step(self, action: int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Play the agent's move and its opponent's reply.

        Raises:
            IllegalMove: the action is illegal, unless `illegal` says that it loses.
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
            self.has_ended = True
            info = self._info() | {"illegal": str(error)}
            own = self.settings.opponent is not None or mover == self.settings.agent
            return planes(self.position), REWARDS[not own], True, False, info
        if self.settings.opponent is not None and self._goes_on():
            self._reply()
        terminated = self.position.is_over
        reward = 0.0
        if terminated and (winner := self.position.winner()):
            reward = REWARDS[winner == self.settings.agent]
        truncated = not terminated and not self._goes_on()
        self.has_ended = terminated or truncated
        return planes(self.position), reward, terminated, truncated, self._info()

    def render(self) -> Any:
        """Draw the board: text with coordinates, or pixels `[24·H, 24·W, 3]`."""
        if self.render_mode == "ansi":
            return str(self.position)
        return picture(self.position) if self.render_mode == "rgb_array" else None

    def _goes_on(self) -> bool:
        return not self.position.is_over and self.position.num_moves < self.max_plies

    def _reply(self) -> None:
        if callable(self.settings.opponent):
            move = self.settings.opponent(self.position.copy())  # to try moves out on
        else:
            move = random_reply(self.position, int(self.np_random.integers(2**63)))
        self.position.play_in_place(move)

    def _info(self) -> dict[str, Any]:
        return {
            "action_mask": self.position.legal_mask().astype(np.int8),
            "to_play": "black" if self.position.to_play == BLACK else "white",
        }
