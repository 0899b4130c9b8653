"""The net and its evaluators: the same numbers by torch and compiled, on any board in any frame."""

import numpy as np
import pytest
import torch

from insei.agents.net.architecture import BrokenNetwork, NetworkConfig, check_weights
from insei.agents.net.evaluator import Evaluation, check_finite, graph_rows
from insei.agents.net.forward import rectified, tower
from insei.agents.net.gptq import quantised
from insei.agents.net.network import Network, TorchOperations, network_from, weights_of
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.torch_evaluator import TorchEvaluator
from insei.engine.planes.net_planes import NUM_PLANES
from insei.selfplay.worker import compiled
from tests.helpers.boards import some_planes
from tests.helpers.nets import TINY


def both(weights, config, height, width, precision="fp32"):
    compiled = OpenVinoEvaluator(weights, config, height, width, precision)
    return compiled, TorchEvaluator(network_from(weights, config))


@pytest.mark.parametrize(("height", "width"), [(5, 5), (9, 9), (4, 7), (1, 1)])
@pytest.mark.parametrize("rows", [1, 5, 33])
def test_the_compiled_net_says_what_torch_says(height, width, rows, tiny_weights):
    quick, torch_net = both(tiny_weights, TINY, height, width)
    seen = some_planes(rows, height, width)
    for came, wanted in zip(quick(seen), torch_net(seen), strict=True):
        assert came.shape == wanted.shape
        assert np.allclose(came, wanted, atol=2e-4), np.abs(came - wanted).max()


def test_a_board_in_a_larger_frame_is_judged_as_in_its_own(tiny_weights):
    small = some_planes(6, 5, 5)
    framed = some_planes(6, 5, 5, (7, 8))
    own, _ = both(tiny_weights, TINY, 5, 5)
    for evaluate in both(tiny_weights, TINY, 7, 8):
        inner, outer = own(small), evaluate(framed)
        assert np.allclose(inner.value, outer.value, atol=2e-4)
        assert np.allclose(inner.score, outer.score, atol=2e-3)
        assert np.allclose(inner.ownership, outer.ownership[:, :5, :5], atol=2e-4)
        assert np.abs(outer.ownership[:, 5:]).max() == 0
        points = outer.policy[:, :-1].reshape(-1, 7, 8)
        assert np.allclose(inner.policy[:, :-1].reshape(-1, 5, 5), points[:, :5, :5], atol=2e-4)
        assert np.allclose(inner.policy[:, -1], outer.policy[:, -1], atol=2e-4)
        assert (points[:, 5:] == -1e4).all()


def test_sizes_mix_in_one_batch(tiny_weights):
    mixed = np.concatenate([some_planes(3, 5, 5, (7, 7)), some_planes(3, 7, 7)])
    quick, torch_net = both(tiny_weights, TINY, 7, 7)
    for came, wanted in zip(quick(mixed), torch_net(mixed), strict=True):
        assert np.allclose(came, wanted, atol=2e-4)


def test_boards_that_fill_the_frame_need_no_mask(tiny_weights):
    network = network_from(tiny_weights, TINY)
    seen = torch.from_numpy(some_planes(8, 5, 5))
    with torch.no_grad():
        for masked, bare in zip(network(seen), network(seen, fills_frame=True), strict=True):
            assert torch.equal(masked, bare)


@pytest.mark.parametrize("fills_frame", [False, True])
def test_a_tower_in_half_precision_stays_in_it(fills_frame, tiny_weights):
    network = network_from(tiny_weights, TINY)
    seen = some_planes(8, 5, 5) if fills_frame else some_planes(8, 5, 5, (7, 7))
    kinds = []
    for name, layer in network.layers.items():
        if name.startswith("blocks.") and not name.endswith(".pool"):
            layer.register_forward_pre_hook(lambda _layer, given: kinds.append(given[0].dtype))
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        network(torch.from_numpy(seen), fills_frame)
    assert kinds == [torch.bfloat16] * 2 * TINY.blocks


def test_half_precision_stays_near(tiny_weights):
    quick, torch_net = both(tiny_weights, TINY, 9, 9, "bf16")
    seen = some_planes(16, 9, 9)
    found = quick(seen)
    assert np.abs(found.value - torch_net(seen).value).max() < 0.05
    # The sums of the points' logits are not rounded to the 16 upper bits: moves would tie.
    assert (found.policy[:, :-1].view(np.uint32) & 0xFFFF).any()


def num_8_bit_convolutions(evaluate):
    """In the graph that the runtime executes."""
    [graph] = evaluate.graphs.values()
    layers = graph.request.get_compiled_model().get_runtime_model().get_ops()
    kinds = [layer.get_rt_info() for layer in layers]
    return sum(
        kind["layerType"].astype(str) == "Convolution"
        and kind["runtimePrecision"].astype(str) in ("u8", "i8")
        for kind in kinds
    )


def test_eight_bits_stay_near_once_calibrated(tiny_weights):
    quick, torch_net = both(tiny_weights, TINY, 9, 9, "int8")
    seen = some_planes(32, 9, 9)
    exact = torch_net(seen)
    before = quick(seen).value
    assert num_8_bit_convolutions(quick) == 0
    quick.calibrate(seen)
    after = quick(seen)
    assert num_8_bit_convolutions(quick) == 2 * TINY.blocks
    assert np.abs(before - exact.value).max() < 0.05
    assert np.abs(after.value - exact.value).max() < 0.1
    assert np.corrcoef(after.policy.ravel(), exact.policy.ravel())[0, 1] > 0.99
    half, _ = both(tiny_weights, TINY, 9, 9, "fp32")
    with pytest.raises(ValueError, match="calibrate in fp32: wanted int8"):
        half.calibrate(seen)


def test_a_worker_calibrates_on_boards_alone(tiny_weights, monkeypatch):
    given = []
    monkeypatch.setattr(OpenVinoEvaluator, "calibrate", lambda self, planes: given.append(planes))
    seen = some_planes(16, 9, 9)
    compiled(TINY, 9, 9, "int8", tiny_weights, np.concatenate([seen[:9], 0 * seen[:5], seen[9:]]))
    assert (given[0] == seen).all()


def test_weights_are_rounded_for_the_sum_that_they_are_in():
    rng = np.random.default_rng(4)
    kernel = rng.normal(size=(6, 5, 3, 3)).astype(np.float32)
    shared = rng.random((24, 1, 7, 7))
    features = (shared * rng.random((1, 5, 1, 1)) + 0.1 * rng.random((24, 5, 7, 7))).astype("f4")

    def convolved(weights, boards):
        return torch.conv2d(torch.from_numpy(boards), torch.from_numpy(weights), padding=1)

    levels, scales, largest = quantised(kernel, features[:16])
    assert largest == features[:16].max()
    assert levels.dtype == np.int8
    assert np.abs(levels).max() <= 127
    errors = [
        (convolved(kernel - rounded.astype("f4") * scales, features[16:]) ** 2).mean()
        for rounded in (levels, np.rint(kernel / scales))
    ]
    assert errors[0] < 0.5 * errors[1]  # on boards that it was not rounded on


def test_answers_stay_as_they_were_when_the_evaluator_is_used_again(tiny_weights):
    quick, _ = both(tiny_weights, TINY, 5, 5)
    first = quick(some_planes(4, 5, 5))
    kept = [array.copy() for array in first]
    quick(some_planes(4, 5, 5)[::-1].copy())
    assert all((array == copy).all() for array, copy in zip(first, kept, strict=True))


def test_a_fresh_net_knows_nothing_yet():
    torch.manual_seed(1)
    network = Network(NetworkConfig(blocks=4, channels=32))
    answer = TorchEvaluator(network)(some_planes(8, 5, 5))
    policy = np.exp(answer.policy) / np.exp(answer.policy).sum(1, keepdims=True)
    assert np.abs(answer.value).max() < 0.5
    assert policy.max() < 0.3


def test_the_blocks_of_a_fresh_net_are_the_identity():
    network = Network(NetworkConfig(blocks=3, channels=8))
    with torch.no_grad():
        ops = TorchOperations(network.layers, torch.from_numpy(some_planes(4, 5, 5, (7, 6))), False)
        stem = rectified(ops, ops.convolution(ops.planes, "stem"))
        assert torch.equal(tower(ops, network.config), stem)
    assert stem.any()


def test_weights_go_out_and_in_unchanged(tiny_weights):
    again = weights_of(network_from(tiny_weights, TINY))
    assert set(again) == set(tiny_weights)
    assert all((again[name] == tiny_weights[name]).all() for name in again)


def test_the_batch_sizes_that_are_compiled():
    assert [graph_rows(rows) for rows in (1, 2, 3, 9, 12, 13, 17, 25, 33, 64, 65)] == (
        [1, 2, 4, 12, 12, 16, 24, 32, 48, 64, 96]
    )


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_an_evaluator_may_leave_ownership_out(tiny_weights, precision):
    seen = some_planes(3, 5, 5)
    with_it = OpenVinoEvaluator(tiny_weights, TINY, 5, 5, precision)(seen)
    found = OpenVinoEvaluator(tiny_weights, TINY, 5, 5, precision, ownership=False)(seen)
    by_torch = TorchEvaluator(network_from(tiny_weights, TINY), ownership=False)(seen)
    assert with_it.ownership is not None
    assert found.ownership is by_torch.ownership is None
    for came, wanted, torchs in zip(found[:3], with_it[:3], by_torch[:3], strict=True):
        assert np.allclose(came, wanted, atol=1e-5)
        assert np.allclose(came, torchs, atol=0.2 if precision == "bf16" else 1e-4)


def test_broken_weights_and_planes_are_refused(tiny_weights):
    with pytest.raises(BrokenNetwork, match=r"no weight stem\.weight"):
        check_weights({}, TINY)
    wrong = dict(tiny_weights) | {"stem.bias": np.zeros(3, np.float32)}
    with pytest.raises(BrokenNetwork, match=r"weight stem\.bias: came float32 \(3,\)"):
        check_weights(wrong, TINY)
    poisoned = dict(tiny_weights) | {"stem.bias": np.full(8, np.nan, np.float32)}
    with pytest.raises(BrokenNetwork, match="NaN or infinity"):
        OpenVinoEvaluator(poisoned, TINY, 5, 5)
    quick, _ = both(tiny_weights, TINY, 5, 5)
    with pytest.raises(ValueError, match=r"wanted \[B, 14, 5, 5\]"):
        quick(np.zeros((1, NUM_PLANES, 4, 5), np.float32))
    with pytest.raises(ValueError, match="wanted float32"):
        quick(np.zeros((1, NUM_PLANES, 5, 5)))
    with pytest.raises(ValueError, match="precision 'int4'"):
        OpenVinoEvaluator(tiny_weights, TINY, 5, 5, "int4")


@pytest.mark.parametrize("name", Evaluation._fields)
def test_a_net_that_answers_nan_ends_the_game_with_a_reason(name, tiny_weights):
    _, torch_net = both(tiny_weights, TINY, 5, 5)
    answer = torch_net(some_planes(3, 5, 5))
    check_finite(answer)
    spoilt = getattr(answer, name).copy()
    spoilt.flat[-1] = np.nan
    with pytest.raises(BrokenNetwork, match=f"the net's {name} holds NaN or infinity"):
        check_finite(answer._replace(**{name: spoilt}))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"channels": 30}, "channels 30: wanted a multiple of 4"),
        ({"blocks": 0}, "blocks 0: wanted 1 to 100"),
    ],
)
def test_architectures_outside_their_bounds_are_refused(fields, said):
    with pytest.raises(ValueError, match=said):
        NetworkConfig(**fields)
