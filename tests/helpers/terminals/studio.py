"""The studio without a terminal: runs to look at, and players that answer when they are told to."""

import asyncio

import numpy as np

from insei.client.drawing.look import plain_look
from insei.client.player_tasks import Failure
from insei.engine.vertex import vertex_of
from insei.studio.app import Studio
from insei.studio.look_server import LookServer
from insei.studio.looks import Look, View
from tests.helpers.player_thread import PlayerThread
from tests.helpers.screen_text import screen_text

FINGERPRINT = "ab" * 32
VISITS, SEED = 64, 7


def view_of(rules, move, value, score=1.5):
    """What a net might say that is sure of a move."""
    policy = np.full(rules.num_points + 1, 0.1 / rules.num_points, np.float32)
    policy[move] = 0.9
    ownership = np.linspace(1, -1, rules.num_points, dtype=np.float32)
    return View(policy, value, score, ownership.reshape(rules.height, rules.width))


def look_of(position, net=0, search=1, value=0.25):
    """A look at a position; `search` None while the search runs."""
    rules = position.rules
    found = None if search is None else view_of(rules, search, value)
    return Look(
        position, "search:x", FINGERPRINT, SEED, VISITS, view_of(rules, net, -0.5, -2.0), found
    )


class TalkingProcess:
    """Stands in for the player's process: answers nothing by itself."""

    def __init__(self, on_reply, player, seed, serve):
        self.on_reply = on_reply
        self.positions = []
        self.is_closed = False

    def submit(self, task):
        self.positions.append(task.position)

    def close(self):
        self.is_closed = True

    def answer(self, place=-1, **options):
        """Answer the task in this place."""
        self.on_reply(look_of(self.positions[place], **options))

    def fail(self, reason):
        self.on_reply(Failure(self.positions[-1], reason, False))


class LookThread(PlayerThread):
    """A real player that looks at positions, in a thread of the test's process."""

    make_server = LookServer

    def close(self):
        super().close()
        self.thread.join(60)


def studio_of(session, player="search:x", look=None, **options):
    return Studio(session, player, look or plain_look(), **options)


def drive_studio(studio, script, size=(80, 24)):
    """Run a script of steps against the studio without a terminal."""

    async def run():
        async with studio.run_test(size=size) as pilot:
            await pilot.pause()
            await script(pilot)
            await pilot.pause()

    asyncio.run(run())


async def screen_after(pilot, *keys):
    """Press keys; the screen then."""
    await pilot.press(*keys)
    await pilot.pause()
    return screen_text(pilot.app)


def legal_points(session):
    """The legal moves of the shown position but for the pass, and their names."""
    rules = session.game.whole.rules
    moves = np.flatnonzero(session.position.legal_mask()[:-1]).tolist()
    return [(move, vertex_of(move, rules)) for move in moves]
