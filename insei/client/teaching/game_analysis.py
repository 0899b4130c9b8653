"""The analysis of a game: what is known of each position, what is missing, what lost most.

Everything is kept in the nodes of the game's tree, so that it is saved and read with the game, and
runs once. A position has Black's win rate and lead (`estimate.py`) and the best moves
(`best_moves.py`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from insei.agents.search.mistakes import mistakes
from insei.client.estimate import Estimate, estimate_of, set_estimate
from insei.client.player_tasks import PositionAnalysis
from insei.client.teaching.best_moves import (
    BestMove,
    best_moves,
    is_estimated_elsewhere,
    judged_visits,
    keep_best_moves,
)
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.variations import GameNode

NUM_LESSONS = 5  # moves that the end of a game shows
LESSON_VISITS = 200  # of the positions that lessons rest on


@dataclass(frozen=True)
class Lesson:
    """A move that lost much, and what was better."""

    node: GameNode  # after the move
    ply: int  # of the move, 1 for the first
    move: int
    mover: int  # the colour that played it
    loss: float  # of the mover's win rate, 0 to 1
    points: float | None  # that the mover lost; None if unknown
    better: BestMove | None  # None if no search was kept, or it preferred this move

    @property
    def before(self) -> GameNode:
        """The node before the move."""
        assert self.node.parent is not None
        return self.node.parent


def keep_analysis(node: GameNode, analysis: PositionAnalysis) -> bool:
    """Write what a search has found into a node; False if a longer search has written there.

    What another program has estimated stays.
    """
    if analysis.visits < judged_visits(node):
        return False
    is_own = not is_estimated_elsewhere(node)
    keep_best_moves(node, analysis.visits, analysis.candidates)
    if is_own:
        set_estimate(node, Estimate(analysis.black_win_rate, analysis.black_score))
    return True


def is_judged(node: GameNode, visits: int = 1) -> bool:
    """Whether a search of so many visits is kept in a node."""
    return estimate_of(node) is not None and judged_visits(node) >= visits


class GameAnalysis:
    """What is known of a line of a game.

    Args:
        nodes: of the line, the start first.
        history: their positions.
        colours: whose moves are lessons.
    """

    def __init__(
        self,
        nodes: Sequence[GameNode],
        history: Sequence[Position],
        colours: Collection[int] = (BLACK, WHITE),
    ) -> None:
        self.nodes = nodes
        self.history = history
        self.colours = colours

    def unjudged(self, visits: int = 1) -> int | None:
        """The first ply without a search of so many visits; None if there is none."""
        return next(
            (ply for ply, node in enumerate(self.nodes) if not is_judged(node, visits)), None
        )

    def num_judged(self, visits: int = 1) -> int:
        """How many positions have a search of so many visits."""
        return sum(is_judged(node, visits) for node in self.nodes)

    def next_ply(self, visits: int) -> int | None:
        """The ply to analyse next, for a whole analysis of so many visits; None if all is done.

        First every position gets some analysis, then those around lessons get `LESSON_VISITS`.
        """
        ply = self.unjudged()
        if ply is None:
            ply = next(
                (
                    ply
                    for ply in self._around_lessons()
                    if not is_judged(self.nodes[ply], LESSON_VISITS)
                ),
                None,
            )
        return self.unjudged(max(1, visits)) if ply is None else ply

    def wanted_visits(self, ply: int, visits: int) -> int:
        """The visits that `next_ply` wants for the ply that it returned."""
        return max(visits, LESSON_VISITS if ply in self._around_lessons() else 0)

    def _around_lessons(self) -> list[int]:
        return [ply for lesson in self.lessons() for ply in (lesson.ply - 1, lesson.ply)]

    def lessons(self, most: int = NUM_LESSONS) -> list[Lesson]:
        """The moves that lost most, the worst first."""
        estimates = [estimate_of(node) for node in self.nodes]
        rates = {ply: found.black_win_rate for ply, found in enumerate(estimates) if found}
        return [
            self._lesson(mistake.ply, mistake.loss, estimates)
            for mistake in mistakes(self.history, rates, self.colours)
            if self._is_move(mistake.ply)
        ][:most]

    def _is_move(self, ply: int) -> bool:
        """Whether a ply is a move that was played, and not stones that were set up."""
        before, after = self.history[ply - 1], self.history[ply]
        return after.last_move is not None and after.num_moves == before.num_moves + 1

    def _lesson(self, ply: int, loss: float, estimates: list[Estimate | None]) -> Lesson:
        mover, move = self.history[ply - 1].to_play, self.history[ply].last_move
        assert move is not None
        scores = [found.black_score if found else None for found in estimates[ply - 1 : ply + 1]]
        points = None
        if scores[0] is not None and scores[1] is not None:
            points = (scores[0] - scores[1]) * (1 if mover == BLACK else -1)
        best = best_moves(self.nodes[ply - 1])[:1]
        better = best[0] if best and best[0].move != move else None
        return Lesson(self.nodes[ply], ply, move, mover, loss, points, better)

    def lesson_plies(self) -> list[int]:
        """The plies of all moves that lost much, in the order of the game."""
        return sorted(lesson.ply for lesson in self.lessons(len(self.nodes)))
