"""The analysis engine: queries in, many positions searched side by side, answers out.

Positions of one board size share a forest, and so each batch that the net evaluates. A turn of
higher priority is seated first; among equals the one that came first.
"""

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from insei.agents.json_analysis.answer import answer_of, no_results
from insei.agents.json_analysis.query import Action, BadQuery, Query, ReadRules, Turn, read_line
from insei.agents.net.evaluator import Evaluator
from insei.agents.search.analysis import Analysis
from insei.agents.search.forest import Forest
from insei.agents.search.search import analysis_of
from insei.agents.search.settings import SearchSettings
from insei.system.lines import Lines

LONGEST_ERROR = 1000  # characters of an error; some quote what came
NUM_SEATS = 16  # positions searched side by side on one board size
Answer = dict[str, Any]
MakeEvaluator = Callable[[int, int], Evaluator]  # height and width to the net for such boards


@dataclass
class Waiting:
    """A turn of a query, before and while it is searched."""

    query: Query
    turn: Turn
    began: float = 0.0  # when its search began, by the monotonic clock
    reported: float = 0.0  # when an answer was last given
    is_terminated: bool = False

    def is_at_its_end(self, now: float) -> bool:
        """Whether its search is to stop where it stands."""
        limit = self.query.seconds
        return self.is_terminated or (limit is not None and now - self.began >= limit)


class BoardSearches:
    """The searches on one board size.

    Args:
        evaluate: answers for boards of this size, ownership included.
        settings: PUCT; `visits` is the most that a query gets.
        plane_groups: of extra planes that the net sees.
    """

    def __init__(
        self,
        height: int,
        width: int,
        evaluate: Evaluator,
        settings: SearchSettings,
        plane_groups: int,
    ) -> None:
        self.evaluate = evaluate
        self.settings = settings
        self.forest = Forest(NUM_SEATS, height, width, settings, seed=0, groups=plane_groups)
        self.seated: dict[int, Waiting] = {}  # by seat

    @property
    def has_room(self) -> bool:
        """Whether a seat is free."""
        return len(self.seated) < NUM_SEATS

    def seat(self, waiting: Waiting, default_visits: int) -> None:
        """Begin the search of a turn."""
        seat = next(seat for seat in range(NUM_SEATS) if seat not in self.seated)
        self.seated[seat] = waiting
        self.forest.start(seat, waiting.turn.position, 0, waiting.query.avoided)
        visits = min(waiting.query.visits or default_visits, self.settings.visits)
        self.forest.begin_search(seat, visits)
        waiting.began = waiting.reported = time.monotonic()

    def step(self) -> Iterator[tuple[Waiting, Analysis, bool]]:
        """Evaluate one batch.

        Yields:
            turns to answer, with their analysis, and whether it is final.
        """
        now = time.monotonic()
        for seat, waiting in self.seated.items():
            if waiting.is_at_its_end(now):
                self.forest.set_visits(seat, max(1, self.forest.num_visits(seat)))
        if self.forest.select():
            found = self.evaluate(self.forest.batch())
            self.forest.expand(found.policy, found.value, found.score, found.ownership)
        for seat in [seat for seat in self.forest.done() if seat in self.seated]:
            found_there = self._analysis(seat)
            yield self.seated.pop(seat), found_there, True
        now = time.monotonic()
        for seat, waiting in self.seated.items():
            every = waiting.query.report_every
            if every is not None and now - waiting.reported >= every:
                waiting.reported = now
                if self.forest.num_visits(seat):
                    yield waiting, self._analysis(seat), False

    def _analysis(self, seat: int) -> Analysis:
        return analysis_of(self.forest, seat, length=self.seated[seat].query.length)


class AnalysisEngine:
    """Answers the lines of the analysis protocol.

    Args:
        make_evaluator: called once for each board size.
        settings: how to search; under PUCT.
        visits: of a query that names none.
        read_rules: understands the `rules` of a query.
        version: what `query_version` is told.
        models: what `query_models` is told.
        plane_groups: of extra planes that the net sees.
    """

    def __init__(
        self,
        make_evaluator: MakeEvaluator,
        settings: SearchSettings,
        visits: int,
        read_rules: ReadRules,
        version: str,
        models: list[Answer],
        plane_groups: int = 0,
    ) -> None:
        self.make_evaluator = make_evaluator
        self.settings = settings
        self.visits = visits
        self.read_rules = read_rules
        self.version = version
        self.models = models
        self.plane_groups = plane_groups
        self.boards: dict[tuple[int, int], BoardSearches] = {}
        self.queue: list[tuple[int, int, Waiting]] = []  # a heap: best first
        self.arrivals = itertools.count()
        self.warned: set[tuple[str, str]] = set()  # fields and what was said of them

    @property
    def is_busy(self) -> bool:
        """Whether a query waits or is searched."""
        return bool(self.queue or any(board.seated for board in self.boards.values()))

    def serve(self, lines: Lines) -> Iterator[Answer]:
        """Answer lines until they end and every query is answered."""
        is_open = True
        while is_open or self.is_busy:
            while is_open and (lines.is_waiting() or not self.is_busy):
                line = lines.next_line()
                is_open = line is not None
                if line is not None and line.strip():
                    yield from self.receive(line)
            yield from self.step()

    def receive(self, line: str) -> list[Answer]:
        """Take a line; what can be answered at once."""
        try:
            asked = read_line(line, self.read_rules)
        except BadQuery as error:
            return [self._refusal(error)]
        if isinstance(asked, Action):
            return self._act(asked)
        for turn in asked.turns:
            entry = Waiting(asked, turn)
            heapq.heappush(self.queue, (-turn.priority, next(self.arrivals), entry))
        return self._warnings(asked)

    def step(self) -> list[Answer]:
        """Seat what has room, evaluate one batch of each board size; what can be answered now."""
        answers = self._seat()
        for board in self.boards.values():
            if board.seated:
                answers += [
                    answer_of(waiting.query, waiting.turn, found, is_final)
                    for waiting, found, is_final in board.step()
                ]
        return answers

    def _seat(self) -> list[Answer]:
        """Give seats to the turns that wait; what ended before it had one is answered."""
        answers = []
        later = []
        while self.queue:
            entry = heapq.heappop(self.queue)
            waiting = entry[-1]
            if waiting.is_terminated:
                answers.append(no_results(waiting.query, waiting.turn))
                continue
            board = self._board(waiting)
            if board.has_room:
                board.seat(waiting, self.visits)
            else:
                later.append(entry)
        self.queue = later  # popped in order, and so a heap
        return answers

    def _board(self, waiting: Waiting) -> BoardSearches:
        rules = waiting.turn.game.start.rules
        size = rules.height, rules.width
        if size not in self.boards:
            evaluate = self.make_evaluator(*size)
            self.boards[size] = BoardSearches(*size, evaluate, self.settings, self.plane_groups)
        return self.boards[size]

    def _act(self, action: Action) -> list[Answer]:
        if action.name == "query_version":
            return [{**action.echo, "version": self.version, "git_hash": ""}]
        if action.name == "query_models":
            return [{**action.echo, "models": self.models}]
        if action.name == "clear_cache":
            for board in self.boards.values():
                board.forest.clear_cache()
        else:
            for waiting in self._under_way():
                is_named = action.terminate_id in (None, waiting.query.id)
                if is_named and (action.turns is None or waiting.turn.number in action.turns):
                    waiting.is_terminated = True
        return [action.echo]

    def _under_way(self) -> Iterator[Waiting]:
        for _, _, waiting in self.queue:
            yield waiting
        for board in self.boards.values():
            yield from board.seated.values()

    def _refusal(self, error: BadQuery) -> Answer:
        said = str(error)
        if len(said) > LONGEST_ERROR:
            said = said[:LONGEST_ERROR] + "..."
        answer: Answer = {"error": said}
        if error.field:
            answer["field"] = error.field
        if error.id is not None:
            answer["id"] = error.id
        return answer

    def _warnings(self, query: Query) -> list[Answer]:
        """One warning for each thing that is ignored, the first time it comes."""
        told = [("overrideSettings", f"{name}: not used by insei") for name in query.ignored]
        told += [("rules", f"{part}: not played by insei") for part in query.unplayed]
        new = [pair for pair in told if pair not in self.warned]
        self.warned.update(new)
        return [{"id": query.id, "field": field, "warning": said} for field, said in new]
