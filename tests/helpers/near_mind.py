"""A mind that thinks in a thread of the test's own process, which starts at once."""

import queue
import threading

from insei.client.thinking import Thinker


class NearMind:
    def __init__(self, tell, analyst, seed):
        self.tasks = queue.Queue()
        self.number = 0
        thinker = Thinker(self.tasks, lambda number, report: tell(report), analyst, seed)
        self.thread = threading.Thread(target=thinker.work)
        self.thread.start()

    def think(self, task):
        self.number += 1
        self.tasks.put((self.number, task))

    def close(self):
        self.tasks.put(None)
