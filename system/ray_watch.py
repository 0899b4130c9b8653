"""Looks whether Ray's processes are there, without asking Ray, which would wait for a minute.

A process that has ended refuses connections at its port at once. A machine that is cut off answers
nothing. The head, and the node that this program runs on, are needed: the work ends without them. A
node that is gone loses its actors; Ray notices by itself after 15 seconds with its own settings.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from insei.system.errors import ClusterLost

LOOK_SECONDS = 1.0
ASK_SECONDS = 2.0
CONNECT_SECONDS = 2.0
REFUSALS = 2  # in a row, until a node is gone
HEAD_SECONDS = 20.0  # that a head may be away
CUT_SECONDS = 60.0  # that it may be out of reach, as long as the network is cut


@dataclass(frozen=True)
class Port:
    """Where a process of Ray listens."""

    host: str
    number: int

    @classmethod
    def of(cls, address: str) -> "Port":
        """Of HOST:PORT."""
        host, _, number = address.rpartition(":")
        return cls(host.strip("[]"), int(number))

    def __str__(self) -> str:
        return f"{self.host}:{self.number}"


class Answer(Enum):
    """What comes of a connection to a port."""

    THERE = "there"
    REFUSED = "refused"  # nothing listens there
    NONE = "none"  # the machine is out of reach, or its kernel is too busy


def connect(port: Port) -> Answer:
    """Connect, and say what came of it."""
    try:
        socket.create_connection((port.host, port.number), CONNECT_SECONDS).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return Answer.REFUSED
    except OSError:
        return Answer.NONE
    return Answer.THERE


def refuses(port: Port) -> bool:
    """Whether nothing listens there; a connection that takes long is no refusal."""
    return connect(port) is Answer.REFUSED


@dataclass(frozen=True)
class NodeFacts:
    """What the head knows of a node."""

    port: Port
    total: Mapping[str, float]  # its resources, by Ray's names
    free: Mapping[str, float]


class RayWatch:
    """Two threads: one looks at the ports, the other asks the head what the nodes have free.

    Args:
        head: of the cluster.
        here: the node that this program is connected to.
        ask: asks the head for its nodes, by their ids; may take a minute, and find nothing out.
    """

    def __init__(self, head: Port, here: Port, ask: Callable[[], dict[str, NodeFacts]]) -> None:
        self.head, self.here, self.ask = head, here, ask
        self.head_since = self.here_since = 0.0  # since when they are away; 0: they are there
        self.cut_since = 0.0  # since when the head is out of reach
        self.nodes = ask()
        self.refusals: dict[str, int] = {}
        self.has_ended = threading.Event()
        for run in (self._look, self._ask):
            threading.Thread(target=run, name="ray watch", daemon=True).start()

    @property
    def gone(self) -> set[str]:
        """Nodes that refuse connections."""
        return {node for node, count in list(self.refusals.items()) if count >= REFUSALS}

    def check(self) -> str:
        """Check that the work can go on.

        Returns:
            a line that deserves to be told, while the head is away; else nothing.

        Raises:
            ClusterLost: the head is away or out of reach for long, or our node has ended.
        """
        if self.here_since:
            raise ClusterLost("Ray's node on this machine has ended; wanted it alive")
        for since, seconds, how in (
            (self.head_since, HEAD_SECONDS, "away"),
            (self.cut_since, CUT_SECONDS, "out of reach"),
        ):
            if since and time.monotonic() - since > seconds:
                raise ClusterLost(
                    f"Ray's head at {self.head} has been {how} for {seconds:.0f} s; wanted it alive"
                )
            if since:
                return f"Ray's head at {self.head} is {how}; waiting {seconds:.0f} s for it"
        return ""

    def close(self) -> None:
        """End the threads."""
        self.has_ended.set()

    def _look(self) -> None:
        while not self.has_ended.wait(LOOK_SECONDS):
            self.head_since = self._since(self.head, self.head_since, Answer.REFUSED)
            self.here_since = self._since(self.here, self.here_since, Answer.REFUSED)
            self.cut_since = self._since(self.head, self.cut_since, Answer.NONE)
            for node, facts in self.nodes.items():
                refused = refuses(facts.port)
                self.refusals[node] = self.refusals.get(node, 0) + 1 if refused else 0

    def _ask(self) -> None:
        while not self.has_ended.wait(ASK_SECONDS):
            if not self.head_since and not self.cut_since:
                self.nodes = self.ask() or self.nodes

    @staticmethod
    def _since(port: Port, since: float, answer: Answer) -> float:
        """Since when a port gives this answer; 0: it does not. Twice in a row is a finding."""
        if connect(port) is not answer:
            return 0.0
        if not since and connect(port) is not answer:
            return 0.0
        return since or time.monotonic()
