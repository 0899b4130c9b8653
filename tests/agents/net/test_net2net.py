"""An enlarged net answers as the smaller one, and a run can begin with another player's net."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.net2net import enlarged
from insei.agents.net.network import network_from
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.package import load_package
from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.run import RunFolder
from tests.helpers.boards import some_planes
from tests.helpers.nets import random_weights
from tests.helpers.runs import CONFIG, begin, finish, learner_of, training_of

SMALL = NetworkConfig(blocks=2, channels=8, head_channels=4, hidden=8)


@pytest.mark.parametrize(
    "changes",
    [
        {"blocks": 4},
        {"channels": 12},
        {"head_channels": 6},
        {"hidden": 16},
        {"blocks": 6, "channels": 16, "head_channels": 8, "hidden": 12},
    ],
)
def test_an_enlarged_net_answers_the_same_and_can_learn_to_differ(changes):
    weights = random_weights(SMALL, 3)
    larger = replace(SMALL, **changes)
    seen = some_planes(8, 7, 7)
    before = OpenVinoEvaluator(weights, SMALL, 7, 7, "fp32")(seen)
    new = enlarged(weights, SMALL, larger, np.random.default_rng(1))
    after = OpenVinoEvaluator(new, larger, 7, 7, "fp32")(seen)
    for field, was, now in zip(before._fields, before, after, strict=True):
        assert np.allclose(was, now, atol=1e-3), field
    assert is_reached(new, larger, seen, weights)


def is_reached(new, larger, seen, old):
    """Whether the gradient of the answers is not 0 at some number that the enlarged net added."""
    network = network_from(new, larger)
    sum((part**2).sum() for part in network(torch.from_numpy(seen))).backward()
    for name, parameter in network.named_parameters():
        added = np.ones(parameter.shape, bool)
        if name in old:
            added[tuple(slice(size) for size in old[name].shape)] = False
        if parameter.grad.numpy()[added].any():
            return True
    return False


def test_a_net_does_not_shrink():
    weights = random_weights(SMALL, 3)
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="channels 4: wanted at least the 8"):
        enlarged(weights, SMALL, replace(SMALL, channels=4), rng)
    with pytest.raises(ValueError, match="pooling_every 1: wanted 2"):
        enlarged(weights, SMALL, replace(SMALL, pooling_every=1), rng)


@pytest.mark.slow
def test_a_run_begins_with_another_players_net(tmp_path, tiny_package):
    config = replace(CONFIG, start_from=str(tiny_package), generations=1, workers=0)
    run, training = begin(tmp_path / "tiny", config)
    assert all(
        (learner_of(training).learner.playing_weights()[name] == weight).all()
        for name, weight in load_package(tiny_package).weights.items()
    )
    finish(run, training)
    card = load_package(checkpoints_of(tmp_path / "tiny")[-1]).card
    assert card.training["started_from"]["player"] == str(tiny_package)
    run = RunFolder(tmp_path / "tiny")  # what it began with is known after a restart, too
    again = training_of(run, replace(config, start_from="gone"))
    assert again.started_from == card.training["started_from"]
    again.close()
    run.close()
