"""The process that runs players and the analyst, so that the screen answers every key at once.

Tasks come in through a socket, replies go back.
"""

import os
import queue
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol

from insei.agents.manners import Manners, Outlook
from insei.client.player_tasks import (
    AnalysisTask,
    ChosenMove,
    Failure,
    MoveTask,
    PositionAnalysis,
    Reply,
    Task,
    ThinkingBegan,
)
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.failures import said_where_it_goes_on
from insei.system.errors import UserError

if TYPE_CHECKING:
    from insei.agents.player import Player
    from insei.agents.search.search import Search

QUICK_VISITS = 60  # of the analysis that each position gets for the graph
VARIATION_LENGTH = 10  # moves of a candidate's continuation
REPLY_EVERY = 6  # steps of a deep analysis between two replies
CLOSE_SECONDS = 2.0  # for players to close, once the screen is gone


class PlayerServer:
    """Does tasks one after another. An analysis stops when the next task comes.

    Args:
        tasks: numbered; None ends the work.
        reply: called with the number of a task and each reply to it.
        analyst: the searching player that analyses positions, by the grammar; for NET stands the
            net for the size of the board.
        seed: of the players' games.
    """

    def __init__(
        self,
        tasks: "queue.Queue[tuple[int, Task] | None]",
        reply: Callable[[int, Reply], None],
        analyst: str,
        seed: int,
    ) -> None:
        self.tasks = tasks
        self.reply = reply
        self.analyst = analyst
        self.seed = seed
        self.players: dict[str, Player] = {}
        self.rules: dict[str, Rules] = {}  # of each player's game
        self.manners: dict[str, Manners] = {}  # of each level's game
        self.number = 0  # of the current task

    def work(self) -> None:
        """Do tasks until None comes, then close the players."""
        while (numbered_task := self.tasks.get()) is not None:
            self.number, task = numbered_task
            is_move = isinstance(task, MoveTask)
            if not is_move and not self.tasks.empty():  # the analysis is outdated
                continue
            try:
                if isinstance(task, MoveTask):
                    self._choose_move(task)
                else:
                    self._analyse(task)
            except Exception as error:  # the screen must learn of any failure
                self._reply(Failure(task.position, said_where_it_goes_on(error), is_move))
        for player in self.players.values():
            player.close()

    def _reply(self, reply: Reply) -> None:
        self.reply(self.number, reply)

    def _player(self, name: str, position: Position) -> "Player":
        """The player of this name, with a game under the position's rules."""
        from insei.agents.grammar import make_player

        if name not in self.players:
            self.players[name] = make_player(name)
        player = self.players[name]
        if position.num_moves < 2 or self.rules.get(name) != position.rules:
            player.new_game(position.rules, self.seed)
            self.rules[name] = position.rules
            self.manners[name] = Manners()
        return player

    def _search(self, position: Position) -> "Search":
        from insei.agents.player import SearchingPlayer
        from insei.levels import with_net

        name = with_net(self.analyst, position.rules.width)
        player = self._player(name, position)
        if not isinstance(player, SearchingPlayer):
            raise UserError(f"analyst {name}: wanted a player that searches")
        return player.search_from(position)

    def _choose_move(self, task: MoveTask) -> None:
        from insei.agents.player import ClockedPlayer, TimedPlayer

        position = task.position
        analysis = self._analyse_quickly(position)
        player = self._player(task.player, position)
        if isinstance(player, TimedPlayer):
            clock = task.clocks.get(position.to_play)
            player.set_time_limit(clock.seconds_for(position) if clock else None)
        elif isinstance(player, ClockedPlayer):
            player.set_clocks(task.clocks)
        self._reply(ThinkingBegan(position))
        began = time.monotonic()
        move = player.choose(position).move
        seconds = time.monotonic() - began
        if task.is_level and analysis is not None:
            outlook = Outlook(analysis.black_win_rate, analysis.black_score, analysis.ownership)
            move = self.manners[task.player].instead(position, move, outlook)
        self._reply(ChosenMove(position, move, seconds))

    def _analyse_quickly(self, position: Position) -> PositionAnalysis | None:
        """Analyse for the graph, before the player moves. A failure does not stop the player."""
        try:
            search = self._search(position)
            while search.num_visits < QUICK_VISITS and search.step():
                pass
            analysis = analysis_of(position, search)
        except ValueError as error:
            self._reply(Failure(position, str(error), False))
            return None
        self._reply(analysis)
        return analysis

    def _analyse(self, task: AnalysisTask) -> None:
        start = task.position.resumed() if task.position.is_over else task.position
        search = self._search(start)
        steps, visits = 0, max(task.visits, QUICK_VISITS)
        while search.num_visits < visits or task.is_deep:
            goes_on = search.deepen() if task.is_deep else search.step()
            if not goes_on or (not self.tasks.empty() and search.num_visits > 1):
                break
            steps += 1
            if task.is_deep and steps % REPLY_EVERY == 0:
                self._reply(analysis_of(task.position, search))
        self._reply(analysis_of(task.position, search))


def analysis_of(position: Position, search: "Search") -> PositionAnalysis:
    """What a search has found so far, from Black's side.

    Args:
        position: as the task named it; the search may have resumed a finished game.
    """
    analysis = search.analysis(num_moves=8, length=VARIATION_LENGTH)
    is_black = analysis.position.to_play == BLACK
    return PositionAnalysis(
        position,
        analysis.visits,
        analysis.win_rate if is_black else 1 - analysis.win_rate,
        analysis.score if is_black else -analysis.score,
        analysis.moves,
        analysis.policy,
        analysis.ownership if is_black else -analysis.ownership,
    )


class Server(Protocol):
    """What does tasks in a process of its own."""

    def work(self) -> None:
        """Do tasks until None comes."""


def serve(descriptor: int, analyst: str, seed: int) -> None:
    """Run players for the process at the other end of a socket, until it is gone."""
    serve_by(descriptor, lambda tasks, reply: PlayerServer(tasks, reply, analyst, seed))


def serve_by(
    descriptor: int,
    make_server: Callable[["queue.Queue[Any]", Callable[[int, Any], None]], Server],
) -> None:
    """Work for the process at the other end of a socket, until it is gone.

    Args:
        make_server: from the numbered tasks that come in, and what sends a reply to one.
    """
    connection = Connection(descriptor)
    tasks: queue.Queue[Any] = queue.Queue()
    server = make_server(tasks, lambda number, reply: connection.send((number, reply)))
    thread = threading.Thread(target=server.work, daemon=True)
    thread.start()
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        tasks.put(None)
    thread.join(CLOSE_SECONDS)
    os._exit(0)  # even if a search is running
