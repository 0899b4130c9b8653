"""The learner with the windows that it learns from: what the learner's process holds.

It is called by the driver, in this process or in another one (calls.py). It knows nothing of disks:
rows come by calls, and so does what it goes on from.
"""

import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.distributed import TCPStore

from insei.selfplay.data.columns import Rows
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.window import window_size, windows_of
from insei.selfplay.health import Validation, chosen, curves_of, held_out, validate
from insei.selfplay.learner.learner import Learner
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.learner.losses import Losses
from insei.selfplay.learner.peers import Door, Group, connect, open_store
from insei.selfplay.reports.pictures import Picture, game_lengths, pictures_of
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError

Tensors = dict[str, NDArray[np.float32]]

CPU_MEMORY = "DefaultCPUAllocator"  # in torch's words where a processor's memory is full
MOST_SHOWN = 20_000  # rows whose statistics are told with a net


@dataclass(frozen=True)
class StepsTaken:
    """What some steps have brought."""

    losses: list[Losses]
    seconds: float
    num_steps: int  # of the optimiser, in all
    learning_rate: float


@dataclass(frozen=True)
class NetSnapshot:
    """A net at one moment, and what is to be told of it."""

    weights: Tensors  # that play
    state: Tensors  # of the learner
    num_steps: int
    random_state: dict[str, Any]  # of the sampler
    window: int  # rows
    validation: Validation | None
    games: dict[str, float]  # statistics of the newest games by the names of their curves
    game_lengths: NDArray[np.int64]


@contextmanager
def memory_in_words(config: LearnerConfig) -> Iterator[None]:
    """Say in one line that torch ran out of memory.

    Raises:
        UserError: it did.
    """
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and CPU_MEMORY not in str(error):
            raise
        raise UserError(
            f"the learner ran out of memory on {config.device} with learner.batch_size "
            f"{config.batch_size}: wanted a smaller batch or net, or a device with more memory"
        ) from error


class WindowedLearner:
    """Takes rows into its windows, and steps from them.

    Both windows together hold the newest rows of the run, as many as the law says: those to learn
    from, and those of games held out.

    Args:
        host: the address of this machine, at which other learners of a group reach this one.
    """

    def __init__(self, config: TrainConfig, host: str = "127.0.0.1") -> None:
        self.config = config
        self.host = host
        with memory_in_words(config.learner):
            self.learner = Learner(config.network, config.learner, config.seed)
        self.rng = np.random.default_rng(config.seed)  # draws the batches
        self.learned, self.held_out = windows_of(config)
        self.is_held = np.zeros(0, np.bool_)  # whether each of the newest rows is held out
        self.newest: deque[Rows] = deque()  # that came since the last snapshot; not all of many
        self.shown: Rows | None = None  # those of the last snapshot
        self.store: TCPStore | None = None  # where the learners of a group meet; the first has it

    def process_id(self) -> int:
        """The process that learns here."""
        return os.getpid()

    def open_door(self) -> Door:
        """Let other learners find this one."""
        self.store, door = open_store(self.host)
        return door

    def join(self, door: Door, rank: int, count: int, seconds: float) -> None:
        """Be one of several learners from now on; returns once all have come.

        Args:
            door: of the first one.
            rank: 0 for the first one.
            seconds: that one may wait for another.

        Raises:
            PeerLost: one did not come.
        """
        store, device = connect(door, seconds), self.learner.device
        self.learner.peers = Group(store, self.host, rank, count, device, seconds)

    def begin_with(self, weights: Tensors) -> None:
        """Start from these weights instead of random ones."""
        self.learner.begin_with(weights)

    def go_on(
        self, state: Tensors, num_steps: int, rate_scale: float, random_state: dict[str, Any] | None
    ) -> None:
        """Go on from a checkpoint.

        Args:
            rate_scale: of the learning rate.
            random_state: of the sampler; None: it draws on.

        Raises:
            UserError: the state is that of another net.
        """
        self.learner.restore(state, num_steps)
        self.learner.rate_scale = rate_scale
        if random_state is not None:
            self.rng.bit_generator.state = random_state

    def add(self, games: SelfPlayGames, num_rows: int) -> int:
        """Take in the rows of games; `num_rows` were played in all. Returns the window's rows."""
        rows = games.all_rows()
        self.newest.append(rows)
        while sum(len(part["ply"]) for part in self.newest) > MOST_SHOWN and len(self.newest) > 1:
            self.newest.popleft()
        return self.fill(rows, num_rows)

    def fill(self, rows: Rows, num_rows: int) -> int:
        """Take in rows of earlier games; `num_rows` were played in all."""
        config = self.config.window
        is_held = held_out(rows["game"], config.held_out)
        self.is_held = np.append(self.is_held, is_held)[-window_size(num_rows, config) :]
        num_held = int(self.is_held.sum())
        self.learned.update(chosen(rows, ~is_held), len(self.is_held) - num_held)
        self.held_out.update(chosen(rows, is_held), num_held)
        return len(self.learned)

    def learn(self, num_steps: int, share_done: float) -> StepsTaken:
        """Take steps of the optimiser.

        Args:
            share_done: of the run, 0 to 1.

        Raises:
            Diverged: the loss or the gradient is NaN or infinite.
            PeerLost: another learner is gone or silent.
            UserError: the device's memory is too small.
        """
        began = time.monotonic()
        size, share = self.config.learner.batch_size, self.learner.peers.share
        with memory_in_words(self.config.learner):
            losses = [
                self.learner.step(self.learned.sample(size, self.rng, share), share_done)
                for _ in range(num_steps)
            ]
        seconds = time.monotonic() - began
        rate = self.learner.learning_rate(share_done)
        return StepsTaken(losses, seconds, self.learner.num_steps, rate)

    def snapshot(self, seed: tuple[int, int] | None) -> NetSnapshot:
        """The net as it is.

        Args:
            seed: of the rows to validate on; None: it is not validated.

        Raises:
            UserError: the device's memory is too small.
        """
        validation = None
        if seed is not None:
            rng = np.random.default_rng(seed)
            with memory_in_words(self.config.learner):
                validation = validate(self.learner, self.learned, self.held_out, rng)
        games: dict[str, float] = {}
        lengths = np.zeros(0, np.int64)
        if self.newest:
            parts = list(self.newest)
            rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
            games, lengths = curves_of(rows), game_lengths(rows)
            self.shown = rows
            self.newest.clear()
        return NetSnapshot(
            self.learner.playing_weights(),
            self.learner.state(),
            self.learner.num_steps,
            dict(self.rng.bit_generator.state),
            len(self.learned),
            validation,
            games,
            lengths,
        )

    def pictures(self, generation: int) -> tuple[int, dict[str, Picture]]:
        """Pictures of the newest net's games; none right after a restart.

        Args:
            generation: that is rated; given back.
        """
        if self.shown is None:
            return generation, {}
        rules = self.config.rules
        return generation, pictures_of(self.shown, rules.height, rules.width)
