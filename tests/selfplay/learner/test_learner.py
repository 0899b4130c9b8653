"""The learner: it fits what it is shown, and goes on from its state exactly."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from insei.agents.net.architecture import NetworkConfig
from insei.selfplay.data.window import Window
from insei.selfplay.learner.learner import Diverged, Learner
from insei.selfplay.learner.learner_config import LearnerConfig
from tests.helpers.nets import TINY
from tests.helpers.runs import LEARNING, some_rows


def batch_of(count):
    window = Window(5, 5)
    window.update(some_rows(30), 10**6)
    return window.sample(count, np.random.default_rng(1))


@pytest.mark.slow
def test_the_learner_fits_one_batch():
    learner = Learner(NetworkConfig(blocks=2, channels=32), replace(LEARNING, precision="fp32"), 1)
    batch = batch_of(32)
    first = learner.step(batch, 0.0)
    for _ in range(400):
        last = learner.step(batch, 0.0)
    entropy = -(batch["policy"] * np.log(np.maximum(batch["policy"], 1e-9))).sum(1).mean()
    assert last.policy - entropy < 0.1 * (first.policy - entropy)
    assert last.outcome < 0.05
    unowned = np.log(2) * (batch["ownership"] == 0).mean()  # what nobody's points cost at the least
    assert last.ownership - unowned < 0.1
    assert last.score < 0.1 * first.score


def test_the_rate_warms_up_and_drops_twice():
    learner = Learner(TINY, LEARNING, 1)
    assert learner.learning_rate(0) == pytest.approx(3e-4)
    learner.num_steps = 100
    rates = [learner.learning_rate(done) for done in (0.0, 0.59, 0.6, 0.84, 0.85, 1.0)]
    assert rates == pytest.approx([3e-3, 3e-3, 1e-3, 1e-3, 3e-4, 3e-4])


@pytest.mark.slow
def test_a_compiled_net_learns_the_same():
    batch = batch_of(32)
    plain = Learner(TINY, replace(LEARNING, precision="fp32"), 1)
    fused = Learner(TINY, replace(LEARNING, precision="fp32", compiled=True), 1)
    assert (fused.forward is fused.network) == (shutil.which("g++") is None)
    for _ in range(5):
        losses, others = plain.step(batch, 0), fused.step(batch, 0)
    assert others.total == pytest.approx(losses.total, rel=1e-4)
    weights = fused.playing_weights()
    for name, weight in plain.playing_weights().items():
        np.testing.assert_allclose(weights[name], weight, atol=1e-3)
    fused.evaluate(batch)


def test_where_nothing_compiles_the_net_learns_as_it_is(monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    learner = Learner(TINY, replace(LEARNING, compiled=True), 1)
    assert learner.forward is learner.network
    learner.step(batch_of(32), 0)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_a_learner_goes_on_from_its_state_exactly(optimizer):
    batch = batch_of(32)
    config = replace(LEARNING, optimizer=optimizer)
    whole, first = Learner(TINY, config, 1), Learner(TINY, config, 1)
    for _ in range(5):
        whole.step(batch, 0)
        first.step(batch, 0)
    second = Learner(TINY, config, 99)
    second.restore(first.state(), first.num_steps)
    for _ in range(5):
        whole.step(batch, 0)
        second.step(batch, 0)
    state, wanted = second.state(), whole.state()
    assert state.keys() == wanted.keys()
    assert all((state[name] == wanted[name]).all() for name in state)


def test_muon_makes_steps_of_one_size_in_all_directions():
    config = replace(LEARNING, optimizer="muon", muon_rate=0.1, warmup_steps=0)
    learner = Learner(TINY, config, 1)
    name = "blocks.0.first.weight"
    weights = dict(learner.network.named_parameters())
    learner.step(batch_of(32), 0)  # the second convolution is 0 until it has learned
    before = weights[name].detach().clone()
    learner.step(batch_of(32), 0)
    taken = (weights[name].detach() - before).flatten(1)
    sizes = torch.linalg.svdvals(taken) / 0.1
    assert 0.5 < sizes.min() <= sizes.max() < 1.5


def test_muons_layers_stay_bounded_however_long_a_gradient_pulls_one_way():
    # Without a bound a net's features grew to thousands within hours, and its heads died.
    config = replace(LEARNING, optimizer="muon", muon_rate=1.0)
    learner = Learner(TINY, config, 1)
    name = "blocks.0.first.weight"
    weight = dict(learner.network.named_parameters())[name]
    pull = torch.randn(weight.shape, generator=torch.Generator().manual_seed(1))
    for _ in range(400):
        for each in learner.network.parameters():
            each.grad = torch.zeros_like(each)
        weight.grad = pull.clone(memory_format=torch.channels_last)
        learner.optimizers.step(1.0)
    largest = torch.linalg.svdvals(weight.detach().flatten(1)).max()
    assert 20 < largest < 1.5 / LearnerConfig.muon_decay


def test_a_state_from_before_the_first_step_forgets_the_optimizers():
    learner = Learner(TINY, LEARNING, 1)
    state = learner.state()
    learner.step(batch_of(32), 0)
    assert learner.optimizers.state()
    learner.restore(state, 0)
    assert not learner.optimizers.state()


def test_a_state_of_another_net_is_refused():
    other = Learner(NetworkConfig(blocks=1, channels=8), LEARNING, 1)
    with pytest.raises(ValueError, match="another net"):
        Learner(TINY, LEARNING, 1).restore(other.state(), 1)


def test_a_loss_of_nan_stops_the_run_and_spares_the_weights():
    learner = Learner(TINY, LEARNING, 1)
    before = learner.state()
    batch = batch_of(8)
    batch["score"][0] = np.nan
    with pytest.raises(Diverged, match="step 0"):
        learner.step(batch, 0)
    after = learner.state()
    assert all((before[name] == after[name]).all() for name in before)


def test_a_batch_that_weighs_nothing_teaches_nothing():
    learner = Learner(TINY, LEARNING, 1)
    batch = batch_of(8)
    batch["weight"][:] = 0
    losses = learner.step(batch, 0.0)
    assert losses.total == losses.gradient_norm == 0
