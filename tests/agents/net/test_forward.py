"""The forward pass is the same in torch, OpenVINO and ONNX, whatever the architecture."""

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from insei.agents.net import forward
from insei.agents.net.architecture import Layer, NetworkConfig, without_reply
from insei.agents.net.evaluator import Evaluation
from insei.agents.net.forward import scale_of_mean, with_one_mean
from insei.agents.net.network import Network, network_from
from insei.agents.net.onnx_export import onnx_of
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.torch_evaluator import TorchEvaluator
from tests.helpers.boards import mixed_sizes, some_planes
from tests.helpers.nets import TINY, random_weights

# No two widths are equal, so that no layer can take another's place.
UNEVEN = {"channels": 12, "head_channels": 5, "hidden": 7}
CONFIGS = [
    NetworkConfig(blocks=1, pooling_every=2, **UNEVEN),  # no block pools
    NetworkConfig(blocks=3, pooling_every=1, **UNEVEN),  # each one does
    NetworkConfig(blocks=4, pooling_every=3, **UNEVEN),
    NetworkConfig(blocks=2, channels=4, head_channels=9, hidden=21),
]
BOARDS = {
    "full": some_planes(5, 5, 7),
    "mixed": mixed_sizes(),
    "9x9": some_planes(3, 9, 9),  # where the scaled mean is 0
    "1x1": some_planes(2, 1, 1),
}


def answers_of_each_runtime(weights, config, seen):
    """By torch, OpenVINO, and ONNX's reference."""
    model = onnx.load_from_string(onnx_of(weights, config))
    return {
        "torch": TorchEvaluator(network_from(weights, config))(seen),
        "OpenVINO": OpenVinoEvaluator(weights, config, *seen.shape[2:], "fp32")(seen),
        "ONNX": Evaluation(*ReferenceEvaluator(model).run(None, {"planes": seen})),
    }


def assert_all_agree(found):
    expected = found["torch"]
    for runtime, answer in found.items():
        for field, numbers, wanted in zip(answer._fields, answer, expected, strict=True):
            assert numbers.shape == wanted.shape, (runtime, field)
            assert np.allclose(numbers, wanted, rtol=1e-4, atol=1e-4), (runtime, field)


@pytest.mark.parametrize("boards", BOARDS)
@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_three_runtimes_agree_on_random_nets(config, boards):
    found = answers_of_each_runtime(random_weights(config, 5), config, BOARDS[boards])
    assert_all_agree(found)
    if boards == "full":  # a net whose answers are all alike would agree with anything
        assert all(numbers.std(0).max() > 1e-3 for numbers in found["torch"])


class MixedTower(NetworkConfig):
    """A net with one more layer, a 1×1 convolution after the tower."""

    def layers(self):
        return super().layers() | {"mix": Layer((self.channels, self.channels, 1, 1))}


@pytest.mark.parametrize("boards", ["full", "mixed"])
def test_a_layer_added_to_the_table_and_the_forward_pass_is_in_every_runtime(boards, monkeypatch):
    config = MixedTower(blocks=2, **UNEVEN)
    weights = random_weights(config, 5)
    tower = forward.tower
    without = answers_of_each_runtime(weights, config, BOARDS[boards])["torch"]

    def mixed(ops, config):
        return forward.rectified(ops, ops.convolution(tower(ops, config), "mix"))

    monkeypatch.setattr(forward, "tower", mixed)
    found = answers_of_each_runtime(weights, config, BOARDS[boards])
    assert_all_agree(found)
    assert np.abs(found["torch"].value - without.value).max() > 1e-3


@pytest.mark.parametrize("config", [*CONFIGS, TINY], ids=str)
def test_torchs_layers_are_those_of_the_table_in_its_order(config):
    """The order in which the first weights are drawn, and that of the optimiser's state."""
    state = Network(config).state_dict()
    assert {name: tuple(weight.shape) for name, weight in state.items()} == config.weight_shapes()
    assert list(state) == list(config.weight_shapes())


def test_the_scaled_mean_vanishes_on_9x9_and_goes_into_the_mean_elsewhere():
    assert scale_of_mean(9.0, float) == 0
    assert scale_of_mean(19.0, float) == 1
    config = NetworkConfig(blocks=2, **UNEVEN)
    weights = random_weights(config, 5)
    merged = with_one_mean(weights, config, 19.0)
    changed = {name for name in weights if merged[name].shape != weights[name].shape}
    assert changed == {"blocks.1.pool.weight", "hidden.weight", "policy_pool.weight"}
    old, new = weights["hidden.weight"], merged["hidden.weight"]
    assert np.array_equal(new[:, :5], old[:, :5] + old[:, 5:10])
    assert np.array_equal(new[:, 5:], old[:, 10:])


def test_only_the_replys_weights_are_left_out_of_play(tiny_weights):
    played = without_reply(tiny_weights)
    cut = {name for name in tiny_weights if played[name].shape != tiny_weights[name].shape}
    assert cut == {
        f"{name}.{part}" for name in ("point_moves", "pass_move") for part in ("weight", "bias")
    }
    assert all(np.array_equal(played[name], tiny_weights[name][:1]) for name in cut)
