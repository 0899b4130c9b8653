"""What thinks: the opponent's moves and what positions are worth, in a process of its own.

The screen's process must answer a key at once, whatever is computed beside it; so tasks go to this
one through a pipe, and reports come back.
"""

import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from insei.agents.search.analysis import MoveAnalysis
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules

if TYPE_CHECKING:
    from insei.agents.player import Player
    from insei.agents.search.search import Search

GLANCE_VISITS = 60  # that every position of a game gets, for the graph
REPORT_EVERY = 6  # steps of an analysis between two reports
PATIENCE_SECONDS = 2.0  # that players have to close once the screen is gone


@dataclass(frozen=True)
class Thoughts:
    """What the analyst thinks of a position."""

    position: Position
    visits: int
    win_rate: float  # Black's, 0 to 1
    score: float  # Black's, in points
    candidates: tuple[MoveAnalysis, ...]  # the player to move's
    policy: NDArray[np.float32]  # [A]
    ownership: NDArray[np.float32]  # [H, W], 1 Black's


@dataclass(frozen=True)
class Decided:
    """The move of a player; RESIGN gives up."""

    position: Position
    move: int


@dataclass(frozen=True)
class Failed:
    """A player or the analyst can't go on."""

    position: Position
    what: str
    is_player: bool


Report = Thoughts | Decided | Failed


@dataclass(frozen=True)
class Task:
    """Something to think about."""

    position: Position
    player: str = ""  # whose move is wanted; empty for an analysis
    seconds: float | None = None  # that the move may take
    goes_deep: bool = False  # whether the analysis goes on until another task comes


class Thinker:
    """Does tasks one after another; an analysis gives way to whatever comes behind it.

    Args:
        tasks: numbered; None ends the work.
        tell: called with the number of a task and each report on it.
        analyst: the player whose search judges positions, by the grammar.
        seed: of the players' games.
    """

    def __init__(
        self,
        tasks: "queue.Queue[tuple[int, Task] | None]",
        tell: Callable[[int, Report], None],
        analyst: str,
        seed: int,
    ) -> None:
        self.tasks = tasks
        self.tell = tell
        self.analyst = analyst
        self.seed = seed
        self.players: dict[str, Player] = {}
        self.rules: dict[str, Rules] = {}
        self.number = 0  # of the task under way

    def work(self) -> None:
        """Do what comes until None comes, then close the players."""
        while (next_one := self.tasks.get()) is not None:
            self.number, task = next_one
            # An analysis that something newer waits behind is of no use any more.
            if not task.player and not self.tasks.empty():
                continue
            try:
                if task.player:
                    self._move(task)
                else:
                    self._analyse(task)
            except Exception as error:  # whatever it is, the screen must learn of it
                self._say(Failed(task.position, str(error), bool(task.player)))
        for player in self.players.values():
            player.close()

    def _say(self, report: Report) -> None:
        self.tell(self.number, report)

    def _seated(self, name: str, position: Position) -> "Player":
        from insei.agents.grammar import make_player

        if name not in self.players:
            self.players[name] = make_player(name)
        player = self.players[name]
        if position.num_moves < 2 or self.rules.get(name) != position.rules:
            player.new_game(position.rules, self.seed)
            self.rules[name] = position.rules
        return player

    def _search(self, position: Position) -> "Search":
        from insei.agents.player import SearchingPlayer

        player = self._seated(self.analyst, position)
        if not isinstance(player, SearchingPlayer):
            raise ValueError(f"analyst {self.analyst}: wanted a player that searches")
        return player.search_from(position)

    def _move(self, task: Task) -> None:
        from insei.agents.player import TimedPlayer

        self._glance(task.position)
        player = self._seated(task.player, task.position)
        if isinstance(player, TimedPlayer):
            player.set_time_limit(task.seconds)
        self._say(Decided(task.position, player.choose(task.position).move))

    def _glance(self, position: Position) -> None:
        """Tell what the position is worth, for the graph; a player's move must not wait for it."""
        try:
            search = self._search(position)
            while search.num_visits < GLANCE_VISITS and search.step():
                pass
            self._report(position, search)
        except ValueError as error:
            self._say(Failed(position, str(error), False))

    def _analyse(self, task: Task) -> None:
        seen = task.position.resumed() if task.position.is_over else task.position
        search = self._search(seen)
        steps = 0
        while search.num_visits < GLANCE_VISITS or task.goes_deep:
            goes_on = search.deepen() if task.goes_deep else search.step()
            if not goes_on or (not self.tasks.empty() and search.num_visits > 1):
                break
            steps += 1
            if task.goes_deep and steps % REPORT_EVERY == 0:
                self._report(task.position, search)
        self._report(task.position, search)

    def _report(self, position: Position, search: "Search") -> None:
        analysis = search.analysis(num_moves=8, length=1)
        is_black = analysis.position.to_play == BLACK
        self._say(
            Thoughts(
                position,
                analysis.visits,
                analysis.win_rate if is_black else 1 - analysis.win_rate,
                analysis.score if is_black else -analysis.score,
                analysis.moves,
                analysis.policy,
                analysis.ownership if is_black else -analysis.ownership,
            )
        )


def serve(descriptor: int, analyst: str, seed: int) -> None:
    """Think for the process at the other end of a socket, until it is gone."""
    connection = Connection(descriptor)
    tasks: queue.Queue[tuple[int, Task] | None] = queue.Queue()

    def tell(number: int, report: Report) -> None:
        connection.send((number, report))

    thinker = Thinker(tasks, tell, analyst, seed)
    thread = threading.Thread(target=thinker.work, daemon=True)
    thread.start()
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        tasks.put(None)
    thread.join(PATIENCE_SECONDS)
    os._exit(0)  # a search under way ends with the process
