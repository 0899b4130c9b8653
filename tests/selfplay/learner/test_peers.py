"""Learners that share each batch take the steps that one learner takes, within rounding."""

import pickle
import threading
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest
import torch

from insei.selfplay.data.batch import Batch
from insei.selfplay.data.window import Window
from insei.selfplay.learner.learner import Diverged, Learner
from insei.selfplay.learner.peers import Group, PeerLost, connect, open_store
from insei.selfplay.train_config import TrainConfig
from tests.helpers.nets import TINY
from tests.helpers.runs import LEARNING, some_rows

HOST = "127.0.0.1"
EXACT = replace(LEARNING, precision="fp32", batch_size=33, warmup_steps=0)


def window_of_weights():
    """Rows of unequal weight: a share's mean weight is not the batch's."""
    rows = some_rows(30)
    weights = np.geomspace(0.01, 8, len(rows["ply"])).astype(rows["weight"].dtype)
    rows["weight"] = np.random.default_rng(3).permuted(weights)
    window = Window(5, 5)
    window.update(rows, 10**6)
    return window


def in_threads(count, work):
    """What `work(rank)` returned in each of so many threads, or what it raised."""
    found = [None] * count

    def run(rank):
        try:
            found[rank] = work(rank)
        except Exception as error:
            found[rank] = error

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def groups_of(count, seconds=20.0):
    """A group's members, all in this process."""
    store, door = open_store(HOST)

    def join(rank):
        there = connect(door, seconds)
        return Group(there, HOST, rank, count, torch.device("cpu"), seconds)

    found = in_threads(count, join)
    assert all(isinstance(one, Group) for one in found), found
    return store, found


def learners_of(count, config):
    """One learner alone, and a group that begins with the same weights."""
    alone = Learner(TINY, config, 1)
    several = [Learner(TINY, config, 1) for _ in range(count)]
    store, groups = groups_of(count)
    for learner, group in zip(several, groups, strict=True):
        learner.peers = group
    return alone, several, store


def steps(learner, window, num_steps):
    rng = np.random.default_rng(5)
    size = learner.config.batch_size
    return [
        learner.step(window.sample(size, rng, learner.peers.share), 0.0) for _ in range(num_steps)
    ]


ADAMW = replace(EXACT, score_weight=100.0)  # a gradient that is clipped
MUON = replace(EXACT, optimizer="muon")


@pytest.mark.parametrize(
    ("config", "count", "close"),
    [
        (ADAMW, 2, 1e-5),
        (ADAMW, 3, 1e-5),
        (MUON, 2, 3e-4),  # its steps, here of 0.01, are rounded to bf16
    ],
)
def test_several_learners_take_the_steps_of_one(config, count, close):
    alone, several, _ = learners_of(count, config)
    window = window_of_weights()
    wanted = steps(alone, window, 6)
    assert (wanted[0].gradient_norm > config.clip_norm) == (config is ADAMW)
    found = in_threads(count, lambda rank: steps(several[rank], window, 6))
    assert found[0] == found[-1]
    for losses, others in zip(wanted, found[0], strict=True):
        assert vars(others) == pytest.approx(vars(losses), rel=1e-4, abs=1e-6)
    state = alone.state()
    for name, array in several[0].state().items():
        np.testing.assert_allclose(array, state[name], atol=close, err_msg=name)
        for other in several[1:]:  # bit for bit, or they would part
            np.testing.assert_array_equal(array, other.state()[name], err_msg=name)


def test_shares_of_a_batch_are_its_rows_and_know_its_weights():
    window = window_of_weights()
    whole, first, second = (
        window.sample(33, np.random.default_rng(1), share)
        for share in (None, slice(0, None, 2), slice(1, None, 2))
    )
    assert (len(first), len(second)) == (17, 16)
    for name, column in whole.columns.items():
        np.testing.assert_array_equal(first[name], column[::2], err_msg=name)
        np.testing.assert_array_equal(second[name], column[1::2], err_msg=name)
    for share in (first, second.by_ends(), whole):
        np.testing.assert_array_equal(share.whole_weight, whole["weight"])


def test_a_share_whose_rows_weigh_nothing_counts_as_such():
    alone, several, _ = learners_of(2, EXACT)
    window = window_of_weights()

    def share_of(rank):
        batch = window.sample(8, np.random.default_rng(1), rank)
        weight = np.array([0, 1] * 4, np.float32)  # the first one's rows weigh nothing
        columns = batch.columns | {"weight": weight if rank is None else weight[rank]}
        return Batch(columns, None if rank is None else weight)

    wanted = alone.step(share_of(None), 0.0)
    found = in_threads(2, lambda rank: several[rank].step(share_of(several[rank].peers.share), 0.0))
    for losses in found:
        assert vars(losses) == pytest.approx(vars(wanted), rel=1e-4, abs=1e-6)


def test_a_loss_of_nan_in_one_share_stops_all_learners():
    _, several, _ = learners_of(2, EXACT)
    before = several[0].state()
    window = window_of_weights()

    def step(rank):
        batch = window.sample(33, np.random.default_rng(1), several[rank].peers.share)
        if rank == 1:
            batch["score"][0] = np.nan
        return several[rank].step(batch, 0.0)

    assert [type(error) for error in in_threads(2, step)] == [Diverged, Diverged]
    after = several[0].state()
    assert all((before[name] == after[name]).all() for name in before)


def test_a_learner_that_waits_in_vain_says_so():
    _, groups = groups_of(2, seconds=1.0)
    began = time.monotonic()
    with pytest.raises(PeerLost, match=r"^it lost another learner: Timed out waiting 1000ms"):
        groups[0].sum([torch.ones(3)])
    assert time.monotonic() - began < 10


def test_a_learner_whose_peer_never_comes_says_so():
    store, door = open_store(HOST)
    with pytest.raises(PeerLost, match="it lost another learner: "):
        Group(connect(door, 1.0), HOST, 0, 2, torch.device("cpu"), 1.0)
    del store
    with pytest.raises(PeerLost, match="it lost another learner: "):
        connect(door, 1.0)


def test_a_loss_of_a_peer_travels_between_processes():
    lost = pickle.loads(pickle.dumps(PeerLost("it lost another learner: why")))
    assert isinstance(lost, PeerLost)
    assert str(lost) == "it lost another learner: why"


def test_the_door_listens_at_one_address_alone():
    store, door = open_store(HOST)
    listening = [
        connection.laddr.ip
        for connection in psutil.Process().net_connections("inet")
        if connection.laddr.port == door.port and connection.status == psutil.CONN_LISTEN
    ]
    assert listening == [HOST]
    assert store


def test_every_learner_has_a_row_of_each_batch():
    learner = replace(LEARNING, batch_size=2)
    TrainConfig(workers=1, learners=2, learner=learner)
    with pytest.raises(ValueError, match=r"learners 3: wanted at most learner\.batch_size 2"):
        TrainConfig(workers=1, learners=3, learner=learner)
