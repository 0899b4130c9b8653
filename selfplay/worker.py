"""A worker plays many games of one net against itself, a batch of evaluations at a time."""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.evaluator import Evaluation, Evaluator, Precision
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.search.analysis import SearchedPly
from insei.agents.search.forest import Forest
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.selfplay.archive import OpeningArchive
from insei.selfplay.data.game import SelfPlayGame
from insei.selfplay.data.recording import finished
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import SelfPlayConfig

Weights = dict[str, NDArray[np.float32]]
# From weights, and planes of games under way or None, to an evaluator.
MakeEvaluator = Callable[[Weights, NDArray[np.float32] | None], Evaluator]


def compiled(
    architecture: NetworkConfig,
    height: int,
    width: int,
    precision: Precision,
    weights: Weights,
    seen: NDArray[np.float32] | None,
) -> OpenVinoEvaluator:
    """The net for one processor core; the first four arguments are bound before it is pickled."""
    evaluator = OpenVinoEvaluator(weights, architecture, height, width, precision, ownership=False)
    if precision == "int8" and seen is not None:
        evaluator.calibrate(seen[seen[:, 0].any((1, 2))])  # without rows that never held a board
    return evaluator


@dataclass
class PlayCounts:
    """What a worker did in one call."""

    positions: int = 0  # plies searched, recorded or not
    evaluations: int = 0
    cache_hits: int = 0  # evaluations found in the cache, not counted above
    cut_games: int = 0  # games that reached the ply limit
    seconds: float = 0.0  # that the call took

    def add(self, other: "PlayCounts") -> None:
        """Count another call's work in."""
        for count in fields(self):
            total = getattr(self, count.name) + getattr(other, count.name)
            setattr(self, count.name, total)


@dataclass
class GameSlot:
    """What a worker keeps of a game under way; the game itself is the forest's."""

    board: int  # index among the run's boards
    opening_plies: int  # before which moves are drawn from the policy
    most_plies: int  # after which the game is scored as it stands
    is_full: bool = True  # whether the present search has all its simulations, and is recorded
    plies: list[SearchedPly] = field(default_factory=list)  # recorded so far
    leader: int = 0  # by the last search: 1 Black, -1 White, 0 nobody clear
    clear_plies: int = 0  # the last so many searches found this clear leader


class Worker:
    """Plays games side by side with the net it was given last.

    Games go on from call to call. A game that began under an earlier net is finished by the present
    net and counts as its game. Boards of several sizes share one frame.

    Args:
        mix: the boards; komi is drawn anew for each game.
        config: how games are played.
        make_evaluator: called for each net.
        seed: equal seeds and nets give equal games.
        groups: of extra planes that the nets see.
        most_games: that it plays, all of them to their ends; None: games without end.
    """

    def __init__(
        self,
        mix: BoardMix,
        config: SelfPlayConfig,
        make_evaluator: MakeEvaluator,
        seed: int,
        groups: int = 0,
        most_games: int | None = None,
    ) -> None:
        self.mix = mix
        self.config = config
        self.make_evaluator = make_evaluator
        self.rng = np.random.default_rng(seed)
        self.forest = Forest(
            config.games_in_flight,
            mix.frame.height,
            mix.frame.width,
            config.search,
            int(self.rng.integers(2**63)),
            config.threads,
            config.batches,
            config.cache,
            groups,
        )
        self.helper = ThreadPoolExecutor(1)  # evaluates if several batches are under way
        self.answers: list[Future[Evaluation] | None] = [None] * config.batches
        self.part = 0  # of the forest, whose turn it is to select
        self.generation = -1
        self.progress = 0.0
        self.evaluate: Evaluator | None = None
        self.slots: list[GameSlot | None] = []  # None where no game is left to be played
        self.num_to_begin = most_games  # games; None: without end
        self.archive = OpeningArchive(len(mix.boards), config.archive_games)

    def pid(self) -> int:
        """The process that plays here."""
        return os.getpid()

    def load(self, weights: Weights, generation: int, progress: float = 0.0) -> None:
        """Play with these weights from now on; `progress` is the run's finished share, 0 to 1."""
        for part, answer in enumerate(self.answers):
            if answer is not None:  # the last of the old net, whose weights may be replaced
                self._expand(answer.result(), part)
                self.answers[part] = None
        seen = self.forest.planes if self.slots else None
        self.evaluate = self.make_evaluator(weights, seen)
        self.forest.clear_cache()
        self.generation = generation
        self.progress = progress

    def play(self, num_games: int) -> tuple[list[SelfPlayGame], PlayCounts]:
        """Play on until at least `num_games` games have ended, or no game is left; returns them.

        Raises:
            ValueError: no net was loaded.
        """
        if self.evaluate is None:
            raise ValueError("play before load: wanted a net first")
        if not self.slots:
            self.slots = [self._next_game(game) for game in range(self.config.games_in_flight)]
        games: list[SelfPlayGame] = []
        counts = PlayCounts()
        began = time.monotonic()
        hits = self.forest.cache_lookups()[0]
        while len(games) < num_games and any(self.slots):
            for game in self.forest.done(self._advance(counts)):
                if slot := self.slots[game]:
                    self._move(game, slot, games, counts)
        counts.cache_hits = self.forest.cache_lookups()[0] - hits
        counts.seconds = time.monotonic() - began
        return games, counts

    def _advance(self, counts: PlayCounts) -> int:
        """Evaluate one batch; if there are several, select another meanwhile.

        Returns:
            the part of the forest whose searches went on.
        """
        assert self.evaluate is not None
        if self.forest.select(self.part):
            batch = self.forest.batch(self.part)
            counts.evaluations += len(batch)
            if self.config.batches == 1:
                self._expand(self.evaluate(batch), 0)
                return 0
            self.answers[self.part] = self.helper.submit(self.evaluate, batch)
        self.part = (self.part + 1) % self.config.batches
        answer = self.answers[self.part]
        if answer is not None:
            self.answers[self.part] = None
            self._expand(answer.result(), self.part)
        return self.part

    def _expand(self, found: Evaluation, part: int) -> None:
        self.forest.expand(found.policy, found.value, found.score, part=part)

    def _next_game(self, game: int) -> GameSlot | None:
        """Begin a game if one is left to be played."""
        if self.num_to_begin is not None:
            if not self.num_to_begin:
                return None
            self.num_to_begin -= 1
        return self._begin_game(game)

    def _begin_game(self, game: int) -> GameSlot:
        """Begin a game on a board drawn by its share; its opening may be an earlier game's."""
        config = self.config
        board = self.mix.draw(self.progress, self.rng)
        usual = self.mix.boards[board]
        sigma = self.mix.sigma(board, config.komi_sigma)
        rules = replace(usual, komi=draw_komi(usual.komi, sigma, config, self.rng))
        position = self._opening(rules, board)
        mean_plies = config.opening_plies * usual.num_points / self.mix.frame.num_points
        drawn = int(self.rng.exponential(mean_plies) + 0.5)
        most_plies = int(config.max_plies_per_point * rules.num_points)
        slot = GameSlot(board, position.num_moves + drawn, most_plies)
        no_pass_before = 0
        if self.generation < config.no_pass_generations:
            no_pass_before = int(config.no_pass_share * rules.num_points)
        self.forest.start(game, position, no_pass_before)
        self._begin_search(game, slot)
        return slot

    def _opening(self, rules: Rules, board: int) -> Position:
        """The empty board, a position of an earlier game, or a few random plies."""
        config = self.config
        if config.archive_share and self.rng.random() < config.archive_share:
            return Position(rules).play_all(self.archive.draw(board, self.rng))
        if config.random_share and self.rng.random() < config.random_share:
            plies = int(self.rng.integers(1, config.random_plies + 1))
            position = random_game(rules, int(self.rng.integers(2**63)), plies)
            if not position.is_over:  # as on the smallest boards
                return position
        return Position(rules)

    def _begin_search(self, game: int, slot: GameSlot) -> None:
        """Begin the search of a game's next ply: full, quick, clear or for an opening."""
        config = self.config
        slot.is_full = True
        visits = visits_at(config, self.progress)
        if self.forest.num_moves(game) < slot.opening_plies:
            visits = 1
        elif self._is_clear(slot):
            visits = min(config.clear_visits, visits)
        elif config.full_share < 1 and self.rng.random() >= config.full_share:
            slot.is_full = False
            visits = min(config.quick_visits, visits)
        self.forest.begin_search(game, visits)

    def _move(
        self, game: int, slot: GameSlot, games: list[SelfPlayGame], counts: PlayCounts
    ) -> None:
        """Play the move that a finished search found, and record what is to be learned from it."""
        forest = self.forest
        if forest.num_moves(game) < slot.opening_plies:
            move = forest.draw(game, self.config.opening_temperature, self.rng.random())
        else:
            move = forest.choose(game)
            counts.positions += 1
            self._update_leader(slot, forest.to_play(game), self._record(game, slot))
        forest.play(game, move)
        ended = forest.is_over(game) or (self.config.stops_settled and forest.is_settled(game))
        if ended or forest.num_moves(game) >= slot.most_plies:
            counts.cut_games += not ended
            self._finish(game, slot, games)
            self.slots[game] = self._next_game(game)
            return
        self._begin_search(game, slot)

    def _record(self, game: int, slot: GameSlot) -> float:
        """Keep the ply of a full search, of clear endings only a share; returns its value."""
        is_kept = slot.is_full
        if is_kept and self._is_clear(slot):
            is_kept = self.rng.random() < self.config.clear_share
        if not is_kept:
            return self.forest.values(game)[1]
        ply = self.forest.searched_ply(game, with_surprise=self.config.surprise_share > 0)
        slot.plies.append(ply)
        return ply.searched_value

    def _finish(self, game: int, slot: GameSlot, games: list[SelfPlayGame]) -> None:
        """Add a game that has ended to `games`, unless nothing of it was recorded."""
        position = self.forest.position(game)
        if self.config.archive_share:
            self.archive.add(slot.board, position.moves)
        if slot.plies:
            games.append(
                finished(
                    position,
                    slot.plies,
                    self.generation,
                    self._new_id(),
                    self.mix.frame,
                    self.config.surprise_share,
                )
            )
        elif self.num_to_begin is not None:
            self.num_to_begin += 1  # another takes its place

    def _update_leader(self, slot: GameSlot, mover: int, value: float) -> None:
        """Set who leads clearly after a search, and for how many plies."""
        leader = 0
        if self.config.clear_value is not None and abs(value) >= self.config.clear_value:
            leader = 1 if (value > 0) == (mover == BLACK) else -1
        slot.clear_plies = slot.clear_plies + 1 if leader and leader == slot.leader else abs(leader)
        slot.leader = leader

    def _is_clear(self, slot: GameSlot) -> bool:
        """Whether the game's winner has been clear for some plies (KataGo's soft resignation)."""
        return slot.clear_plies >= self.config.clear_plies

    def _new_id(self) -> str:
        return f"{int(self.rng.integers(2**64, dtype=np.uint64)):016x}"


def draw_komi(
    komi: float, usual_sigma: float, config: SelfPlayConfig, rng: np.random.Generator
) -> float:
    """A komi around the fair one, in half points; a share of the games draws from far (KataGo)."""
    wide = rng.random() < config.komi_wide_share
    sigma = config.komi_wide_sigma if wide else usual_sigma
    return min(max(round(2 * rng.normal(komi, sigma)) / 2, -400.0), 400.0)


def visits_at(config: SelfPlayConfig, progress: float) -> int:
    """Simulations of a full search at a point of the run.

    They double from `first_visits` up to those of `search`; each number lasts an equal part of the
    run (MiniZero and Gumbel MuZero learn well from few simulations; more help late).
    """
    last = config.search.visits
    first = config.first_visits
    if first is None or first >= last:
        return last
    doublings = max(1, round(np.log2(last / first)))
    stage = min(doublings, int(progress * (doublings + 1)))
    return last if stage == doublings else min(last, first << stage)
