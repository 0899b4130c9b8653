"""A search of one game, taken step by step: for players, analysis and pondering."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.evaluator import Evaluation, Evaluator
from insei.agents.search.analysis import Analysis, Avoided, Candidate, MoveAnalysis, win_rate_of
from insei.agents.search.forest import Forest
from insei.agents.search.settings import OPEN_VISITS, SearchSettings
from insei.engine.planes.extra_planes import net_input
from insei.engine.position import Position
from insei.engine.rules import Rules

MOST_A_STEP = 32  # simulations
LEAVES_BY_TIME = 8  # in a batch, where time ends a search and not visits


class Search:
    """Searches the positions of a game one after another, and keeps what it can of the tree.

    Args:
        evaluate: answers for boards of these rules' size, ownership included.
        settings: how to search; `run` ends at `visits`. Under PUCT, `step` may go on beyond.
        keeps_tree: whether to keep the tree below a move that is played; only under PUCT.
        seed: equal seeds give equal searches.
        plane_groups: of extra planes that the net sees.
    """

    def __init__(
        self,
        evaluate: Evaluator,
        rules: Rules,
        settings: SearchSettings,
        keeps_tree: bool,
        seed: int,
        plane_groups: int = 0,
    ) -> None:
        self.evaluate = evaluate
        self.plane_groups = plane_groups
        self.rules = rules
        self.settings = settings
        self.keeps_tree = keeps_tree and settings.rule == "puct"
        room = settings.visits
        if settings.rule == "puct":  # memory that no search reaches is never committed
            room = max(room, OPEN_VISITS)
        self.leaves_by_time = max(settings.leaves, LEAVES_BY_TIME)
        kept = replace(settings, visits=room, leaves=self.leaves_by_time)
        self.forest = Forest(1, rules.height, rules.width, kept, seed, groups=plane_groups)
        self.position: Position | None = None
        self.evaluations = 0  # nets evaluated since the position was set

    def look_at(
        self, position: Position, no_pass_before: int = 0, avoided: Avoided | None = None
    ) -> None:
        """Search this position from now on; goes on where it follows the one before.

        Args:
            no_pass_before, avoided: as in `Forest.start`; if given, the search begins anew.

        Raises:
            ValueError: the game is over, or of another size.
        """
        self.evaluations = 0
        if position.is_over:
            raise ValueError("a search of a game that is over: wanted a move to be left")
        is_limited = bool(no_pass_before or avoided)
        follows = None if is_limited else self._moves_since(position)
        if follows is None:
            self.forest.start(0, position, no_pass_before, avoided)
        else:
            for move in follows:
                self.forest.advance(0, move)
        self.position = None if is_limited else position.copy()  # players get it to play on

    def _moves_since(self, position: Position) -> list[int] | None:
        """The moves from the position searched last to this one; None where it doesn't follow."""
        before = self.position
        if before is None or not self.keeps_tree or before.rules != position.rules:
            return None
        moves = position.moves[before.num_moves :]
        if position.moves[: before.num_moves] != before.moves or len(moves) > 2:
            return None
        played = before
        for move in moves:
            if played.why_illegal(move):
                return None
            played = played.play(move)
        return moves if played == position else None

    @property
    def num_visits(self) -> int:
        """Simulations below the root, those kept from before included."""
        return self.forest.num_visits(0)

    def step(self, visits: int | None = None, leaves: int | None = None) -> bool:
        """Evaluate one batch of leaves; False once there are `visits`, or no room for more.

        Simulations that end the game need no evaluation; a step runs at most a few dozen.

        Args:
            visits: None for as many as there is room for.
            leaves: in the batch, at most `leaves_by_time`; None for the settings' number.
        """
        has = self.num_visits
        goal = self.forest.settings.visits if visits is None else visits
        if has >= goal:
            return False
        if self.settings.rule == "puct":
            self.forest.set_visits(0, min(goal, has + MOST_A_STEP))
        rows = self.forest.select(most=leaves or self.settings.leaves)
        if rows:
            try:
                found = self._evaluated(self.forest.planes[:rows])
                self.forest.expand(found.policy, found.value, found.score, found.ownership)
            except BaseException:
                self.position = None  # leaves wait for answers: the next search begins anew
                raise
            self.evaluations += rows
        return True

    def deepen(self) -> bool:
        """A `step` of pondering or analysis, which go on until somebody stops them.

        Under PUCT it evaluates `leaves_by_time` leaves at once, as if time were limited. Gumbel
        plans a fixed number of visits.
        """
        is_open = self.settings.rule == "puct"
        return self.step(leaves=self.leaves_by_time if is_open else None)

    def run(self, seconds: float | None, stops_early: bool) -> None:
        """Search until the visits are done, the time is up, or the move is settled.

        Args:
            seconds: None for no limit. A new position gets at least one step.
            stops_early: whether to stop once no other move can overtake the most visited.
        """
        for _ in self.running(seconds, stops_early):
            pass

    def running(self, seconds: float | None, stops_early: bool) -> Iterator[None]:
        """As `run`, a step at a time.

        If time is limited, `leaves_by_time` leaves are evaluated at once: virtual loss chooses them
        a little worse, but they come several times as fast.
        """
        leaves = self.settings.leaves if seconds is None else self.leaves_by_time
        began = time.perf_counter()
        visits_before = self.num_visits
        while self.step(self.settings.visits, leaves):
            yield
            elapsed = time.perf_counter() - began
            if seconds is not None and elapsed >= seconds:
                return
            if stops_early:
                left = self.settings.visits - self.num_visits
                if seconds is not None:
                    rate = (self.num_visits - visits_before) / max(elapsed, 1e-9)
                    left = min(left, int(rate * (seconds - elapsed)))
                if self.forest.is_decided(0, left):
                    return

    def analysis(self, num_moves: int = 0, length: int = 20) -> Analysis:
        """What the search has found so far.

        Args:
            num_moves: candidates, at most; 0 for all that were visited.
            length: of each variation, at most.

        Raises:
            ValueError: nothing was searched yet.
        """
        return analysis_of(self.forest, 0, num_moves, length, self.ownership(), self.evaluations)

    def ownership(self) -> NDArray[np.float32]:
        """Who will own each point, `[H, W]`, -1 to 1, 1 the player to move."""
        if self.evaluations:
            return self.forest.ownership(0)
        seen = net_input(self.forest.position(0), self.plane_groups)
        found = self._evaluated(seen[np.newaxis]).ownership
        assert found is not None
        return found[0]

    def _evaluated(self, seen: NDArray[np.float32]) -> Evaluation:
        """The net's answer, which must hold ownership: analysis and dead stones need it."""
        found = self.evaluate(seen)
        if found.ownership is None:
            raise ValueError("an evaluator without ownership: wanted one that finds it")
        return found


def analysis_of(
    forest: Forest,
    game: int,
    num_moves: int = 0,
    length: int = 20,
    ownership: NDArray[np.float32] | None = None,
    evaluations: int = 0,
) -> Analysis:
    """What the search of a game in a forest has found so far.

    Args:
        num_moves: candidates, at most; 0 for all that were visited.
        length: of each variation, at most.
        ownership: who will own each point; None for the mean of this search's evaluations.
        evaluations: nets evaluated for this position.

    Raises:
        ValueError: nothing was searched yet.
    """
    candidates = forest.candidates(game)
    position = forest.position(game)
    chosen = forest.choose(game)
    visited = [candidate for candidate in candidates if candidate.visits] or candidates[:1]
    visited.sort(key=lambda candidate: candidate.move != chosen)
    win, score = forest.outlook(game)
    return Analysis(
        position,
        forest.num_visits(game),
        win_rate_of(win),
        score,
        tuple(move_analysis(forest, game, each, length) for each in visited[: num_moves or None]),
        forest.policy(game),
        forest.ownership(game) if ownership is None else ownership,
        evaluations,
    )


def move_analysis(forest: Forest, game: int, candidate: Candidate, length: int) -> MoveAnalysis:
    """What the search of a game in a forest has found of one move."""
    variation = forest.variation(game, candidate.move, length)
    bound = candidate.win + candidate.bound - candidate.value
    return MoveAnalysis(
        candidate.move,
        candidate.visits,
        win_rate_of(candidate.win),
        candidate.score,
        candidate.prior,
        win_rate_of(bound) if candidate.visits else 0.0,
        tuple(variation),
        tuple(forest.visits_along(game, variation)),
        forest.ownership_after(game, candidate.move),
    )
