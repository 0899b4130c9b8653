"""A worker whose net torch evaluates: on a GPU where there is one, else on the processor."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from insei.agents.net.network import network_from
from insei.agents.net.torch_evaluator import TorchEvaluator
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.rules import Rules
from insei.selfplay.beginning import check_devices
from insei.selfplay.learner.calls import RemoteCalls
from insei.selfplay.learner.learner import Learner
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.learner.processes import make_learner
from insei.selfplay.learner.windowed_learner import WindowedLearner
from insei.selfplay.on_gpu import NetsOnGpu
from insei.selfplay.processes import make_workers
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import TrainConfig
from insei.selfplay.worker import Worker
from insei.selfplay.workers import PublishedNet
from insei.system.errors import UserError
from tests.helpers.fake_actors import FakeBackend
from tests.helpers.games import QUICK
from tests.helpers.nets import TINY, random_weights

RULES = Rules(5, 5, 4.5)
HAS_GPU = torch.cuda.is_available()
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not HAS_GPU, reason="no GPU"))]


@pytest.mark.parametrize("device", DEVICES)
def test_a_worker_plays_with_a_net_that_torch_evaluates(device, tiny_weights):
    config = replace(QUICK, batches=2)
    worker = Worker(BoardMix.of(RULES), config, NetsOnGpu(TINY, device), 1)
    worker.load(tiny_weights, 0)
    games, counts = worker.play(3)
    assert len(games) >= 3
    assert counts.evaluations > 100
    worker.load(random_weights(TINY, 2), 1)
    assert worker.play(3)[0][-1].generation == 1


@pytest.mark.parametrize("device", DEVICES)
def test_new_weights_take_the_old_ones_place(device, tiny_weights):
    seen = np.stack([planes(random_game(RULES, seed, 9)) for seed in range(6)])
    nets = NetsOnGpu(TINY, device)
    evaluator = nets(tiny_weights, None)
    first = evaluator(seen)
    other = random_weights(TINY, 2)
    assert nets(other, None) is evaluator
    wanted = TorchEvaluator(network_from(other, TINY))(seen)
    close = 0.1 if HAS_GPU else 1e-4
    assert np.allclose(evaluator(seen).policy, wanted.policy, atol=close)
    assert not np.allclose(first.policy, wanted.policy, atol=close)


@pytest.mark.skipif(HAS_GPU, reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_named(tiny_weights):
    wanted = "'cuda': wanted cpu, or a GPU that torch sees"
    with pytest.raises(ValueError, match=wanted):
        NetsOnGpu(TINY)(tiny_weights, None)
    with pytest.raises(ValueError, match=wanted):
        Learner(TINY, LearnerConfig(device="cuda"), 1)
    config = TrainConfig(rules=RULES, network=TINY, workers=0, selfplay=replace(QUICK, gpus=1.0))
    workers = make_workers(config, None, print, 1)
    with pytest.raises(ValueError, match=wanted):
        workers.publish(PublishedNet(tiny_weights, 0, 0.0))


@pytest.mark.slow
@pytest.mark.skipif(HAS_GPU, reason="there is a GPU")
def test_ray_is_asked_whether_it_has_so_many_gpus(ray_session):
    config = TrainConfig(rules=RULES, network=TINY, workers=2, selfplay=replace(QUICK, gpus=0.5))
    with pytest.raises(ValueError, match=r"gpus 0.5 for each of 2 workers: .* the 0 that Ray has"):
        make_workers(config, None, print, 1)


@pytest.mark.slow
@pytest.mark.skipif(HAS_GPU, reason="there is a GPU")
def test_several_learners_on_gpus_need_one_each(ray_session):
    config = TrainConfig(
        rules=RULES, network=TINY, workers=2, learners=2, learner=LearnerConfig(device="cuda")
    )
    with pytest.raises(ValueError, match="learners 2 on cuda: wanted at most the 0 GPUs that the"):
        make_learner(config, print)


@pytest.mark.skipif(HAS_GPU, reason="there is a GPU")
def test_a_learners_device_is_checked_where_it_learns():
    """On Ray it may be another machine's; only its name is checked here."""
    on_gpu = LearnerConfig(device="cuda:1")
    away = TrainConfig(rules=RULES, network=TINY, workers=2, learner=on_gpu)
    check_devices(away)
    calls = RemoteCalls(FakeBackend(), lambda index: WindowedLearner(away))
    with pytest.raises(UserError, match="device 'cuda:1': wanted cpu, or a GPU that torch sees"):
        calls.answers(1.0)
    with pytest.raises(UserError, match="device 'cuda:1': wanted cpu"):
        check_devices(replace(away, workers=0))
    with pytest.raises(UserError, match="device 'nvidia': wanted cpu"):
        check_devices(replace(away, learner=LearnerConfig(device="nvidia")))
