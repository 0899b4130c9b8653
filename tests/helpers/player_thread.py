"""Players in a thread of the test's process, which starts at once."""

import queue
import threading

from insei.client.player_server import PlayerServer


class PlayerThread:
    """Stands in for `PlayerProcess`."""

    make_server = PlayerServer

    def __init__(self, on_reply, analyst, seed, serve=""):
        self.tasks = queue.Queue()
        self.num_tasks = 0
        server = self.make_server(self.tasks, lambda number, reply: on_reply(reply), analyst, seed)
        self.thread = threading.Thread(target=server.work)
        self.thread.start()

    def submit(self, task):
        self.num_tasks += 1
        self.tasks.put((self.num_tasks, task))

    def close(self):
        self.tasks.put(None)
