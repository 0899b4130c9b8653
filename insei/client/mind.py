"""The thread that thinks: the opponent's moves, and what the game is worth, off the screen."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.analysis import MoveAnalysis
from engine.position import Position
from engine.rules import BLACK

GLANCE_VISITS = 60  # that every position of a game gets, for the graph
REPORT_EVERY = 24  # steps of an analysis between two reports


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
    """Something to think about; the newest of each kind is what counts."""

    position: Position
    player: str = ""  # whose move is wanted; empty for an analysis
    seconds: float | None = None  # that the move may take
    goes_deep: bool = False  # whether the analysis goes on until another task comes


class Mind:
    """Thinks in a thread of its own; players are made there, and never leave it.

    Args:
        tell: called from that thread with each report.
        analyst: the player whose search judges positions, by the grammar.
        seed: of the players' games.
    """

    def __init__(self, tell: Callable[[Report], None], analyst: str, seed: int) -> None:
        self.tell = tell
        self.analyst = analyst
        self.seed = seed
        self.tasks: queue.Queue[Task | None] = queue.Queue()
        self.players: dict[str, object] = {}
        self.rules: dict[str, object] = {}
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def think(self, task: Task) -> None:
        """Take a task; an analysis under way gives way to it."""
        self.tasks.put(task)

    def close(self) -> None:
        """End the thread once its present step is done."""
        self.tasks.put(None)

    def wait(self, seconds: float) -> None:
        """Wait for the thread to end: a runtime that computes must not be torn down below it."""
        self.thread.join(seconds)

    def _work(self) -> None:
        while (task := self.tasks.get()) is not None:
            # An analysis that something newer waits behind is of no use any more.
            if not task.player and not self.tasks.empty():
                continue
            try:
                if task.player:
                    self._move(task)
                else:
                    self._analyse(task)
            except Exception as error:  # whatever it is, the screen must learn of it
                self.tell(Failed(task.position, str(error), bool(task.player)))
        for player in self.players.values():
            player.close()  # type: ignore[attr-defined]

    def _seated(self, name: str, position: Position):  # type: ignore[no-untyped-def]
        from agents.grammar import make_player

        if name not in self.players:
            self.players[name] = make_player(name)
        player = self.players[name]
        if position.num_moves < 2 or self.rules.get(name) != position.rules:
            player.new_game(position.rules, self.seed)  # type: ignore[attr-defined]
            self.rules[name] = position.rules
        return player

    def _move(self, task: Task) -> None:
        from agents.player import Thinker

        self._glance(task.position)
        player = self._seated(task.player, task.position)
        if isinstance(player, Thinker):
            player.give_time(task.seconds)
        self.tell(Decided(task.position, player.choose(task.position).move))

    def _glance(self, position: Position) -> None:
        """Tell what the position is worth, for the graph; a player's move must not wait for it."""
        try:
            search = self._seated(self.analyst, position).look_at(position)
            while search.num_visits < GLANCE_VISITS and search.step():
                pass
            self._report(position, search)
        except ValueError as error:
            self.tell(Failed(position, str(error), False))

    def _analyse(self, task: Task) -> None:
        seen = task.position.resumed() if task.position.is_over else task.position
        search = self._seated(self.analyst, seen).look_at(seen)
        steps = 0
        while search.num_visits < GLANCE_VISITS or task.goes_deep:
            if not search.step() or (not self.tasks.empty() and search.num_visits > 1):
                break
            steps += 1
            if task.goes_deep and steps % REPORT_EVERY == 0:
                self._report(task.position, search)
        self._report(task.position, search)

    def _report(self, position: Position, search) -> None:  # type: ignore[no-untyped-def]
        analysis = search.analysis(num_moves=8, length=1)
        is_black = analysis.position.to_play == BLACK
        self.tell(
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
