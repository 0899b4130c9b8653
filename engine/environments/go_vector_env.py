"""Many games as one Gymnasium vector environment, on the batched boards of engine/positions.pyx."""

from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from insei.engine.environments.go_env import PLIES_PER_POINT, GoSettings
from insei.engine.errors import IllegalMove
from insei.engine.planes.net_planes import LARGEST_VALUE, NUM_PLANES
from insei.engine.positions import LEAVE, Positions
from insei.engine.rules import WHITE


class GoVectorEnv(VectorEnv[NDArray[np.float32], NDArray[np.int64], NDArray[Any]]):
    """`num_envs` games, B, side by side, each as GoEnv plays it.

    Actions `[B]`, observations float32 `[B, C, H, W]`, `info["action_mask"]` int8 `[B, A]`. Games
    that have ended restart as Gymnasium defines it: at the next step, which ignores their actions,
    or in the same step, whose info then holds `final_obs` and `final_info`. GoEnv's info also says
    who is `to_play`; here only the planes do.

    Args:
        num_envs: B, the number of games.
        autoreset_mode: AutoresetMode.NEXT_STEP, SAME_STEP or DISABLED.
        render_mode: None; only GoEnv draws.
        settings: the fields of GoSettings: board_size, rules, komi, opponent (random or None),
            agent_colour, illegal (always "raises"), max_plies.

    Raises:
        ValueError: a setting is unknown, or one that only GoEnv has.
    """

    def __init__(
        self,
        num_envs: int = 1,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        **settings: Any,
    ) -> None:
        if render_mode is not None:
            raise ValueError(f"render_mode {render_mode!r}: wanted None, for GoEnv alone draws")
        self.settings = GoSettings.of(settings)
        if callable(self.settings.opponent) or self.settings.illegal != "raises":
            raise ValueError("wanted opponent random or None, and illegal raises: GoEnv has more")
        self.num_envs = num_envs
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {"autoreset_mode": self.autoreset_mode, "render_modes": []}
        self.rules = self.settings.resolved()
        self.max_plies = self.settings.max_plies or PLIES_PER_POINT * self.rules.num_points
        shape = (NUM_PLANES, self.rules.height, self.rules.width)
        self.single_observation_space = Box(-LARGEST_VALUE, LARGEST_VALUE, shape, np.float32)
        self.single_action_space = Discrete(self.rules.num_actions)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.positions = Positions(self.rules, num_envs)
        self.ended = np.zeros(num_envs, np.bool_)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin all games, or those of `options["reset_mask"]`, bool `[B]`.

        One seed, or those of all games, which share one source of chance.

        Raises:
            ValueError: the mask is none of `[B]` booleans.
        """
        if isinstance(seed, list):
            seed = seed_of(seed)
        super().reset(seed=seed)
        mask = (options or {}).get("reset_mask")
        chosen = np.ones(self.num_envs, np.bool_) if mask is None else np.asarray(mask)
        if chosen.shape != (self.num_envs,) or chosen.dtype != np.bool_:
            raise ValueError(
                f"reset_mask {chosen.dtype}{chosen.shape}: wanted bool, one for each of "
                f"{self.num_envs} games"
            )
        self._begin(chosen)
        return self.positions.planes(), self._info(self.positions.legal_masks())

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[
        NDArray[np.float32],
        NDArray[np.float64],
        NDArray[np.bool_],
        NDArray[np.bool_],
        dict[str, Any],
    ]:
        """Play the agent's move in each game, and its opponent's reply.

        Raises:
            IllegalMove: an action is illegal, with its game named; no move was played.
            ValueError: a game has ended, and autoreset is disabled.
        """
        if self.autoreset_mode == AutoresetMode.DISABLED and self.ended.any():
            game = int(self.ended.argmax())
            raise ValueError(f"game {game} has ended: wanted reset with a reset_mask")
        fresh = self.ended
        actions = np.asarray(actions)
        if actions.shape == fresh.shape and (skipped := (actions < 0) & ~fresh).any():
            game = int(skipped.argmax())
            last = self.rules.num_points
            raise IllegalMove(f"game {game}: action {actions[game]}: wanted 0 to {last}")
        if fresh.any():
            actions = self.positions.check(np.where(fresh, LEAVE, actions))
            self._begin(fresh)
        masks, frames = self._buffers()
        seed = None if self.settings.opponent is None else self._seed()
        self.positions.step(actions, masks, frames, seed, self.max_plies)
        terminated = self.positions.is_over
        truncated = ~terminated & (self.positions.num_moves >= self.max_plies) & ~fresh
        rewards = np.zeros(self.num_envs, np.float64)
        over = np.flatnonzero(terminated)
        if len(over):
            sign = -1.0 if self.settings.agent == WHITE else 1.0
            rewards[over] = sign * np.sign(self.positions.scores(over))
        self.ended = terminated | truncated
        info = self._info(masks)
        if self.autoreset_mode == AutoresetMode.SAME_STEP and self.ended.any():
            info |= self._begin_anew(masks, frames)
        return frames, rewards, terminated, truncated, info

    def _begin_anew(
        self, masks: NDArray[np.bool_], frames: NDArray[np.float32]
    ) -> dict[str, NDArray[Any] | dict[str, NDArray[Any]]]:
        """Begin the games that have ended; returns what they ended with, nothing for the others."""
        present = self.ended
        ended = np.flatnonzero(present)
        last_masks, last_frames = np.zeros_like(masks), np.zeros_like(frames)
        last_masks[ended], last_frames[ended] = masks[ended], frames[ended]
        self._begin(present)
        self.positions.legal_masks(masks, ended)
        self.positions.planes(frames, ended)
        last = self._info(last_masks) | {"_action_mask": present}
        return {
            "final_obs": last_frames,
            "_final_obs": present,
            "final_info": last,
            "_final_info": present,
        }

    def _begin(self, chosen: NDArray[np.bool_]) -> None:
        self.positions.reset(np.flatnonzero(chosen))
        self.ended = self.ended & ~chosen
        if self.settings.opponent is not None and self.settings.agent == WHITE:
            self._reply(chosen)

    def _reply(self, chosen: NDArray[np.bool_]) -> None:
        self.positions.play_random(self._seed(), None if chosen.all() else np.flatnonzero(chosen))

    def _seed(self) -> int:
        return int(self.np_random.integers(2**63))

    def _buffers(self) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Room for masks and observations, never used before: what was returned stays."""
        shape = (self.num_envs, NUM_PLANES, self.rules.height, self.rules.width)
        masks = np.empty((self.num_envs, self.rules.num_actions), np.bool_)
        return masks, np.empty(shape, np.float32)

    def _info(self, masks: NDArray[np.bool_]) -> dict[str, Any]:
        return {
            "action_mask": masks.view(np.int8),
            "_action_mask": np.ones(self.num_envs, np.bool_),
        }


def seed_of(seeds: list[int | None]) -> int | None:
    """One seed of many; None where there is none among them."""
    if all(seed is None for seed in seeds):
        return None
    numbers = [0 if seed is None else seed for seed in seeds]
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0])
