"""The process that asks the net and searches, so that the screen answers every key at once."""

import queue
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from insei.client.player_server import serve_by
from insei.client.player_tasks import Failure
from insei.engine.position import Position
from insei.failures import said_where_it_goes_on
from insei.studio.looks import Look, LookTask, View
from insei.system.errors import UserError

if TYPE_CHECKING:
    from insei.agents.search.search import Search
    from insei.agents.search.search_player import SearchPlayer

SERVE = "from insei.studio.look_server import serve; serve({descriptor}, {analyst!r}, {seed})"


class LookServer:
    """Looks at positions one after another. A search stops when the next task comes.

    Args:
        tasks: numbered; None ends the work.
        reply: called with the number of a task and each reply to it.
        player: that searches, by the grammar.
        seed: of each search: a position gets the same answer whenever it is asked about.
    """

    def __init__(
        self,
        tasks: "queue.Queue[tuple[int, LookTask] | None]",
        reply: Callable[[int, Look | Failure], None],
        player: str,
        seed: int,
    ) -> None:
        self.tasks = tasks
        self.reply = reply
        self.name = player
        self.seed = seed
        self.player: SearchPlayer | None = None

    def work(self) -> None:
        """Do tasks until None comes."""
        while (numbered := self.tasks.get()) is not None:
            number, task = numbered
            if not self.tasks.empty():  # somebody looks at another position already
                continue
            try:
                self._look(number, task.position)
            except Exception as error:  # the screen must learn of any failure
                self.reply(number, Failure(task.position, said_where_it_goes_on(error), False))

    def _player(self) -> "SearchPlayer":
        from insei.agents.grammar import make_player
        from insei.agents.search.search_player import SearchPlayer

        if self.player is None:
            made = make_player(self.name)
            if not isinstance(made, SearchPlayer):
                raise UserError(f"player {self.name}: wanted one that searches, search:PATH")
            self.player = made
        return self.player

    def _look(self, number: int, position: Position) -> None:
        player = self._player()
        player.new_game(position.rules, self.seed)  # anew, so that no tree of before is kept
        search = player.search_from(position)
        visits = search.settings.visits
        search.step(visits)
        first = Look(
            position, self.name, player.fingerprint, self.seed, visits, net_view(search, position)
        )
        self.reply(number, first)
        while search.step(visits):
            if not self.tasks.empty():
                return
        self.reply(number, replace(first, search=search_view(search)))


def net_view(search: "Search", position: Position) -> View:
    """What the net alone says; the search has begun at the position."""
    from insei.engine.planes.extra_planes import net_input

    found = search.evaluate(net_input(position, search.plane_groups)[np.newaxis])
    assert found.ownership is not None
    policy = search.forest.priors(0)
    return View(policy, float(found.value[0]), float(found.score[0]), found.ownership[0])


def search_view(search: "Search") -> View:
    """What a finished search says: the row that self-play would record."""
    row = search.forest.searched_ply(0)
    ownership: NDArray[np.float32] = search.ownership()
    return View(row.policy, row.searched_value, search.forest.outlook(0)[1], ownership)


def serve(descriptor: int, player: str, seed: int) -> None:
    """Look at positions for the process at the other end of a socket, until it is gone."""
    serve_by(descriptor, lambda tasks, reply: LookServer(tasks, reply, player, seed))
