"""A worker: many games of one net against itself, a batch of evaluations at a time."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from agents.architecture import NetworkConfig
from agents.evaluator import Evaluator
from agents.forest import Forest
from agents.openvino_evaluator import OpenVinoEvaluator
from engine.benson import pass_alive
from engine.planes import NUM_BINARY_PLANES, planes
from engine.position import Position
from engine.rules import BLACK, Rules
from selfplay.config import Precision, SelfPlayConfig
from selfplay.game import SelfPlayGame

Weights = dict[str, NDArray[np.float32]]


def compiled(
    architecture: NetworkConfig,
    height: int,
    width: int,
    precision: Precision,
    weights: Weights,
    seen: NDArray[np.float32] | None,
) -> OpenVinoEvaluator:
    """The net for one processor core; its first four arguments are bound before it is sent away."""
    evaluator = OpenVinoEvaluator(weights, architecture, height, width, precision)
    if precision == "int8" and seen is not None:
        evaluator.calibrate(seen)
    return evaluator


@dataclass
class PlayCounts:
    """What a worker did in one call."""

    games: int = 0
    positions: int = 0  # plies searched and recorded
    evaluations: int = 0
    cut_games: int = 0  # games that reached the ply limit
    seconds: float = 0.0
    evaluator_seconds: float = 0.0

    def add(self, other: "PlayCounts") -> None:
        """Count another call's work in."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass
class Rows:
    """What is recorded of a game under way, one entry a searched ply."""

    ply: list[int] = field(default_factory=list)
    colour: list[int] = field(default_factory=list)
    planes: list[NDArray[np.uint8]] = field(default_factory=list)
    global_planes: list[NDArray[np.float32]] = field(default_factory=list)
    policy: list[NDArray[np.float32]] = field(default_factory=list)
    values: list[tuple[float, float]] = field(default_factory=list)


@dataclass
class Seat:
    """A game under way: rules with their komi, the opening's length, and who leads clearly."""

    rules: Rules
    opening_plies: int
    rows: Rows = field(default_factory=Rows)
    leader: int = 0  # of the last search: 1 Black, -1 White, 0 nobody clear
    clear_plies: int = 0  # the last so many searches found this clear leader


class Worker:
    """Plays games side by side with the net it was given last.

    Games go on from call to call; one that began under an earlier net is finished under the
    present one and counts as the present one's.

    Args:
        rules: the game; komi is drawn anew for each.
        config: how games are played.
        make_evaluator: weights, and planes of games under way or None, to an evaluator; called
            for each net.
        seed: equal seeds and nets give equal games.
    """

    def __init__(
        self,
        rules: Rules,
        config: SelfPlayConfig,
        make_evaluator: Callable[[Weights, NDArray[np.float32] | None], Evaluator],
        seed: int,
    ) -> None:
        self.rules = rules
        self.config = config
        self.make_evaluator = make_evaluator
        self.rng = np.random.default_rng(seed)
        self.forest = Forest(
            config.games_in_flight,
            rules.height,
            rules.width,
            config.search,
            int(self.rng.integers(2**63)),
        )
        self.generation = -1
        self.evaluate: Evaluator | None = None
        self.seats: list[Seat] = []
        self.max_plies = int(config.max_plies_per_point * rules.num_points)

    def pid(self) -> int:
        """The process that plays here."""
        return os.getpid()

    def load(self, weights: Weights, generation: int) -> None:
        """Play with these weights from now on."""
        seen = self.forest.planes if self.seats else None
        self.evaluate = self.make_evaluator(weights, seen)
        self.generation = generation

    def play(self, num_games: int) -> tuple[list[SelfPlayGame], PlayCounts]:
        """Play on until at least `num_games` games have ended; returns them.

        Raises:
            ValueError: no net was loaded.
        """
        if self.evaluate is None:
            raise ValueError("play before load: wanted a net first")
        began = time.perf_counter()
        if not self.seats:
            self.seats = [self._seat(game) for game in range(self.config.games_in_flight)]
        games: list[SelfPlayGame] = []
        counts = PlayCounts()
        while len(games) < num_games:
            rows = self.forest.select()
            if rows:
                before = time.perf_counter()
                found = self.evaluate(self.forest.planes[:rows])
                counts.evaluator_seconds += time.perf_counter() - before
                counts.evaluations += rows
                self.forest.expand(found.policy, found.value, found.score)
            for game in range(self.config.games_in_flight):
                if self.forest.is_done(game):
                    self._move(game, games, counts)
        counts.games = len(games)
        counts.seconds = time.perf_counter() - began
        return games, counts

    def _seat(self, game: int) -> Seat:
        """Begin a new game."""
        config = self.config
        rules = replace(self.rules, komi=draw_komi(self.rules.komi, config, self.rng))
        seat = Seat(rules, int(self.rng.exponential(config.opening_plies) + 0.5))
        no_pass_before = 0
        if self.generation < config.no_pass_generations:
            no_pass_before = int(config.no_pass_share * rules.num_points)
        self.forest.start(game, Position(rules), no_pass_before)
        if seat.opening_plies:
            self.forest.think(game, 1)
        return seat

    def _move(self, game: int, games: list[SelfPlayGame], counts: PlayCounts) -> None:
        """Play the move that a finished search found, and record what it learned."""
        seat = self.seats[game]
        position = self.forest.position(game)
        policy = self.forest.improved_policy(game)
        if position.num_moves < seat.opening_plies:
            move = self._sampled(game)
        else:
            move = self.forest.choose(game)
            counts.positions += 1
            if not self._is_clear(seat) or self.rng.random() < self.config.clear_share:
                record(seat.rows, position, policy, self.forest.values(game))
            self._judge(seat, position.to_play, self.forest.values(game)[1])
        position.play_in_place(move)
        ended = position.is_over or (self.config.stops_settled and is_settled(position))
        if ended or position.num_moves >= self.max_plies:
            counts.cut_games += not ended
            if seat.rows.ply:
                games.append(finished(position, seat, self.generation, self._new_id()))
            self.seats[game] = self._seat(game)
            return
        self.forest.play(game, move)
        if position.num_moves < seat.opening_plies:
            self.forest.think(game, 1)
        elif self._is_clear(seat):
            self.forest.think(game, min(self.config.clear_visits, self.config.search.visits))
        else:
            self.forest.think(game, self.config.search.visits)

    def _judge(self, seat: Seat, mover: int, value: float) -> None:
        """Note who leads clearly after a search, and for how many plies."""
        leader = 0
        if abs(value) >= self.config.clear_value:
            leader = 1 if (value > 0) == (mover == BLACK) else -1
        seat.clear_plies = seat.clear_plies + 1 if leader and leader == seat.leader else abs(leader)
        seat.leader = leader

    def _is_clear(self, seat: Seat) -> bool:
        """Whether the game's winner has been clear for some plies (KataGo's soft resignation)."""
        return seat.clear_plies >= self.config.clear_plies

    def _sampled(self, game: int) -> int:
        """A move drawn from the net's policy at the root."""
        candidates = self.forest.candidates(game)
        priors = np.array([one.prior for one in candidates], np.float64)
        weights = priors ** (1 / self.config.opening_temperature)
        return candidates[self.rng.choice(len(candidates), p=weights / weights.sum())][0]

    def _new_id(self) -> str:
        return f"{int(self.rng.integers(2**64, dtype=np.uint64)):016x}"


def draw_komi(komi: float, config: SelfPlayConfig, rng: np.random.Generator) -> float:
    """A komi around the fair one, in half points; now and then far from it (KataGo)."""
    wide = rng.random() < config.komi_wide_share
    sigma = config.komi_wide_sigma if wide else config.komi_sigma
    return float(np.clip(round(2 * rng.normal(komi, sigma)) / 2, -400, 400))


def record(
    rows: Rows,
    position: Position,
    policy: NDArray[np.float32],
    values: tuple[float, float],
) -> None:
    """Append a searched position to a game's rows."""
    seen = planes(position)
    rows.ply.append(position.num_moves)
    rows.colour.append(position.to_play)
    rows.planes.append(np.packbits(seen[:NUM_BINARY_PLANES].astype(np.uint8).ravel()))
    rows.global_planes.append(seen[NUM_BINARY_PLANES:, 0, 0])
    rows.policy.append(policy)
    rows.values.append(values)


def is_settled(position: Position) -> bool:
    """Whether every point is somebody's for good, by Benson: there is nothing left to play for."""
    return not position.rules.captures_to_win and bool(pass_alive(position).all())


def final_area(position: Position) -> tuple[NDArray[np.int8], float]:
    """Black's points 1 and White's -1, `[H, W]`, and the score as `Position.score` gives it.

    Dead stones on a settled board belong to whoever surrounds them.
    """
    if position.is_over or not is_settled(position):
        return position.ownership(), position.score()
    ownership = np.where(pass_alive(position) == BLACK, 1, -1).astype(np.int8)
    return ownership, float(ownership.sum(dtype=np.int64)) - position.rules.komi


def finished(position: Position, seat: Seat, generation: int, game_id: str) -> SelfPlayGame:
    """Make a game's record from its end: every row's targets, as its mover sees them."""
    rows = seat.rows
    sign = np.where(np.array(rows.colour) == BLACK, 1, -1)
    ownership, score = final_area(position)
    return SelfPlayGame(
        id=game_id,
        generation=generation,
        width=seat.rules.width,
        height=seat.rules.height,
        komi=seat.rules.komi,
        moves=np.array(position.moves, np.uint16),
        ply=np.array(rows.ply, np.uint16),
        planes=np.stack(rows.planes),
        global_planes=np.stack(rows.global_planes),
        policy=np.stack(rows.policy).astype(np.float16),
        outcome=(sign * np.sign(score)).astype(np.int8),
        score=(sign * score).astype(np.float32),
        ownership=(sign[:, None] * ownership.reshape(1, -1)).astype(np.int8),
        prior_value=np.array([prior for prior, _ in rows.values], np.float32),
        searched_value=np.array([searched for _, searched in rows.values], np.float32),
        weight=np.ones(len(rows.ply), np.float32),
    )
