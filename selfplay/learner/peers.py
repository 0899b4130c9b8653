"""Learners that share each batch.

Each learner computes the gradient of its share of the rows. The sum over the shares is the gradient
of the whole batch; all get the same sum, and so take the same step.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.distributed import ProcessGroupGloo, Store, TCPStore

from insei.system.actors.backend import ActorLost


class PeerLost(ActorLost):
    """Another learner is gone, silent or out of reach. This one is well, but can't go on."""

    def __init__(self, what: str) -> None:
        super().__init__(what)


@dataclass(frozen=True)
class Door:
    """Where the first learner waits for the others."""

    host: str
    port: int


class Peers(Protocol):
    """The learners that share each batch."""

    share: slice | None  # of a batch's rows, this learner's; None: all

    def sum(self, parts: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over all learners.

        Raises:
            PeerLost: another learner is gone or silent.
        """


class Alone:
    """A learner without peers."""

    share: slice | None = None

    def sum(self, parts: Sequence[Tensor]) -> None:
        """A sum of one."""


class Group:
    """Several learners, each in a process of its own.

    Rows are dealt out in turn, so that each share has boards of all sizes.

    Args:
        store: where the learners tell each other their addresses.
        host: the address of this machine, on which it listens for the others.
        rank: of this learner, from 0.
        count: of the learners.
        device: that learns: gloo sums on a processor, NCCL on GPUs.
        seconds: that one may wait for another.

    Raises:
        PeerLost: one did not come.
    """

    def __init__(
        self, store: Store, host: str, rank: int, count: int, device: torch.device, seconds: float
    ) -> None:
        self.share: slice | None = slice(rank, None, count)
        try:
            self.backend = backend_of(store, host, rank, count, device, seconds)
        except RuntimeError as error:
            raise PeerLost(reason_of(error)) from error

    def sum(self, parts: Sequence[Tensor]) -> None:
        """All tensors travel as one."""
        flat = torch.cat([part.float().reshape(-1) for part in parts])
        try:
            self.backend.allreduce([flat]).wait()
        except RuntimeError as error:
            raise PeerLost(reason_of(error)) from error
        for part, total in zip(parts, flat.split([part.numel() for part in parts]), strict=True):
            part.copy_(total.view(part.shape))


def backend_of(
    store: Store, host: str, rank: int, count: int, device: torch.device, seconds: float
) -> Any:
    """What sums tensors of a device, by `allreduce`, which torch's types lack; see `Group`."""
    if device.type == "cpu":
        options: Any = ProcessGroupGloo._Options()  # type: ignore[attr-defined]
        # By name torch would take the address that the machine has for itself, often a loopback.
        options._devices = [ProcessGroupGloo.create_device(hostname=host)]
        options._timeout = timedelta(seconds=seconds)
        return ProcessGroupGloo(store, rank, count, options)
    from torch.distributed import ProcessGroupNCCL  # torch for a processor has none

    of_gpus = ProcessGroupNCCL.Options()
    of_gpus._timeout = timedelta(seconds=seconds)
    return ProcessGroupNCCL(store, rank, count, of_gpus)


def open_store(host: str) -> tuple[TCPStore, Door]:
    """A store at a free port of this address alone; it lasts as long as what is returned."""
    listening = socket.create_server((host, 0))
    door = Door(host, listening.getsockname()[1])
    store = TCPStore(
        door.host,
        door.port,
        is_master=True,
        wait_for_workers=False,
        master_listen_fd=listening.detach(),
    )
    return store, door


def connect(door: Door, seconds: float) -> TCPStore:
    """The store behind a door.

    Raises:
        PeerLost: it is gone.
    """
    try:
        return TCPStore(door.host, door.port, timeout=timedelta(seconds=seconds))
    except RuntimeError as error:
        raise PeerLost(reason_of(error)) from error


def reason_of(error: RuntimeError) -> str:
    """What torch says, in a few words, without the place in its sources."""
    said = str(error).partition("\n")[0]
    if said.startswith("["):
        said = said.partition("] ")[2]
    return f"it lost another learner: {said.partition('. ')[0][:200]}"
