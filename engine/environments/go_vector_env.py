"""Many games as one Gymnasium vector environment, on the batched boards of engine/positions.pyx."""

from typing import Any

import numpy as np
from gymnasium.spaces import Discrete
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from insei.engine.environments.observations import Observer
from insei.engine.environments.opponents import Opponent, RandomOpponent, opponent_of
from insei.engine.environments.rewards import reward, sign_of
from insei.engine.environments.settings import MASK, GoSettings
from insei.engine.environments.starts import start_of
from insei.engine.errors import IllegalMove
from insei.engine.planes.net_planes import NUM_PLANES
from insei.engine.position import Position
from insei.engine.positions import LEAVE, Positions


class GoVectorEnv(VectorEnv[Any, NDArray[np.int64], NDArray[Any]]):
    """`num_envs` games, B, side by side, each as GoEnv plays it.

    Actions `[B]`, observations `[B, C, H, W]`, `info["action_mask"]` int8 `[B, A]`, and
    `info["score"]` `[B]` where a game has ended. Games that have ended restart as Gymnasium defines
    it: at the next step, which ignores their actions, or in the same step, whose info then holds
    `final_obs` and `final_info`. GoEnv's info also says who is `to_play`; here only the planes do.

    `copy.deepcopy` and `pickle` give an environment that plays on as this one does.

    Args:
        num_envs: B, the number of games.
        autoreset_mode: AutoresetMode.NEXT_STEP, SAME_STEP or DISABLED.
        render_mode: None; only GoEnv draws.
        settings: the fields of GoSettings, as for GoEnv. An opponent that is named is made once a
            game; an object with `choose` may play one game, a function any number.

    Raises:
        TypeError: a setting is unknown.
        ValueError: a setting's value is not allowed.
    """

    opponents: list[Opponent] | None = None  # closed even where `__init__` raised

    def __init__(
        self,
        num_envs: int = 1,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        **settings: Any,
    ) -> None:
        if render_mode is not None:
            raise ValueError(f"render_mode {render_mode!r}: wanted None, for GoEnv alone draws")
        self.settings = GoSettings.of(type(self), settings)
        self.rules = self.settings.resolved_rules()
        self.positions = Positions(self.rules, num_envs)
        self.num_envs = num_envs
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {"autoreset_mode": self.autoreset_mode, "render_modes": []}
        self.max_plies = self.settings.plies_allowed()
        self.opponents = opponents_of(self.settings.opponent, num_envs)
        self.observer = Observer(self.settings, self.rules)
        self.single_observation_space = self.observer.space
        self.single_action_space = Discrete(self.rules.num_actions)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.has_begun = False
        self.ended = np.zeros(num_envs, np.bool_)
        self.scores = np.zeros(num_envs)  # points by which the agent is ahead

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin all games, or those of `options["reset_mask"]`, bool `[B]`.

        One seed, or those of all games, which share one source of chance. `options` say where to
        begin, as for GoEnv; `position` may also be a list of B, None for the empty board. Games
        that restart by themselves begin on the empty board.

        Raises:
            ValueError: the mask is not `[B]` booleans, or an option is unknown or does not fit.
        """
        if isinstance(seed, list):
            seed = seed_of(seed)
        super().reset(seed=seed)
        options = dict(options or {})
        mask = options.pop("reset_mask", None)
        chosen = np.ones(self.num_envs, np.bool_) if mask is None else np.asarray(mask)
        if chosen.shape != (self.num_envs,) or chosen.dtype != np.bool_:
            raise ValueError(
                f"reset_mask {chosen.dtype}{chosen.shape}: wanted bool, one for each of "
                f"{self.num_envs} games"
            )
        starts = self._starts(options)
        self.has_begun = True
        self._begin(chosen, starts)
        masks = self.positions.legal_masks()
        return self._observations(self.observer.batch(self.positions), masks), self._info(masks)

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[
        Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]
    ]:  # fmt: skip
        """Play the agent's move in each game, and its opponent's reply.

        Raises:
            IllegalMove: an action is illegal, with its game named; no move was played. With
                `illegal="loses"` its game ends instead.
            ValueError: no game has begun, or one has ended and autoreset is disabled.
        """
        if not self.has_begun:
            raise ValueError("no game has begun: wanted reset")
        if self.autoreset_mode == AutoresetMode.DISABLED and self.ended.any():
            game = int(self.ended.argmax())
            raise ValueError(f"game {game} has ended: wanted reset with a reset_mask")
        fresh, has_fresh = self.ended, bool(self.ended.any())
        moves, illegal = self._checked(actions, fresh, has_fresh)
        movers = self.positions.to_play if illegal else np.zeros(0)
        if has_fresh:
            self._begin(fresh, None)
        masks, planes, resigned = self._play(moves)
        terminated = self.positions.is_over
        lost = self._lost(illegal, movers, resigned) if illegal or resigned else None
        if lost is not None:
            terminated |= lost != 0
        truncated = ~terminated & (self.positions.num_moves >= self.max_plies) & ~fresh
        self.ended = terminated | truncated
        scores = self._scores(self.ended)
        if lost is not None:
            scores = np.where(lost != 0, -lost * self.rules.num_points, scores)
        before = np.where(fresh, scores, self.scores) if has_fresh else self.scores
        rewards = np.asarray(reward(self.settings.reward, scores, before, terminated), np.float64)
        self.scores = scores
        info = self._info(masks) | self._end_info(illegal)
        observations = self._observations(planes, masks)
        if self.autoreset_mode == AutoresetMode.SAME_STEP and self.ended.any():
            observations, info = self._begin_anew(observations, info)
        return observations, rewards, terminated, truncated, info

    def _lost(
        self, illegal: dict[int, str], movers: NDArray[Any], resigned: list[int]
    ) -> NDArray[np.float64]:
        """Who lost each game by an illegal action or gave it up: 1 the agent, -1 the other side."""
        lost = np.zeros(self.num_envs)
        for game in illegal:
            is_agent = self.opponents is not None or movers[game] == self.settings.agent
            lost[game] = 1 if is_agent else -1
        lost[resigned] = -1
        return lost

    def action_masks(self) -> NDArray[np.bool_]:
        """Which actions are legal, bool `[B, A]`."""
        return self.positions.legal_masks()

    def close_extras(self, **kwargs: Any) -> None:
        """Close the opponents; `close` calls it."""
        for opponent in self.opponents or []:
            opponent.close()

    def _checked(
        self, actions: NDArray[np.int64], fresh: NDArray[np.bool_], has_fresh: bool
    ) -> tuple[NDArray[np.int64], dict[int, str]]:
        """The moves to play, and why those actions are illegal that lose their games.

        Raises:
            IllegalMove, ValueError: as `step`.
        """
        actions = np.asarray(actions)
        if actions.shape != fresh.shape:
            return self.positions.check(actions), {}  # which says what is wrong
        moves = np.where(fresh, LEAVE, actions) if has_fresh else actions
        if self.settings.illegal == "raises":
            if (skipped := (actions < 0) & ~fresh).any():
                game = int(skipped.argmax())
                last = self.rules.num_points
                raise IllegalMove(f"game {game}: action {actions[game]}: wanted 0 to {last}")
            return self.positions.check(moves) if has_fresh else moves, {}  # `step` checks too
        inside = (actions >= 0) & (actions < self.rules.num_actions)
        known = np.where(inside, actions, 0).astype(np.int64)
        legal = inside & np.take_along_axis(self.positions.legal_masks(), known[:, None], 1)[:, 0]
        illegal = {}
        for game in np.flatnonzero(~legal & ~fresh).tolist():
            action = int(actions[game])
            why = self.positions[game].why_illegal(action) if inside[game] else None
            illegal[game] = why or f"action {action}: wanted 0 to {self.rules.num_points}"
        return self.positions.check(np.where(legal, moves, LEAVE)), illegal

    def _play(
        self, moves: NDArray[np.int64]
    ) -> tuple[NDArray[np.bool_], NDArray[Any], list[int]]:  # fmt: skip
        """Play moves and replies; returns masks, planes, and the games whose opponent resigned."""
        masks = np.empty((self.num_envs, self.rules.num_actions), np.bool_)
        shape = (self.num_envs, NUM_PLANES, self.rules.height, self.rules.width)
        is_net = self.settings.observation == "net"
        planes = np.empty(shape, np.float32) if is_net else None  # never used before
        resigned: list[int] = []
        if self.opponents is None or isinstance(self.opponents[0], RandomOpponent):
            seed = None if self.opponents is None else self._seed()
            self.positions.step(moves, masks, planes, seed, self.max_plies)
        else:
            self.positions.step(moves)
            waits = ~self.positions.is_over & (self.positions.num_moves < self.max_plies)
            replies, resigned = self._replies(waits & (moves != LEAVE))
            self.positions.step(replies, masks, planes)
        if planes is None:
            return masks, self.observer.batch(self.positions), resigned
        return masks, self.observer.laid_out(planes), resigned

    def _replies(self, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], list[int]]:
        """The opponents' moves in chosen games, and the games in which they resign."""
        replies, resigned = np.full(self.num_envs, LEAVE, np.int64), []
        for game in np.flatnonzero(chosen).tolist():
            assert self.opponents is not None
            move = self.opponents[game].reply(self.positions[game])
            if move is None:
                resigned.append(game)
            else:
                replies[game] = move
        return replies, resigned

    def _begin_anew(
        self, observations: Any, info: dict[str, Any]
    ) -> tuple[Any, dict[str, Any]]:  # fmt: skip
        """Begin the games that have ended; info then holds what they ended with."""
        present = self.ended

        def of_ended(values: NDArray[Any]) -> NDArray[Any]:
            """The values of the games that have ended; zeros for the others."""
            found = np.zeros_like(values)
            found[present] = values[present]
            return found

        is_plain = isinstance(observations, np.ndarray)
        last = of_ended(observations) if is_plain else mapped(of_ended, observations)
        last_info = mapped(of_ended, info)
        self._begin(present, None)
        masks = self.positions.legal_masks()
        planes = self.observer.batch(self.positions)
        return self._observations(planes, masks), self._info(masks) | {
            "final_obs": last,
            "_final_obs": present,
            "final_info": last_info,
            "_final_info": present,
        }

    def _starts(self, options: dict[str, Any]) -> list[Position] | None:
        """Where each game begins; None for the empty board.

        Raises:
            ValueError: an option is unknown or does not fit.
        """
        if not options:
            return None
        given = options.get("position")
        if not isinstance(given, list | tuple):
            return [start_of(options, self.rules, self.max_plies)] * self.num_envs
        if len(given) != self.num_envs:
            raise ValueError(f"{len(given)} positions: wanted {self.num_envs}, one a game")
        return [start_of(options | {"position": one}, self.rules, self.max_plies) for one in given]

    def _begin(self, chosen: NDArray[np.bool_], starts: list[Position] | None) -> None:
        games = np.flatnonzero(chosen)
        if starts is None:
            self.positions.reset(games)
        else:
            for game in games.tolist():
                self.positions[game] = starts[game]
        self.ended = self.ended & ~chosen
        if self.opponents is not None:
            self._begin_against(games)
        if self.settings.reward == "score_change":
            self.scores = np.where(chosen, self._scores(chosen), self.scores)

    def _begin_against(self, games: NDArray[np.int64]) -> None:
        """Begin games against the opponents, and play their moves where they move first."""
        assert self.opponents is not None
        first = np.zeros(self.num_envs, np.bool_)
        first[games] = self.positions.to_play[games] != self.settings.agent
        if isinstance(self.opponents[0], RandomOpponent):
            if not first.any():
                return
            self.positions.play_random(self._seed(), None if first.all() else first)
        else:
            for game in games.tolist():
                self.opponents[game].begin(self.rules, self.np_random)
            replies, resigned = self._replies(first)
            if resigned:
                raise ValueError(f"game {resigned[0]}: the opponent resigns at once")
            self.positions.play(replies)
        if (over := self.positions.is_over[games]).any():
            game = int(games[over.argmax()])
            raise ValueError(f"game {game}: the opponent ends the game at once")

    def _seed(self) -> int:
        return int(self.np_random.integers(2**63))

    def _scores(self, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Points by which the agent is ahead, `[B]`; zero where they are not wanted."""
        found = np.zeros(self.num_envs)
        if self.settings.reward == "score_change":
            wanted = np.ones_like(wanted)
        games = np.flatnonzero(wanted)
        if len(games):
            found[games] = sign_of(self.settings) * self.positions.scores(games)
        return found

    def _observations(self, planes: NDArray[Any], masks: NDArray[np.bool_]) -> Any:
        return self.observer.observation(planes, masks)

    def _info(self, masks: NDArray[np.bool_]) -> dict[str, Any]:
        return {MASK: masks.view(np.int8), f"_{MASK}": np.ones(self.num_envs, np.bool_)}

    def _end_info(self, illegal: dict[int, str]) -> dict[str, Any]:
        """What `info` says of games that ended: scores, and why an action was illegal."""
        info: dict[str, Any] = {}
        if self.ended.any():
            info = {"score": np.where(self.ended, self.scores, 0.0), "_score": self.ended.copy()}
        if illegal:
            said = np.full(self.num_envs, None, object)
            for game, why in illegal.items():
                said[game] = why
            info |= {"illegal": said, "_illegal": said != None}  # noqa: E711
        return info


def mapped(function: Any, values: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """A dict with a function applied to each value."""
    return {key: function(value) for key, value in values.items()}


def opponents_of(said: Any, num_envs: int) -> list[Opponent] | None:
    """One opponent a game; None if the caller plays both sides.

    Raises:
        ValueError: a setting that means none, or an object that should play many games.
    """
    first = opponent_of(said)
    if first is None:
        return None
    if hasattr(said, "choose") and num_envs > 1:
        raise ValueError(
            f"opponent {said!r} for {num_envs} games: it plays one at a time; wanted a player's "
            "name or a function"
        )
    return [first, *(opponent_of(said) for _ in range(num_envs - 1))]  # type: ignore[list-item]


def seed_of(seeds: list[int | None]) -> int | None:
    """One seed of many; None where there is none among them."""
    if all(seed is None for seed in seeds):
        return None
    numbers = [0 if seed is None else seed for seed in seeds]
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0])
